from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from networking.safety.queries import without_blocks
from portal.events.models import Event
from portal.people.models import Delegate

PEOPLE = 24
FACES = 12


def find_people(event: Event, *, words: str, role: str, page: int, viewer: Delegate | None = None) -> "Page[Delegate]":
    """Delegates who chose to be listed and match every word somewhere. Who blocked whom, they do not find."""
    people = _listed(event, viewer)
    if role:
        people = people.filter(role=role)
    for word in words.split()[:8]:
        found = Q(name__icontains=word) | Q(organisation__icontains=word) | Q(interests__icontains=word)
        people = people.filter(found)
    return Paginator(people, PEOPLE).get_page(page)


def find_present(event: Event, ids: list[int], *, viewer: Delegate | None) -> list[Delegate]:
    """The first few of these, as one of them may see them."""
    return list(_listed(event, viewer).filter(pk__in=ids)[:FACES])


def _listed(event: Event, viewer: Delegate | None) -> QuerySet[Delegate]:
    people = event.delegates.filter(listed=True, user__is_active=True, suspended_at=None).order_by("name", "pk")
    return without_blocks(people, viewer)
