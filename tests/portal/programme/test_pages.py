"""The front, the lobby, the programme and a session, as each person sees them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.events.services import announce
from tests.reading import text

pytestmark = pytest.mark.django_db
BASE = "/assembly-2022/"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2022-05-20T12:00", "The portal opens in"),
        ("2022-05-25T12:00", "The portal is open"),
        ("2022-05-27T12:00", "It is on today"),
        ("2022-06-27T12:00", "until 11:59pm on 27 November 2022"),
        ("2022-11-28T00:00", "This portal closed on"),
    ],
)
def test_the_front_says_where_we_are_in_the_portals_life(event, client, at, moment, words):
    at(moment)
    assert words in text(client.get(BASE))


def test_before_opening_the_lobby_counts_down(ben, client_of, at):
    at("2022-05-21T23:59:59")
    page = client_of(ben).get(f"{BASE}lobby/")
    assert page.status_code == 403
    assert "data-countdown" in text(page)
    assert "no-store" in page["Cache-Control"]


def test_after_closing_the_lobby_explains(ben, client_of, at):
    at("2022-11-28T00:00")
    assert "This portal has closed" in text(client_of(ben).get(f"{BASE}lobby/"))


def test_the_lobby_says_what_is_on_what_is_next_and_who_is_here(ben, client_of, make_session):
    make_session("Opening keynote", "09:30", "10:30")
    make_session("Second keynote", "10:30", "11:00")
    page = text(client_of(ben).get(f"{BASE}lobby/"))
    assert "Opening keynote" in page
    assert "Coming next" in page
    assert "<strong>1</strong> person is here now" in page


def test_the_bar_follows_the_clock(ben, client_of, make_session, at):
    make_session("Opening keynote", "09:30", "10:30")
    at("2022-05-27T10:30")
    page = client_of(ben).get(f"{BASE}programme/")
    assert page.context["bar"].now == []


def test_an_announcement_stands_in_the_lobby(event, ben, ada, client_of, now):
    announce(event, "Lunch is ten minutes longer.", by=ada, now=now)
    assert "Lunch is ten minutes longer." in text(client_of(ben).get(f"{BASE}lobby/"))


LUNCH = "Lunch is ten minutes longer."


@pytest.fixture
def lunch(event, ada, now):
    return announce(event, LUNCH, by=ada, now=now)


def test_the_newest_announcement_stands_on_every_page_and_asks_no_query_for_it(
    event, ben, ada, client_of, now, django_assert_num_queries
):
    client = client_of(ben)
    with CaptureQueriesContext(connection) as before:
        client.get(f"{BASE}programme/")
    announce(event, "Coats are on the left.", by=ada, now=now)
    announce(event, LUNCH, by=ada, now=now)
    with django_assert_num_queries(len(before)):
        page = text(client.get(f"{BASE}programme/"))
    assert LUNCH in page
    assert "Coats are on the left." not in page


def test_the_lobby_shows_an_announcement_once(lunch, ben, client_of):
    assert text(client_of(ben).get(f"{BASE}lobby/")).count(LUNCH) == 1


def test_an_announcement_is_news_for_an_hour(lunch, ben, client_of, at, now):
    client = client_of(ben)
    at((now + timedelta(minutes=59)).isoformat())
    assert LUNCH in text(client.get(f"{BASE}programme/"))
    at((now + timedelta(hours=1)).isoformat())
    assert LUNCH not in text(client.get(f"{BASE}programme/"))


def test_an_announcement_that_is_made_while_a_page_is_on_its_way_is_on_it(event, ben, ada, client_of, now):
    """The page knows it by its number and is not told of it again, also where two servers' clocks differ."""
    announce(event, LUNCH, by=ada, now=now + timedelta(milliseconds=50))
    assert LUNCH in text(client_of(ben).get(f"{BASE}programme/"))


