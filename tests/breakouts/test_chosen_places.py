"""The rooms that people chose, in their calendars."""

import pytest
from django.urls import reverse

from breakouts.services import choose_room
from tests.portal.test_calendar import read

pytestmark = pytest.mark.django_db


def test_a_chosen_room_takes_the_place_of_its_round(client, ben, make_round, now):
    round_ = make_round()
    room = round_.rooms.all()[0]
    before = read(client, ben)[round_.session.title]
    assert before.url.value.endswith(reverse("breakouts:round", args=[ben.event.slug, round_.pk]))
    choose_room(room, ben, now=now)
    after = read(client, ben)[f"{round_.session.title}: Room 1"]
    assert after.uid.value == before.uid.value
    assert after.url.value.endswith(reverse("breakouts:room", args=[ben.event.slug, round_.pk, room.pk]))


def test_nobody_elses_room_is_in_it(client, ben, sana, make_round, now):
    round_ = make_round()
    choose_room(round_.rooms.all()[0], sana, now=now)
    assert list(read(client, ben)) == [round_.session.title]
