"""An organiser arranges rounds and rooms."""

import html
import re

import pytest
from django.contrib.admin import site
from django.test import RequestFactory
from django.urls import reverse

from breakouts.models import Room, Seat
from breakouts.notes.models import Section
from breakouts.notes.services import save_note
from breakouts.services import add_room, choose_room, leave_room, open_round, take_or_wait
from breakouts.voice.models import RoomVoice
from networking.safety.services import suspend
from portal.models import Delegate, Session
from portal.people.models import State
from tests.conftest import make_delegate

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(ada, client_of):
    return client_of(ada)


@pytest.mark.parametrize("page", ["breakouts_seat", "breakouts_waiting", "breakouts_roomvoice"])
def test_lists_can_be_narrowed_to_a_round(admin, make_round, page):
    for title in ("Round one", "Round two"):
        RoomVoice.objects.create(room=make_round(3, title=title).rooms.get())
    address = reverse(f"admin:{page}_changelist")
    links = re.findall(r'href="\?([^"]*session__exact=[^"]*)"', admin.get(address).content.decode())
    assert len(links) >= 2
    assert {admin.get(f"{address}?{html.unescape(link)}").status_code for link in links} == {200}


def rooms_form(round, *rooms: dict, initial: int | None = None) -> dict:
    form = {"rooms-TOTAL_FORMS": len(rooms), "rooms-INITIAL_FORMS": round.rooms.count() if initial is None else initial}
    for number, room in enumerate(rooms):
        form |= {name_in_form(number, name): value for name, value in room.items()}
    return form


def name_in_form(number: int, name: str) -> str:
    was, field = name.startswith("initial-"), name.removeprefix("initial-")
    return f"{'initial-' if was else ''}rooms-{number}-{field}"


def shown(room) -> dict:
    """What the page carries of a room beside what can be typed."""
    return {f"initial-{name}": getattr(room, name) for name in ("title", "position", "capacity", "theme")}


def as_form(room, **changes) -> dict:
    return {
        "id": room.pk, "round": room.round_id, "title": room.title, "position": room.position,
        "capacity": room.capacity, **changes,
    }  # fmt: skip


def change(round) -> str:
    return reverse("admin:breakouts_round_change", args=[round.pk])


def test_a_room_added_in_admin_has_its_conversation_and_its_place(admin, make_round):
    round = make_round(2)
    new = {"id": "", "round": round.pk, "title": "Study skills", "position": 0, "capacity": 9}
    answer = admin.post(change(round), rooms_form(round, as_form(round.rooms.get()), new))
    assert answer.status_code == 302
    room = Room.objects.get(title="Study skills")
    assert (room.position, room.conversation.title, room.conversation.event) == (2, "Study skills", round.event)


def test_a_round_is_made_with_its_rooms_in_one_page(admin, make_session):
    session = make_session("Round one", kind="round")
    new = {"id": "", "title": "Study skills", "position": 1, "capacity": 9}
    form = {"session": session.pk, "rooms-TOTAL_FORMS": 1, "rooms-INITIAL_FORMS": 0}
    form |= {f"rooms-0-{name}": value for name, value in new.items()}
    assert admin.post(reverse("admin:breakouts_round_add"), form).status_code == 302
    assert session.round.rooms.get().title == "Study skills"


def test_a_new_round_has_lines_for_three_rooms_and_those_left_empty_make_none(admin, make_session):
    session = make_session("Round one", kind="round")
    page = admin.get(reverse("admin:breakouts_round_add"))
    formset = page.context["inline_admin_formsets"][0].formset
    assert len(formset.forms) == 3
    form = {"session": session.pk, "rooms-TOTAL_FORMS": 3, "rooms-INITIAL_FORMS": 0}
    form |= {f"rooms-{number}-position": 0 for number in range(3)}
    form |= {"rooms-0-title": "Study skills", "rooms-0-capacity": 9}
    assert admin.post(reverse("admin:breakouts_round_add"), form).status_code == 302
    assert [room.title for room in session.round.rooms.all()] == ["Study skills"]
    assert len(admin.get(change(session.round)).context["inline_admin_formsets"][0].formset.forms) == 1


@pytest.mark.parametrize("page", ["seat", "facilitator", "roomvoice"])
def test_of_two_rooms_of_one_title_each_says_in_which_round_it_is(admin, make_round, page):
    for title, starts, ends in (("Round one", "09:45", "10:30"), ("Round two", "11:00", "11:45")):
        make_round(3, title=title, starts=starts, ends=ends)
    field = admin.get(reverse(f"admin:breakouts_{page}_add")).context["adminform"].form.fields["room"]
    assert [label for _, label in field.choices][1:] == [
        "Room 1 (Round one, 27 May 2022)",
        "Room 1 (Round two, 27 May 2022)",
    ]


def test_whom_to_seat_is_found_by_address_and_only_who_is_registered(admin, event, ben):
    gone = make_delegate(event, "bent@example.org", "Bent")
    Delegate.objects.filter(pk=gone.pk).update(state=State.CANCELLED)
    where = {"app_label": "breakouts", "model_name": "seat", "field_name": "delegate"}
    found = admin.get(reverse("admin:autocomplete"), where | {"term": "ben"}).json()["results"]
    assert [each["text"] for each in found] == [ben.name]


def test_the_front_page_calls_the_lines_by_their_name(admin):
    page = admin.get(reverse("admin:index")).content.decode()
    assert "Places in lines" in page and "Waitings" not in page


def test_fewer_places_than_people_is_refused_in_plain_words(admin, make_round, ben, sana, now):
    round = make_round(3)
    room = round.rooms.get()
    for delegate in (ben, sana):
        choose_room(room, delegate, now=now)
    page = admin.post(change(round), rooms_form(round, as_form(room, capacity=1)))
    assert "2 people have a place in this room already" in page.content.decode()
    assert Room.objects.get().capacity == 3


