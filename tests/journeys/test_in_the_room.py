"""In a room: hands, time, notes, help and removal, each between two who see it happen."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.begun import TITLE
from tests.journeys.conftest import EVENT, live
from tests.journeys.cutting import Late
from tests.journeys.test_organising import move, save
from tests.journeys.test_rooms import ONE, card, enter, open_round, take

pytestmark = pytest.mark.browser
ROOM = "Recruitment and a fair start"
# Milliseconds until the room ends, by the server's clock as the page has it.
LEFT = """() => Date.parse(document.querySelector("[data-room-closes]").dateTime)
    - Date.parse(document.body.dataset.serverNow)"""


def go_in(page: Page, room: str = ROOM) -> None:
    open_round(page, ONE)
    take(page, room)
    enter(page, room)
    live(page)


@pytest.fixture
def facilitator(visit, mailed_code) -> Callable[[str, str], Page]:
    """The room's facilitator of that number, who signs in by a code and goes to the address."""

    def sign_in(number: str, address: str) -> Page:
        page, email = visit(None, f"/accounts/login/code/?next={EVENT}lobby/"), f"facilitator{number}@example.org"
        page.get_by_label("E-mail address").fill(email)
        page.get_by_role("button", name="Send me a code").click()
        page.locator("input[name=code]").fill(mailed_code(email))
        page.locator("main").get_by_role("button").first.click()
        page.wait_for_url("**/lobby/")
        page.goto(address)
        live(page)
        return page

    return sign_in


def said(page: Page, text: str) -> None:
    expect(page.locator("[data-room-said]")).to_contain_text(text)


@pytest.mark.database
def test_a_hand_is_raised_called_and_heard_and_help_comes(visit, facilitator):
    ben = visit("Delegate")
    go_in(ben)
    leader = facilitator("1", ben.url)
    ben.get_by_role("button", name="Raise my hand").click()
    said(ben, "You are next.")
    call = leader.get_by_role("button", name="Call next")
    expect(call).to_be_visible()
    call.click()
    said(ben, "You have the floor.")
    leader.get_by_role("button", name="Has spoken").click()
    said(ben, "You have spoken.")
    expect(ben.get_by_role("button", name="Raise my hand")).to_be_visible()

    ada = visit("Organiser", f"{EVENT}programme/")
    live(ada)
    leader.get_by_text("Call for help").click()
    leader.get_by_label("What do you need?").fill("No sound")
    leader.get_by_role("button", name="Call an organiser").click()
    # On whichever page an organiser is.
    asked = ada.get_by_role("status").filter(has_text="A room asks for help.")
    expect(asked).to_be_visible()
    asked.get_by_role("link", name="See who, and take it").click()
    live(ada)
    expect(ada.get_by_text("“No sound”")).to_be_visible()
    ada.get_by_role("button", name="I take it").click()
    expect(leader.get_by_text("Ada Placeholder is coming to help.")).to_be_visible()
    ada.get_by_role("button", name="Done").click()
    expect(leader.get_by_text("Call for help")).to_be_visible()


@pytest.fixture
def late(begun, visit) -> tuple[Late, Page, Page]:
    """The desk of a room with Ben in it is read anew when a test says so."""
    begun(Fairness=2)
    ben, ada = visit("Delegate"), visit("Organiser")
    open_round(ben, TITLE)
    take(ben, "Fairness")
    enter(ben, "Fairness")
    live(ben)
    desk = Late(ada, "**/desk/")
    ada.goto(ben.url)
    live(ada)
    return desk, ben, ada


def test_of_two_readings_of_the_desk_the_newer_is_shown_whichever_comes_first(late):
    desk, ben, ada = late
    ben.get_by_role("button", name="Raise my hand").click()
    desk.is_asked()
    ben.get_by_role("button", name="Lower my hand").click()
    desk.is_asked(times=2)
    desk.come()
    desk.come()
    expect(ada.get_by_text("No hand is waiting.")).to_be_visible()


