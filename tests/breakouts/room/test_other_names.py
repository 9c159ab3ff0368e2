"""Who goes by another name in a room is known by it there and nowhere else."""

import uuid

import pytest
from django.urls import reverse

from breakouts.hosting.services import remove_person
from breakouts.models import Room
from breakouts.services import choose_room
from breakouts.taking_part.models import Manner
from breakouts.taking_part.services import take_part
from networking.services import post_message, seat_participant
from portal.models import Delegate
from tests.conftest import make_delegate
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_letting_in_does_not_tell_who_it_was_that_was_removed_by_another_name(
    room, ben, una, ada, sana, client_of, where, now
):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    Delegate.objects.filter(pk__in=[ben.pk, una.pk]).update(listed=True)
    take_part(Room.objects.get(pk=room.pk), ben, Manner.SPEAK, known_as="Owl", now=now)
    remove_person(room, ben, reason="Shouting", by=sana.user, now=now)
    for person in (ben, una):
        form = {"delegate": person.pk, "reason": "A guest"}
        page = text(client_of(sana).post(where("admit_person"), form, follow=True))
        assert f"{person.name} has a place in another room, or was asked to leave this one." in page
    form = {"delegate": ben.pk, "reason": "A guest"}
    assert f"{ben.name} was removed" in text(client_of(ada).post(where("admit_person"), form, follow=True))


def test_no_page_of_those_who_lead_tells_who_goes_by_another_name(room, ben, ben_in, sana, ada, client_of, where, now):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    room.refresh_from_db()
    part = take_part(room, ben, Manner.TYPE, known_as="Quiet Owl", now=now)
    leader = client_of(sana)
    leader.post(where("take_notes"), {"part": part.pk})
    leader.post(where("mute_person"), {"part": part.pk})
    place = reverse("networking:place", args=["assembly-2022", room.conversation_id])
    pages = [text(leader.get(address)) for address in (where("desk"), where("room_people"), place)]
    assert ["Quiet Owl" in page for page in pages] == [True] * 3
    assert not any(ben.name in page or f'name="delegate" value="{ben.pk}"' in page for page in pages)
    assert ben.name in text(client_of(ada).get(place))
    assert "They are not in this room any more." in text(
        leader.post(where("remove_person"), {"part": 0, "reason": "Shouting"}, follow=True)
    )


@pytest.mark.parametrize("name", ["Quiet Owl", ""])
def test_from_another_name_in_a_room_nobody_gets_to_the_person(
    name, event, room, ben, ben_in, sana, una, ada, cleo, client_of, now
):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    room.refresh_from_db()
    shy = make_delegate(event, "shy@example.org", "Shy Placeholder", listed=False)
    choose_room(room, shy, now=now)
    page = f"/assembly-2022/people/{shy.pk}/"
    assert client_of(ben).get(page).status_code == 404, "who has not come in has not been met"
    take_part(room, shy, Manner.TYPE, known_as=name, now=now)
    post_message(room.conversation, shy, "Hello", client_id=uuid.uuid4(), now=now)
    seat_participant(room.conversation, sana, now=now)
    met = 404 if name else 200
    roles = {None: 302, cleo: 404, una: 404, ada: 404, shy: 404, ben: met, sana: met}
    for act in ("", "report/", "block/"):
        assert {who: client_of(who).get(f"{page}{act}").status_code for who in roles} == roles
    for act in ("ask/", "block/", "report/"):
        if name:
            assert {client_of(who).post(f"{page}{act}").status_code for who in (ben, sana, una)} == {404}


def test_another_name_is_all_that_the_room_sees(room, ben, una, sana, client_of, where, now):
    Room.objects.filter(pk=room.pk).update(pseudonyms_allowed=True)
    choose_room(room, una, now=now)
    client_of(ben).post(where("part"), {"manner": "speak", "known_as": "Quiet Owl"})
    client_of(una).post(where("part"), {"manner": "type"})
    client_of(ben).post(where("hand"), {"up": "1"})
    say = reverse("networking:say", args=["assembly-2022", room.conversation_id])
    said = client_of(ben).post(say, {"text": "Hello"}, headers={"Accept": "application/json"}).json()
    ask = reverse("networking:ask", args=["assembly-2022", room.conversation_id])
    client_of(ben).post(ask, {"text": "Why?", "token": str(uuid.uuid4())})
    asked = reverse("networking:questions", args=["assembly-2022", room.conversation_id])
    talk = text(client_of(una).get(reverse("networking:conversation", args=["assembly-2022", room.conversation_id])))
    acts = reverse("networking:acts", args=["assembly-2022", room.conversation_id, said["id"]])
    seen = [
        said["html"],
        talk,
        text(client_of(una).get(asked)),
        text(client_of(una).get(where())),
        text(client_of(una).get(acts)),
    ]
    seen += [text(client_of(sana).get(where(name))) for name in ("room", "desk")]
    assert all("Quiet Owl" in page for page in seen)
    assert not any("Ben Placeholder" in page for page in seen)
    assert f'data-author="{ben.user_id}"' not in said["html"]