def test_a_page_opened_before_another_organiser_changed_a_room_undoes_nothing_it_says_nothing_of(admin, make_round):
    round = make_round(3)
    old = round.rooms.get()
    Room.objects.update(capacity=9, theme="Belonging")
    form = rooms_form(round, as_form(old, title="Induction", theme=old.theme, **shown(old)))
    assert admin.post(change(round), form).status_code == 302
    room = Room.objects.get()
    assert (room.title, room.capacity, room.theme) == ("Induction", 9, "Belonging")


def test_as_many_places_as_people_is_allowed(admin, make_round, ben, now):
    round = make_round(3)
    room = round.rooms.get()
    choose_room(room, ben, now=now)
    assert admin.post(change(round), rooms_form(round, as_form(room, capacity=1))).status_code == 302
    assert Room.objects.get().capacity == 1


def test_a_room_that_people_chose_is_not_deleted(admin, make_round, ben, now):
    round = make_round(3)
    room = round.rooms.get()
    choose_room(room, ben, now=now)
    page = admin.post(change(round), rooms_form(round, as_form(room, DELETE="on")))
    assert page.status_code == 200
    assert Room.objects.filter(pk=room.pk).exists()


def test_a_room_in_admin_says_what_goes_with_it(admin, ada, make_round, now):
    room, _ = make_round(2, 2).rooms.all()
    save_note(room, Section.IDEAS, "Words", base=0, by=ada, by_name="Ada", now=now)
    page = admin.get(change(room.round)).content.decode()
    assert "Its notes (1 with words) and the way to its talk (0 messages)." in page
    assert page.count("no notes were written, and nothing was said") == 1


def test_an_empty_room_is_deleted(admin, make_round):
    round = make_round(3)
    assert admin.post(change(round), rooms_form(round, as_form(round.rooms.get(), DELETE="on"))).status_code == 302
    assert not Room.objects.exists()


def test_the_lists_show_rounds_and_seats(admin, make_round, ben, now):
    round = make_round(3, 4)
    choose_room(round.rooms.first(), ben, now=now)
    rounds = admin.get(reverse("admin:breakouts_round_changelist")).content.decode()
    assert '<td class="field-places">7</td>' in rounds
    assert '<td class="field-seated">1</td>' in rounds
    seats = admin.get(reverse("admin:breakouts_seat_changelist"), {"q": "ben@"}).content.decode()
    assert ben.name in seats


def test_the_line_of_a_room_in_admin_is_the_one_that_delegates_see(admin, ada, make_round, make_delegates, at):
    round, begun = make_round(1, 1), at("2022-05-27T09:50")
    one, two = round.rooms.all()
    ann, bob, cat, dan = make_delegates(4)
    for room, delegate in ((one, ann), (two, bob)):
        choose_room(room, delegate, now=begun)
    for delegate in (bob, cat, dan):
        take_or_wait(one, delegate, now=begun)
    suspend(dan, by=ada, now=begun)
    leave_room(round, ann, now=begun)
    page = admin.get(change(round)).content.decode()
    shown = [
        re.search(rf'field-{name}".*?<div class="readonly">([^<]*)<', page, re.DOTALL) for name in ("seated", "waiting")
    ]
    assert [found and found[1] for found in shown] == ["0 and 1 held", "1"]


def test_a_seat_freed_in_admin_takes_the_talk_with_it(admin, make_round, ben, now):
    room = make_round(3).rooms.get()
    seat = choose_room(room, ben, now=now)
    admin.post(reverse("admin:breakouts_seat_delete", args=[seat.pk]), {"post": "yes"})
    assert not Seat.objects.exists()
    assert not room.conversation.participants.filter(until=None).exists()


def test_who_moved_while_their_seat_was_being_freed_has_no_seat_and_no_talk_left(ada, make_round, ben, now):
    one, other = make_round(3, 3).rooms.order_by("position")
    seat = choose_room(one, ben, now=now)
    choose_room(other, ben, now=now)
    site.get_model_admin(Seat).delete_model(RequestFactory().post("/"), seat)
    assert not Seat.objects.exists()
    assert not other.conversation.participants.filter(until=None).exists()


def test_another_events_rounds_are_not_to_be_had(admin, other_event, now):
    session = Session.objects.create(
        event=other_event, kind="round", title="Elsewhere", starts=now, ends=now.replace(hour=20)
    )
    round = open_round(session)
    add_room(round, title="Theirs", theme="", capacity=2)
    assert "Elsewhere" not in admin.get(reverse("admin:breakouts_round_changelist")).content.decode()
    assert admin.get(change(round)).status_code == 302
    assert "Elsewhere" not in admin.get(reverse("admin:breakouts_round_add")).content.decode()


def test_a_whole_event_can_be_deleted_with_its_rooms_and_seats(event, make_round, ben, now):
    choose_room(make_round().rooms.first(), ben, now=now)
    event.delete()
    assert not Room.objects.exists() and not Seat.objects.exists()


def test_a_room_over_its_places_keeps_nobody_from_saving_the_round(admin, make_round, ben, sana, now):
    round = make_round(2)
    room = round.rooms.get()
    for delegate in (ben, sana):
        choose_room(room, delegate, now=now)
    # As after a seat beyond the places, for which an organiser gave a reason.
    Room.objects.update(capacity=1)
    room.refresh_from_db()
    answer = admin.post(change(round), rooms_form(round, as_form(room, locked="on", **shown(room))))
    assert answer.status_code == 302
    assert Room.objects.get().locked
