"""What a direct talk is called: by the people in it."""

from collections.abc import Iterable

from networking.models import Conversation, Kind, Participant


def name_talks(conversations: Iterable[Conversation]) -> None:
    """Titles those of them that are direct talks, for showing. Not kept: a name that is erased is gone from here too.

    Who is left alone is shown with whom they talked.
    """
    talks = [each for each in conversations if each.kind == Kind.DIRECT]
    if not talks:
        return
    places = Participant.objects.filter(conversation__in={each.pk for each in talks}).order_by("delegate__name", "pk")
    known = list(places.values_list("conversation", "delegate", "delegate__name", "until"))
    for talk in talks:
        people = [(pk, name, until) for place, pk, name, until in known if place == talk.pk]
        present = [(pk, name) for pk, name, until in people if until is None]
        # By number: two may have one name, and who came back is there twice.
        names = list(dict(present if len(present) > 1 else [(pk, name) for pk, name, _ in people]).values())
        talk.title = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