def test_an_announcement_is_on_no_page_of_a_portal_that_has_closed_since(event, ben, ada, client_of, at):
    announce(event, LUNCH, by=ada, now=at("2022-11-27T23:30"))
    registration = f"{BASE}registration/"
    assert LUNCH in text(client_of(ben).get(registration))
    at("2022-11-28T00:00")
    assert LUNCH not in text(client_of(ben).get(registration))
    assert LUNCH in text(client_of(ada).get(f"{BASE}programme/"))


def test_an_announcement_that_was_closed_stays_closed_until_the_next(lunch, event, ben, ada, client_of, now):
    client = client_of(ben)
    close(client, lunch)
    assert LUNCH not in text(client.get(f"{BASE}programme/"))
    announce(event, "Tea is served.", by=ada, now=now)
    assert "Tea is served." in text(client.get(f"{BASE}programme/"))


def test_what_one_person_closed_is_news_to_the_next_at_the_same_computer(lunch, ben, sana, client_of):
    client = client_of(ben)
    close(client, lunch)
    client.force_login(sana.user)
    assert LUNCH in text(client.get(f"{BASE}programme/"))


def close(client, announcement, **more: str):
    return client.post(f"{BASE}announcements/close/", {"version": announcement.version, **more})


def test_who_closes_an_announcement_is_where_they_were(lunch, ben, client_of):
    here = f"{BASE}people/?q=sana"
    assert close(client_of(ben), lunch, next=here)["Location"] == here


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "/admin/", f"{BASE[:-1]}.example.org/", ""]
)
def test_closing_an_announcement_leads_nowhere_but_into_the_event(lunch, ben, client_of, elsewhere):
    assert close(client_of(ben), lunch, next=elsewhere)["Location"] == BASE


def test_an_announcement_is_closed_by_nobody_who_is_not_told_it(lunch, cleo, client, client_of):
    assert close(client_of(cleo), lunch).status_code == 404
    assert close(client, lunch).status_code == 302
    assert "announced" not in client.cookies


def test_an_announcement_that_was_deleted_is_on_no_page(lunch, ben, client_of):
    lunch.delete()
    assert LUNCH not in text(client_of(ben).get(f"{BASE}programme/"))


def test_where_the_newest_announcement_was_deleted_the_one_before_is_the_newest_again(
    lunch, event, ben, ada, client_of, now
):
    for words in ("Tea is served.", "Coffee is served."):
        announce(event, words, by=ada, now=now)
    event.announcements.filter(text__contains="served").delete()
    page = text(client_of(ben).get(f"{BASE}programme/"))
    assert LUNCH in page
    assert f'data-version="{lunch.version}"' in page


def test_the_programme_costs_the_same_at_one_session_and_at_three(ben, client_of, make_session):
    client = client_of(ben)
    make_session("One")
    with CaptureQueriesContext(connection) as one:
        client.get(f"{BASE}programme/")
    make_session("Two")
    make_session("Three")
    with CaptureQueriesContext(connection) as three:
        client.get(f"{BASE}programme/")
    assert len(three) == len(one) == 6


def test_a_session_of_another_event_is_not_found(other_event, ben, client_of, make_session):
    session = make_session("Opening")
    session.event = other_event
    session.save()
    assert client_of(ben).get(f"{BASE}programme/{session.pk}/").status_code == 404


def test_only_a_listed_player_is_ever_embedded(ben, client_of, make_session):
    session = make_session("Opening")
    session.provider, session.embed = "youtube", "abc_DEF-123"
    session.full_clean()
    session.save()
    page = text(client_of(ben).get(f"{BASE}programme/{session.pk}/"))
    assert 'src="https://www.youtube-nocookie.com/embed/abc_DEF-123?' in page


@pytest.mark.parametrize("embed", ["http://169.254.169.254/", "a/../b", "x" * 41, "a b", '"><script>'])
def test_an_address_is_no_film_id(make_session, embed):
    from django.core.exceptions import ValidationError

    session = make_session("Opening")
    session.provider, session.embed = "youtube", embed
    with pytest.raises(ValidationError):
        session.full_clean()
