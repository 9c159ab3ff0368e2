"""Coming in: an address, a code, seven short pages, and nothing lost on the way."""

from datetime import timedelta

import pytest
from django.core import mail

from portal.models import AccessNeed, Delegate, Draft, Event, User
from portal.people.places import cancel_registration, refuse_delegate
from portal.people.wizard.services import forget_drafts
from tests.portal.people.wizard import BASE, CONFIRM, PAGES, answer, ask_code, code, finish, sign_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def client(event, client_of):
    return client_of()


@pytest.fixture
def dana(client):
    """Has proved her address."""
    sign_in(client)
    return client


def said(event) -> Delegate:
    return Delegate.registrations.get(event=event, user__email="dana@example.org")


def test_from_the_address_through_the_pages_to_a_registration(dana, event, now):
    assert answer(dana) == f"{BASE}register/check/"
    inside = finish(dana)
    assert inside.redirect_chain[-1][0] == f"{BASE}registration/"
    assert "You are registered" in inside.content.decode()
    found = said(event)
    assert (found.full_name, found.name, found.pronouns) == ("Dana Placeholder", "Dana Placeholder", "they/them")
    assert (found.region, found.profession, found.grade, found.role) == ("london", "medicine", "ST4", "learner")
    assert (found.listed, found.recorded, found.conduct_agreed_at) == (True, False, now)
    assert set(found.access_needs.values_list("kind", flat=True)) == {"captions", "breaks", "other"}
    assert not Draft.objects.exists()


def test_each_page_leads_to_the_next(dana):
    order = [answer(dana, slug) for slug in PAGES]
    assert order == [f"{BASE}register/{slug}/" for slug in [*list(PAGES)[1:], "check"]]


def test_the_summary_shows_every_answer_and_leads_back_to_each(dana):
    answer(dana)
    page = dana.get(f"{BASE}register/check/").content.decode()
    for text in (
        "Dana Placeholder",
        "London",
        "Medicine",
        "ST4",
        "Live captions, Breaks at fixed times",
        "near the door",
    ):
        assert text in page
    assert all(f'href="{BASE}register/{slug}/"' in page for slug in PAGES)


def test_a_change_from_the_summary_leads_back_to_it(dana, event):
    answer(dana)
    assert answer(dana, "place", place={"region": "wales"}) == f"{BASE}register/check/"
    finish(dana)
    assert said(event).region == "wales"


def test_a_mistake_is_named_and_what_was_typed_stays(dana):
    page = dana.post(f"{BASE}register/place/", {"organisation": "Example Trust", "region": ""})
    assert page.status_code == 422
    assert 'value="Example Trust"' in page.content.decode()
    assert "Please choose “Region”" in page.content.decode()


def test_whoever_comes_back_goes_on_where_they_were_on_any_device(dana, client_of):
    answer(dana, "name", "place")
    other = client_of(User.objects.get())
    assert other.get(f"{BASE}register/").url == f"{BASE}register/work/"
    assert 'value="Example Trust"' in other.get(f"{BASE}register/place/").content.decode()


def test_what_is_posted_as_the_session_ends_is_there_after_signing_in(dana):
    dana.session.flush()
    lapsed = dana.post(f"{BASE}register/place/", PAGES["place"])
    assert lapsed.url == f"/accounts/login/code/?next={BASE}register/place/"
    dana.post("/accounts/login/code/", {"email": "dana@example.org", "next": f"{BASE}register/place/"})
    page = dana.post(
        f"{CONFIRM}?next={BASE}register/place/", {"code": code(), "next": f"{BASE}register/place/"}, follow=True
    )
    assert page.redirect_chain[-1][0] == f"{BASE}register/place/"
    assert 'value="Example Trust"' in page.content.decode()
    assert '<option value="london" selected>' in page.content.decode()


def test_without_the_code_of_conduct_nobody_goes_on(dana):
    assert dana.post(f"{BASE}register/conduct/", {}).status_code == 422


def test_each_consent_is_its_own(dana, event):
    answer(dana, *PAGES, recording={"recorded": "yes"}, directory={"listed": "no"})
    finish(dana)
    assert (said(event).recorded, said(event).listed) == (True, False)


def test_the_summary_cannot_be_reached_past_a_page(dana, event):
    answer(dana, *[slug for slug in PAGES if slug != "conduct"])
    assert dana.post(f"{BASE}register/check/").url == f"{BASE}register/conduct/"
    assert not event.delegates.exists()


def test_sending_the_summary_twice_registers_once(dana, event):
    answer(dana)
    finish(dana)
    finish(dana)
    assert Delegate.registrations.count() == 1


def test_a_full_event_says_where_one_stands_in_line(dana, event, ben):
    Event.objects.update(capacity=1)
    answer(dana)
    page = finish(dana).content.decode()
    assert "You are on the waiting list" in page
    assert "Your place in line: <strong>1</strong>" in page


