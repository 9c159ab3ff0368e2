"""An organiser looks at a moment of their choice: to read only, with a delegate's rights, and alone."""

import re

import pytest
from django.urls import reverse

from breakouts.models import Seat
from breakouts.services import add_room, choose_room, open_round
from networking.models import Message
from networking.services import open_lounge
from portal.models import Attendance
from portal.people import presence

pytestmark = pytest.mark.django_db
BASE = "/assembly-2022/"
REFUSED = "This is a rehearsal"


def begin(client, moment: str):
    return client.post(f"{BASE}rehearsal/", {"moment": moment}, follow=True)


@pytest.fixture
def organiser(client_of, ada):
    return client_of(ada)


@pytest.mark.parametrize(
    ("moment", "lobby", "films"),
    [
        ("2022-05-20T12:00", 403, 403),
        ("2022-05-21T23:59", 403, 403),
        ("2022-05-22T00:00", 200, 403),
        ("2022-05-27T12:00", 200, 200),
        ("2022-11-27T23:59", 200, 200),
        ("2022-11-28T00:00", 403, 403),
    ],
)
def test_it_shows_what_a_delegate_may_reach_then(organiser, moment, lobby, films):
    begin(organiser, moment)
    assert organiser.get(f"{BASE}lobby/").status_code == lobby
    assert organiser.get(f"{BASE}on-demand/").status_code == films


def test_the_bar_and_the_clock_of_the_page_follow(organiser, make_session):
    make_session("Closing words", "16:00", "16:30")
    begin(organiser, "2022-05-27T16:10")
    page = organiser.get(f"{BASE}lobby/").content.decode()
    assert re.search(r"Closing words</a>.{0,80}4:30pm", page, re.DOTALL)
    assert 'data-server-now="2022-05-27T16:10' in page
    # Live news would be of today, so these pages hear none.
    assert "data-live-event=" not in page


def test_every_page_says_so_and_how_to_stop(organiser):
    begin(organiser, "2022-05-27T16:10")
    for path in ("", "lobby/", "programme/", "lounge/", "people/"):
        page = organiser.get(BASE + path).content.decode()
        assert "4:10pm on Friday 27 May 2022" in page
        assert "Stop rehearsing" in page
    organiser.post(f"{BASE}rehearsal/", {"stop": "yes"})
    assert "Stop rehearsing" not in organiser.get(f"{BASE}lobby/").content.decode()


def test_nothing_is_posted(organiser, ada, event):
    begin(organiser, "2022-05-27T16:10")
    lounge = open_lounge(event)
    say = reverse("networking:say", args=[event.slug, lounge.pk])
    answer = organiser.post(say, {"text": "Hello", "client_id": "6b1f5c32-30ae-4e58-8d2c-0f5b6a1f4f11"})
    assert answer.status_code == 403
    assert REFUSED in answer.content.decode()
    assert not Message.objects.exists()


def test_nothing_is_written_by_reading(client_of, ada, ben, event, make_session, now):
    """Ben organises too, and would take up his seat by coming in."""
    round = open_round(make_session("Round one", "14:00", "14:45", kind="round"))
    room = add_room(round, title="Room", theme="", capacity=2)
    choose_room(room, ben, now=now)
    ben.user.is_staff = True
    ben.user.save()
    event.organisers.add(ben.user)
    client = client_of(ben)
    begin(client, "2022-05-27T14:05")
    address = reverse("breakouts:room", args=[event.slug, round.pk, room.pk])
    assert client.get(address, follow=True).status_code == 200
    client.get(f"{BASE}lobby/")
    assert Seat.objects.get().taken_up_at is None
    assert not Attendance.objects.exists()
    assert ben.pk not in presence.present(event, now)
    # The same without a rehearsal does.
    client.post(f"{BASE}rehearsal/", {"stop": "yes"})


def test_only_organisers_and_only_their_own_event(client_of, ben, cleo, other_event):
    for person in (ben, cleo):
        client = client_of(person)
        assert client.post(f"{BASE}rehearsal/", {"moment": "2022-06-01T10:00"}).status_code == 404
    assert client_of(None).post(f"{BASE}rehearsal/", {"moment": "2022-06-01T10:00"}).status_code == 404


def test_who_organises_no_longer_rehearses_no_longer(organiser, ada, event):
    begin(organiser, "2022-12-01T12:00")
    event.organisers.remove(ada)
    assert organiser.get(f"{BASE}lobby/").status_code == 404


def test_another_event_is_not_rehearsed(organiser, ada, other_event):
    other_event.organisers.add(ada)
    begin(organiser, "2022-12-01T12:00")
    assert "Stop rehearsing" not in organiser.get("/another/lobby/").content.decode()


def test_what_is_no_moment_is_asked_again(organiser):
    answer = begin(organiser, "soon")
    assert answer.status_code == 422
    assert "Enter a valid date/time" in answer.content.decode()


def test_it_offers_each_boundary_and_each_session(organiser, make_session):
    make_session("Opening", "09:30", "10:30")
    page = organiser.get(f"{BASE}rehearsal/").content.decode()
    for words in (
        "22 May 2022, 12:00am: The portal opens",
        "27 May 2022, 9:30am: Opening",
        "28 November 2022, 12:00am: The portal closes",
    ):
        assert words in page


def test_the_pages_of_others_ask_no_more_than_before(client_of, ben, django_assert_num_queries):
    client = client_of(ben)
    client.get(f"{BASE}programme/")
    with django_assert_num_queries(5):
        client.get(f"{BASE}programme/")
