"""Direct talk starts by asking, and belongs to those in it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from networking.changes import edit_message
from networking.direct import inbox, services
from networking.direct.models import State, TalkRequest
from networking.frames import frames_after
from networking.models import Conversation, Message
from networking.safety.services import block, report_message
from networking.services import Refused
from portal.live.reads import version_of
from portal.models import Delegate
from portal.people.services import see
from portal.privacy.services import export_person
from tests.conftest import make_delegate
from tests.networking.conftest import total

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BASE = "/assembly-2022/"


# Asking


def test_nothing_can_be_said_before_the_other_accepts(ben, sana, now):
    services.ask_to_talk(ben, sana, words="", now=now)
    assert not Conversation.objects.filter(kind="direct").exists()


def test_accepted_both_are_in_it_and_nobody_else(talk, ben, sana, dev, ada, client_of):
    assert client_of(ben).get(talk.get_absolute_url()).status_code == 200
    assert client_of(sana).get(talk.get_absolute_url()).status_code == 200
    for other in (dev, ada):
        assert client_of(other).get(talk.get_absolute_url()).status_code == 404
        assert client_of(other).get(f"{BASE}live/{talk.channel}/").status_code == 404


def test_a_talk_says_who_of_the_listed_is_here_or_away(talk, ben, sana, client_of, now):
    see("assembly-2022", {ben.user_id: True, sana.user_id: False}, now)
    page = client_of(ben).get(talk.get_absolute_url()).content.decode()
    assert page.count("Away") == 1 and "Here now" not in page
    assert "Here now" in client_of(sana).get(talk.get_absolute_url()).content.decode()
    Delegate.objects.filter(pk=sana.pk).update(listed=False)
    assert "Away" not in client_of(ben).get(talk.get_absolute_url()).content.decode()


def test_who_declines_is_not_asked_again_but_may_ask(ben, sana, now):
    services.answer_request(services.ask_to_talk(ben, sana, words="", now=now), accept=False, now=now)
    with pytest.raises(Refused):
        services.ask_to_talk(ben, sana, words="", now=now)
    assert services.ask_to_talk(sana, ben, words="", now=now).state == State.PENDING


def test_asking_who_has_asked_is_accepting(ben, sana, now):
    services.ask_to_talk(ben, sana, words="", now=now)
    assert services.ask_to_talk(sana, ben, words="", now=now).conversation == services.find_talk(ben, sana)


def test_words_that_no_database_takes_are_asked_without_them(ben, sana, now):
    assert services.ask_to_talk(ben, sana, words="Men\x00toring?", now=now).words == "Mentoring?"


def test_asking_twice_is_one_request(ben, sana, now):
    assert services.ask_to_talk(ben, sana, words="", now=now) == services.ask_to_talk(ben, sana, words="", now=now)


def test_a_request_is_answered_once_and_not_after_it_was_taken_back(ben, sana, now):
    asked = services.ask_to_talk(ben, sana, words="", now=now)
    services.withdraw(asked, now=now)
    with pytest.raises(Refused):
        services.answer_request(asked, accept=True, now=now)


@pytest.mark.parametrize("who_blocks", ["ben", "sana"])
def test_a_block_in_either_direction_refuses_in_words_that_do_not_tell(who_blocks, ben, sana, now):
    one, other = (ben, sana) if who_blocks == "ben" else (sana, ben)
    block(one, other, now=now)
    with pytest.raises(Refused, match=services.CANNOT):
        services.ask_to_talk(ben, sana, words="", now=now)


def test_nobody_asks_the_whole_room(event, ben, now):
    for number in range(20):
        services.ask_to_talk(ben, make_delegate(event, f"q{number}@example.org", "Q"), words="", now=now)
    with pytest.raises(Refused):
        services.ask_to_talk(ben, make_delegate(event, "late@example.org", "Late"), words="", now=now)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_each_other_at_once_have_one_talk(ben, sana, now):
    def ask(pair):
        try:
            services.ask_to_talk(*pair, words="", now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ask, [(ben, sana), (sana, ben)]))
    assert Conversation.objects.filter(kind="direct").count() == 1
    assert TalkRequest.objects.get().state == State.ACCEPTED


# Blocking and reporting inside


def test_in_a_talk_of_two_a_block_ends_the_talking(talk, ben, sana, say, client_of, now):
    say(talk, sana, "words of Sana")
    block(ben, sana, now=now)
    assert "words of Sana" not in client_of(ben).get(talk.get_absolute_url()).content.decode()
    for person in (ben, sana):
        assert client_of(person).post(f"{talk.get_absolute_url()}say/", {"text": "Hi"}).status_code == 403


def test_an_organiser_sees_of_direct_talk_what_was_reported_and_no_more(talk, ben, sana, ada, say, client_of, now):
    said, quiet = say(talk, sana, "reported words"), say(talk, sana, "quiet words")
    report_message(said, ben, reason="unkind", words="", now=now)
    pages = [client_of(ada).get(f"{BASE}moderation/"), client_of(ada).get("/admin/networking/message/")]
    for page in pages:
        assert "reported words" in page.content.decode()
        assert "quiet words" not in page.content.decode()
    assert client_of(ada).get(quiet.get_absolute_url()).status_code == 404
    assert "Ben Placeholder and" not in client_of(ada).get("/admin/networking/conversation/").content.decode()


# Its title


def test_a_talk_is_called_by_its_people_wherever_it_is_shown_and_keeps_no_name(
    talk, ben, sana, dev, say, client_of, now
):
    said, client = say(talk, sana, f"@{ben.name} a needle"), client_of(ben)
    services.invite(talk, ben, dev, now=now)
    pages = ["messages/", "messages/search/?words=needle", f"conversations/{talk.pk}/"]
    for page in (*(f"{BASE}{path}" for path in pages), said.get_absolute_url()):
        assert "Ben Placeholder and Sana Placeholder" in client.get(page).content.decode(), page
    assert "join Ben Placeholder and Sana" in client_of(dev).get(f"{BASE}messages/").content.decode()
    talk.refresh_from_db()
    assert talk.title == "Direct talk"


def test_a_talk_is_called_by_who_is_in_it_and_by_all_for_who_is_left_alone(talk, ben, sana, dev, client_of, now):
    services.answer_request(services.invite(talk, ben, dev, now=now), accept=True, now=now)
    page = client_of(ben).get(talk.get_absolute_url()).content.decode()
    assert "Ben Placeholder, Dev Placeholder and Sana Placeholder" in page
    services.leave_talk(talk, dev, now=now)
    assert "Ben Placeholder and Sana Placeholder" in client_of(ben).get(talk.get_absolute_url()).content.decode()
    services.leave_talk(talk, sana, now=now)
    page = client_of(ben).get(talk.get_absolute_url()).content.decode()
    assert "Ben Placeholder, Dev Placeholder and Sana Placeholder" in page


# Groups


def test_who_is_asked_to_join_hears_after_accepting_and_no_more_after_leaving(talk, ben, dev, say, client_of, now):
    say(talk, ben, "before")
    asked = services.invite(talk, ben, dev, now=now)
    assert client_of(dev).get(talk.get_absolute_url()).status_code == 404
    services.answer_request(asked, accept=True, now=now)
    say(talk, ben, "after")
    assert "after" in client_of(dev).get(talk.get_absolute_url()).content.decode()
    services.leave_talk(talk, dev, now=now)
    assert client_of(dev).get(talk.get_absolute_url()).status_code == 404


def test_who_comes_later_hears_from_then_on_wherever_they_look(talk, ben, dev, joined, say, client_of, now):
    said = say(talk, ben, "earlier needle")
    joined()
    say(talk, ben, "later needle")
    client, place = client_of(dev), talk.get_absolute_url()
    looks = ["", "panel/", f"?at={said.pk}", f"?before={said.pk + 1}", f"?reply={said.pk}"]
    pages = [client.get(f"{place}{look}").content.decode() for look in looks]
    pages.append(client.get(f"{BASE}messages/search/?words=needle").content.decode())
    pages.append(client.get(f"{BASE}live/{talk.channel}/?after=0").content.decode())
    assert not any("earlier" in page or "Replying to <strong data-chat-answering-name>B" in page for page in pages)
    assert all("later needle" in pages[number] for number in (0, 1, 5, 6))
    for act in ("", "acts/", "report/"):
        assert client.get(f"{said.get_absolute_url()}{act}").status_code == 404
    assert total(dev) == 1
    assert "earlier needle" in client_of(ben).get(place).content.decode()


def test_who_came_later_hears_no_more_when_who_asked_them_is_deleted(talk, ben, sana, dev, joined, say, client_of):
    say(talk, sana, "earlier")
    joined()
    ben.delete()
    page = client_of(dev).get(talk.get_absolute_url()).content.decode()
    assert "earlier" not in page
    assert "was added, and reads what is said from here on." in page


def test_words_from_before_that_change_are_not_told_to_who_came_later(talk, ben, dev, joined, say, client_of, now):
    said = say(talk, ben, "earlier")
    joined()
    after = version_of(talk.channel)
    edit_message(said, "put another way", by=ben, now=now)
    heard = client_of(dev).get(f"{BASE}live/{talk.channel}/?after={after}").json()
    assert (heard["frames"], heard["version"]) == ([], after + 1)
    [told] = client_of(ben).get(f"{BASE}live/{talk.channel}/?after={after}").json()["frames"]
    assert "put another way" in told["html"]


def test_a_change_of_words_from_before_calls_nobody_who_came_later(talk, ben, sana, dev, joined, say, client_of, now):
    said = say(talk, ben, "earlier")
    joined()
    edit_message(said, f"@{dev.name} and @{sana.name} between us", by=ben, now=now)
    assert [name for _, name in Message.objects.get(pk=said.pk).mentioned] == [sana.name]
    assert total(dev) == 0
    assert "between us" not in client_of(dev).get(f"{BASE}messages/").content.decode()


def test_what_called_somebody_before_they_came_back_is_not_read_again(talk, ben, dev, joined, say, client_of, now):
    joined()
    said = say(talk, ben, f"@{dev.name} look")
    services.leave_talk(talk, dev, now=now)
    joined()
    edit_message(said, f"@{dev.name} between us", by=ben, now=now)
    assert "between us" not in client_of(dev).get(f"{BASE}messages/").content.decode()
    assert total(dev) == 0
    assert "Messages that name you" not in export_person(dev.user)


def test_everybody_in_a_talk_is_told_who_came_and_who_asked_them(talk, ben, sana, dev, joined, client_of):
    assert "who asked them" in client_of(ben).get(f"{talk.get_absolute_url()}people/").content.decode()
    joined()
    for person in (ben, sana, dev):
        page = client_of(person).get(talk.get_absolute_url()).content.decode()
        assert "was added by Ben Placeholder" in page
    assert total(sana) == 1
    assert "was added by" in frames_after(talk.pk, 0, 9)[-1].html


def test_the_line_that_tells_who_came_is_nobodys_to_change(talk, dev, joined, client_of):
    joined()
    line = talk.messages.get()
    for act in ("take-back", "edit", "react", "report"):
        assert client_of(dev).post(f"{line.get_absolute_url()}{act}/", {"text": "x"}).status_code == 404


def test_who_comes_back_hears_from_then_on(talk, ben, dev, joined, say, client_of, now):
    joined()
    services.leave_talk(talk, dev, now=now)
    say(talk, ben, "meanwhile")
    joined()
    assert "meanwhile" not in client_of(dev).get(talk.get_absolute_url()).content.decode()


def test_nobody_is_asked_to_sit_with_whom_they_blocked(talk, ben, sana, dev, now):
    block(dev, sana, now=now)
    with pytest.raises(Refused, match=services.CANNOT):
        services.invite(talk, ben, dev, now=now)


@pytest.mark.parametrize("who_asks_again", ["ben", "sana"])
def test_who_declines_to_join_is_not_asked_again_by_anybody_there(who_asks_again, talk, ben, sana, dev, now):
    services.answer_request(services.invite(talk, ben, dev, now=now), accept=False, now=now)
    with pytest.raises(Refused, match=services.CANNOT):
        services.invite(talk, ben if who_asks_again == "ben" else sana, dev, now=now)


def test_who_declines_to_talk_is_not_asked_into_a_group_by_the_same_person(talk, ben, sana, dev, now):
    services.answer_request(services.ask_to_talk(ben, dev, words="", now=now), accept=False, now=now)
    with pytest.raises(Refused, match=services.CANNOT):
        services.invite(talk, ben, dev, now=now)
    assert services.invite(talk, sana, dev, now=now)


def test_a_group_is_small(event, talk, ben, now):
    for number in range(6):
        services.invite(talk, ben, make_delegate(event, f"g{number}@example.org", f"G {number}"), now=now)
    with pytest.raises(Refused, match="8"):
        services.invite(talk, ben, make_delegate(event, "ninth@example.org", "Ninth"), now=now)


# Plain forms


def test_from_the_directory_to_a_talk_by_plain_forms(ben, sana, client_of):
    asking, answering = client_of(ben), client_of(sana)
    assert f"/people/{sana.pk}/" in asking.get(f"{BASE}people/").content.decode()
    asking.post(f"{BASE}people/{sana.pk}/ask/", {"words": "Coming back to work"})
    page = answering.get(f"{BASE}messages/").content.decode()
    assert "Coming back to work" in page
    answer = answering.post(f"{BASE}messages/requests/{TalkRequest.objects.get().pk}/", {"accept": "yes"})
    assert answering.get(answer.url).status_code == 200
    assert services.find_talk(ben, sana)


def test_three_talk_by_plain_forms_until_one_leaves(talk, ben, sana, dev, client_of):
    three = [client_of(each) for each in (ben, sana, dev)]
    group = f"{talk.get_absolute_url()}people/"
    assert f'value="{dev.pk}"' in three[0].get(group, {"words": "dev"}).content.decode()
    three[0].post(group, {"person": dev.pk})
    asked = TalkRequest.objects.get(receiver=dev)
    assert three[2].post(f"{BASE}messages/requests/{asked.pk}/", {"accept": "yes"}).url == talk.get_absolute_url()
    for client, words in zip(three, ("one of three", "two of three", "three of three"), strict=True):
        assert client.post(f"{talk.get_absolute_url()}say/", {"text": words}).status_code == 302
    for client in three:
        page = client.get(talk.get_absolute_url()).content.decode()
        assert all(f"{number} of three" in page for number in ("one", "two", "three"))
    # What the others said, and that Dev came.
    assert inbox.count_waiting([ben.pk])[ben.pk].messages == 3
    three[2].post(f"{talk.get_absolute_url()}leave/")
    assert three[2].post(f"{talk.get_absolute_url()}say/", {"text": "from outside"}).status_code == 404
    assert "<li>Dev Placeholder</li>" not in three[0].get(group).content.decode()
    three[1].post(f"{talk.get_absolute_url()}say/", {"text": "two again"})
    assert inbox.count_waiting([dev.pk])[dev.pk].messages == 0


def test_who_is_looked_for_to_join_is_found_whatever_byte_came_along(talk, ben, dev, client_of):
    found = client_of(ben).get(f"{talk.get_absolute_url()}people/", {"words": "d\x00ev"}).content.decode()
    assert f'value="{dev.pk}"' in found


def test_another_s_request_is_not_there(ben, sana, dev, client_of, now):
    asked = services.ask_to_talk(ben, sana, words="", now=now)
    assert client_of(dev).post(f"{BASE}messages/requests/{asked.pk}/", {"accept": "yes"}).status_code == 404