def test_an_offer_is_taken_with_one_button(dana, event, ben, now):
    Event.objects.update(capacity=1)
    answer(dana)
    finish(dana)
    cancel_registration(ben, by=ben.user, why="", now=now)
    assert "A place is free for you" in dana.get(f"{BASE}registration/").content.decode()
    page = dana.post(f"{BASE}registration/confirm/", follow=True)
    assert "You are registered" in page.content.decode()
    assert dana.get(f"{BASE}lobby/").status_code == 200


def test_an_offer_that_has_lapsed_gets_a_plain_sentence(dana, event, ben, at, now):
    Event.objects.update(capacity=1)
    at("2022-05-20T10:00")
    answer(dana)
    finish(dana)
    cancel_registration(ben, by=ben.user, why="", now=at("2022-05-20T11:00"))
    at("2022-05-21T11:00")
    page = dana.post(f"{BASE}registration/confirm/", follow=True).content.decode()
    assert "This place is no longer held for you." in page


def test_who_cancels_is_out_at_once_and_comes_back_with_their_answers(dana, event):
    answer(dana)
    finish(dana)
    dana.post(f"{BASE}registration/cancel/", {"why": "On call"})
    assert dana.get(f"{BASE}lobby/").status_code == 404
    assert said(event).changes.last().why == "On call"
    assert not AccessNeed.objects.exists()
    assert dana.get(f"{BASE}register/").url == f"{BASE}register/needs/"
    assert answer(dana, "needs") == f"{BASE}register/check/"
    finish(dana)
    assert said(event).state == "approved"


def test_who_is_refused_is_told_so_and_not_asked_again(dana, event, ada, now):
    Event.objects.update(entry="approval")
    answer(dana)
    assert "We have your request" in finish(dana).content.decode()
    refuse_delegate(said(event), by=ada, why="", now=now)
    page = dana.get(f"{BASE}register/", follow=True)
    assert "did not accept" in page.content.decode()


@pytest.mark.parametrize("slug", [slug for slug in PAGES if slug != "conduct"])
def test_every_answer_can_be_changed_later(dana, event, slug):
    answer(dana)
    finish(dana)
    page = dana.get(f"{BASE}registration/change/{slug}/")
    assert page.context["form"].initial
    assert dana.post(f"{BASE}registration/change/{slug}/", PAGES[slug]).url == f"{BASE}registration/"


def test_a_change_of_consent_is_kept(dana, event):
    answer(dana)
    finish(dana)
    dana.post(f"{BASE}registration/change/directory/", {"listed": "no"})
    assert said(event).listed is False


def test_until_the_code_is_right_nothing_can_be_answered(client):
    asked = ask_code(client)
    wrong = client.post(asked.url, {"code": "AAAA-AAAA"})
    assert "code" in wrong.context["form"].errors
    assert client.post(f"{BASE}register/name/", PAGES["name"]).url.startswith("/accounts/login/code/")
    assert not Draft.objects.exists()


def test_the_third_wrong_code_burns_the_right_one(client):
    asked = ask_code(client)
    right = code()
    for _ in range(3):
        client.post(asked.url, {"code": "AAAA-AAAA"})
    client.post(asked.url, {"code": right})
    assert "_auth_user_id" not in client.session


def test_a_known_and_an_unknown_address_get_the_same_answer(client, ben, client_of):
    known, unknown = ask_code(client, ben.user.email), ask_code(client_of(), "who@example.org")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("email", ["a\r\nBcc: b@example.org", "a@b@example.org", "x" * 10_000 + "@example.org"])
def test_an_address_that_is_none_sends_nothing(client, email):
    assert ask_code(client, email).status_code == 422
    assert not mail.outbox
    assert User.objects.count() == 0


def test_who_is_signed_in_is_not_asked_for_an_address_or_a_code(event, cleo, client_of):
    client = client_of(cleo)
    assert client.get(f"{BASE}register/").url == f"{BASE}register/name/"
    assert 'value="Cleo Placeholder"' in client.get(f"{BASE}register/name/").content.decode()
    answer(client)
    finish(client)
    assert event.delegates.get().user == cleo.user
    assert not mail.outbox


def test_a_second_registration_leads_to_the_first(ben, client_of):
    assert client_of(ben).get(f"{BASE}register/").url == f"{BASE}registration/"


def test_registration_ends_with_the_day(client, at):
    at("2022-05-28T00:00")
    assert client.get(f"{BASE}register/").status_code == 403
    assert ask_code(client).status_code == 403
    assert client.post(f"{BASE}register/name/", PAGES["name"]).status_code == 403


def test_a_session_planted_before_signing_in_is_not_the_one_that_is_signed_in(client):
    asked = ask_code(client)
    planted = client.session.session_key
    client.post(asked.url, {"code": code()})
    assert client.session.session_key != planted


def test_a_draft_left_for_thirty_days_goes(dana, now):
    answer(dana, "name")
    assert forget_drafts(now + timedelta(days=30)) == 0
    assert forget_drafts(now + timedelta(days=30, seconds=1)) == 1