def test_a_press_on_the_desk_is_done_though_the_desk_changes_before_the_release(late):
    desk, ben, ada = late
    ben.get_by_role("button", name="Raise my hand").click()
    desk.is_asked()
    ada.get_by_text("End this room now").hover()
    ada.mouse.down()
    desk.come()
    ada.mouse.up()
    expect(ada.get_by_role("button", name="End it for everybody")).to_be_visible()
    expect(ada.get_by_role("button", name="Call next")).to_be_visible()


def test_the_end_is_warned_of_and_moves_for_everyone_when_the_room_goes_on(visit):
    ben, ada = visit("Delegate"), visit("Organiser")
    ben.clock.install()
    go_in(ben, "Supervision and feedback")
    ada.goto(ben.url)
    live(ada)
    left = ben.evaluate(LEFT)
    ben.clock.fast_forward(left - 4 * 60_000)
    said(ben, "5 minutes left.")
    ben.clock.fast_forward(200_000)
    said(ben, "1 minute left.")
    ada.get_by_role("button", name="5 minutes more").click()
    said(ben, "The room goes on until")
    expect(ben.get_by_role("heading", name="This room has ended")).to_be_hidden()
    ben.clock.fast_forward(6 * 60_000)
    expect(ben.get_by_role("heading", name="This room has ended")).to_be_visible()
    expect(ben.get_by_role("link", name="Go on talking in the lounge")).to_be_visible()


def test_a_session_moved_in_the_admin_moves_the_end_of_its_open_rooms_within_five_seconds(begun, visit):
    begun(Fairness=2)
    ben, organiser = visit("Delegate"), visit("Organiser", "/admin/portal/session/")
    open_round(ben, TITLE)
    take(ben, "Fairness")
    enter(ben, "Fairness")
    live(ben)
    told = move(organiser.locator("#result_list tr", has=organiser.get_by_role("link", name=TITLE)), "ends")
    save(organiser)
    expect(ben.locator("[data-room-until]")).to_have_text(told, timeout=5_000)
    said(ben, told)


def test_a_room_that_is_ended_leads_on_at_once_and_can_be_opened_again(visit, axe):
    ben, ada = visit("Delegate"), visit("Organiser")
    go_in(ben, room := "Supervision and feedback")
    ada.goto(ben.url)
    live(ada)
    expect(ben.get_by_label("Your message")).to_be_visible()
    ben.get_by_label("Your message").fill(words := "Half of what I wanted to say")
    ada.get_by_text("End this room now").click()
    for width in (320, 1280):
        ada.set_viewport_size({"width": width, "height": 844})
        assert axe(ada) == []
    ada.get_by_role("button", name="End it for everybody").click()
    expect(ben.get_by_role("heading", name="This room has ended")).to_be_visible()
    expect(ben.get_by_role("link", name="Go on talking in the lounge")).to_be_visible()
    for gone in (ben.get_by_role("button", name="Raise my hand"), ben.get_by_role("button", name="Send", exact=True)):
        expect(gone).to_be_hidden()
    expect(ben.get_by_role("link", name="Join by voice")).to_be_hidden()
    expect(ben.get_by_label("Your message")).not_to_be_editable()
    expect(ben.get_by_text("The time is up")).to_have_count(0)
    expect(ada.get_by_label("Your message")).to_be_hidden()
    expect(ada.get_by_text("End this room now")).to_have_count(0)
    ben.reload()
    expect(ben.get_by_text("This room closed at")).to_be_visible()
    expect(ben.get_by_label("What you wrote and did not send").get_by_role("textbox")).to_have_value(words)
    assert axe(ben) == []
    unlock(ada, room)
    ben.reload()
    expect(ben.get_by_role("button", name="Raise my hand")).to_be_visible()
    expect(ben.get_by_label("Your message")).to_have_value(words)


