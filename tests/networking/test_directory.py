import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.safety.services import block
from portal.people import presence
from tests.conftest import make_delegate

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PEOPLE = "/assembly-2022/people/"


def names(client, query=""):
    return [person.name for person in client.get(PEOPLE + query).context["page"]]


def test_only_who_chose_it_is_found(event, ben, client_of):
    make_delegate(event, "hid@example.org", "Hidden Placeholder", listed=False)
    assert names(client_of(ben)) == ["Ben Placeholder"]


def test_every_word_must_be_found_somewhere(event, ben, sana, client_of):
    sana.interests = "Flexible training"
    sana.save()
    client = client_of(ben)
    assert names(client, "?words=flexible+SANA") == ["Sana Placeholder"]
    assert names(client, "?words=flexible+ben") == []
    assert names(client, "?role=educator") == []
    assert "Nobody found" in client.get(PEOPLE + "?words=zzz").content.decode()


def test_no_address_is_ever_shown(ben, sana, client_of):
    assert "sana@example.org" not in client_of(ben).get(PEOPLE).content.decode()


def test_i_choose_whether_others_find_me(ben, client_of):
    client = client_of(ben)
    assert client.post(PEOPLE + "me/", {"interests": "Mentoring"}).status_code == 302
    ben.refresh_from_db()
    assert (ben.listed, ben.interests) == (False, "Mentoring")


def test_after_the_day_the_directory_can_be_read_and_not_changed(ben, client_of, at):
    at("2022-06-01T12:00")
    client = client_of(ben)
    assert names(client) == ["Ben Placeholder"]
    assert client.post(PEOPLE + "me/", {"interests": "x"}).status_code == 403


@pytest.fixture
def here(event, ben, sana, now):
    presence.note(event, {ben.pk: True, sana.pk: True}, now)


@pytest.mark.parametrize("blocks", ["ben", "sana"])
def test_the_lobby_names_who_is_here_to_nobody_with_a_block_between_them(here, blocks, ben, sana, dev, client_of, now):
    one, other = (ben, sana) if blocks == "ben" else (sana, ben)
    block(one, other, now=now)
    assert sana.name not in client_of(ben).get(PEOPLE + "here/").content.decode()
    assert ben.name not in client_of(sana).get(PEOPLE + "here/").content.decode()
    assert sana.name in client_of(dev).get(PEOPLE + "here/").content.decode()


def test_what_all_are_told_of_who_is_here_is_a_number(here, event, dev, ben, sana, client_of):
    client = client_of(dev)
    state = client.get(f"/assembly-2022/live/event.{event.pk}.presence/").json()["state"]["html"]
    lobby = client.get("/assembly-2022/lobby/").content.decode()
    assert "<strong>2</strong> people are here now" in state
    assert not any(person.name in page for person in (ben, sana) for page in (state, lobby))
    assert f'hx-get="{PEOPLE}here/"' in lobby


def test_who_is_not_listed_is_counted_and_not_named(here, sana, ben, client_of):
    sana.listed = False
    sana.save()
    assert sana.name not in client_of(ben).get(PEOPLE + "here/").content.decode()


def test_it_costs_the_same_at_one_person_and_at_three(event, ben, client_of):
    client, counts = client_of(ben), []
    for extra in (0, 2):
        for number in range(extra):
            make_delegate(event, f"d{number}@example.org", f"Delegate {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(PEOPLE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