def unlock(organiser: Page, room: str) -> None:
    organiser.goto("/admin/breakouts/round/")
    organiser.get_by_role("link", name=ONE).click()
    row = organiser.locator(".has_original", has=organiser.locator(f"input[value='{room}']"))
    row.locator("input[type=checkbox][name$=locked]").uncheck()
    organiser.get_by_role("button", name="Save", exact=True).click()
    expect(organiser.locator(".messagelist .success")).to_be_visible()


def test_notes_are_kept_as_they_are_typed_and_nothing_is_laid_over(visit, facilitator):
    ben = visit("Delegate")
    go_in(ben)
    one, other = facilitator("1", ben.url), facilitator("2", ben.url)
    first, second = (f"{word} {uuid.uuid4().hex[:8]}" for word in ("First", "Second"))
    ideas = "textarea#text-ideas"
    one.locator(ideas).fill(first)
    expect(ben.locator("#note-ideas").get_by_text(first)).to_be_visible()
    expect(other.locator(ideas)).to_have_value(first)

    # Both write at once: the later is told, keeps what was typed, and decides.
    other.route("**/notes/save/", lambda route: route.abort())
    other.locator(ideas).fill(second)
    expect(other.locator("#note-ideas").get_by_role("status")).to_contain_text("kept here")
    one.locator(ideas).fill(f"{first} and more")
    expect(ben.locator("#note-ideas").get_by_text(f"{first} and more")).to_be_visible()
    other.unroute("**/notes/save/")
    expect(other.get_by_text("Facilitator 1 (placeholder) wrote meanwhile:")).to_be_visible()
    expect(other.locator(ideas)).to_have_value(second)
    other.get_by_role("button", name="Save mine in its place").click()
    expect(ben.locator("#note-ideas").get_by_text(second)).to_be_visible()
    expect(one.locator(ideas)).to_have_value(second)


def test_who_leads_no_more_is_told_within_five_seconds_and_has_no_desk_left(begun, facilitator):
    round, mine = begun(Fairness=9), "room = round.rooms.get()\nperson = Delegate.objects.get(name__contains='ator 2 ')"
    services = "from breakouts.hosting.services import appoint, dismiss"
    room = round.run(f"{services}\n{mine}\nappoint(room, person, by=None, now=now)\nprint(room.pk)").strip()
    leader = facilitator("2", f"{EVENT}rooms/{round.pk}/{room}/")
    expect(leader.get_by_text("No hand is waiting.")).to_be_visible()
    ada = "from portal.models import User\nada = User.objects.get(email='ada@example.org')"
    round.run(f"{services}\n{ada}\nfor each in round.rooms.get().facilitators.all(): dismiss(each, by=ada, now=now)")
    expect(leader.locator(".panel", has_text="You do not lead this room any more.")).to_be_visible(timeout=5_000)
    expect(leader.get_by_text("No hand is waiting.")).to_have_count(0)


def test_who_is_removed_is_told_within_five_seconds_and_hears_no_more(visit, facilitator, axe):
    ben = visit("Delegate")
    go_in(ben)
    leader = facilitator("1", f"{ben.url}people/")
    row = leader.locator(".room-person", has_text="Ben Placeholder")
    row.get_by_text("Remove", exact=False).first.click()
    row.get_by_label("Why?").fill("A test of ours")
    row.get_by_role("button", name="Remove Ben Placeholder").click()
    told = ben.get_by_role("alert").get_by_text("You no longer have a place in this room.")
    expect(told).to_be_visible(timeout=5_000)
    ben.get_by_role("link", name="See why, and where to go").click()
    expect(ben.get_by_text("“A test of ours”")).to_be_visible()
    for width in (1280, 320):
        ben.set_viewport_size({"width": width, "height": 844})
        assert axe(ben) == []
    ada = visit("Organiser", f"{ben.url}people/")
    ada.get_by_role("button", name="Let them choose it again").click()
    expect(ada.get_by_text("Ben Placeholder may choose this room again.")).to_be_visible()
    open_round(ben, ONE)
    expect(card(ben, ROOM).get_by_role("button")).to_be_visible()
