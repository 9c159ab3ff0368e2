"""What organisers do: assign, move, lock, resize, go over the places, open an extra room, import."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from breakouts.arranging import NotArranged, assign_seat, open_sister
from breakouts.hosting.services import end, remove_person
from breakouts.importing import import_sheet, read_sheet
from breakouts.models import Notice, Room, Seat, Waiting
from breakouts.services import accept_offer, choose_room, leave_room, take_or_wait
from breakouts.voice.models import RoomVoice, Way
from portal.live.wire import pack_touch
from portal.models import AuditEntry
from tests.reading import text

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def later(make_round):
    return lambda *places: make_round(*places, starts="14:00", ends="14:45")


@pytest.fixture
def admin(ada, client_of):
    return client_of(ada)


def seats() -> dict[int, str]:
    return dict(Seat.objects.values_list("delegate", "room__title"))


def audit(verb: str) -> AuditEntry:
    return AuditEntry.objects.get(verb=verb)


def save_rooms(admin, round, known=None, **changes):
    """Saves the round's page with the changes made to its first room; ``known``: whether it showed rooms as locked."""
    form = {"rooms-TOTAL_FORMS": round.rooms.count(), "rooms-INITIAL_FORMS": round.rooms.count()}
    for number, room in enumerate(round.rooms.all()):
        row = {"id": room.pk, "round": round.pk, "title": room.title, "position": room.position}
        row |= {"capacity": room.capacity} | ({"locked": "on"} if room.locked else {}) | (changes if not number else {})
        form |= {f"rooms-{number}-{name}": value for name, value in row.items() if value is not None}
        form[f"initial-rooms-{number}-locked"] = room.locked if known is None else known
    return admin.post(reverse("admin:breakouts_round_change", args=[round.pk]), form)


def assign(admin, room, delegate, reason: str = ""):
    form = {"delegate": delegate.pk, "room": room.pk, "beyond_places": reason}
    return admin.post(reverse("admin:breakouts_seat_add"), form)


def test_a_sister_room_seats_the_line_in_order_in_one_click(admin, later, make_delegates, now):
    room = later(2).rooms.get()
    people = make_delegates(6)
    for delegate in people:
        take_or_wait(room, delegate, now=now)
    page = admin.post(reverse("admin:breakouts_round_sister", args=[room.round_id, room.pk]), follow=True)
    assert "What else you may have changed on the page was not saved." in page.content.decode()
    sister = Room.objects.get(sister_of=room)
    assert (sister.title, sister.theme, sister.capacity) == ("Room 1 (2)", room.theme, 2)
    assert list(sister.seats.values_list("delegate", flat=True)) == [people[2].pk, people[3].pk]
    assert list(room.waiting.values_list("delegate", flat=True)) == [people[4].pk, people[5].pk]
    assert audit("open extra room").subject == "Room 1 (2)"


def test_a_second_sister_has_the_next_number(later, ada, now):
    room = later(1).rooms.get()
    sister = open_sister(room, known=0, by=ada, now=now)
    again = [open_sister(each, known=known, by=ada, now=now).title for each, known in ((room, 1), (sister, 0))]
    assert again == ["Room 1 (3)", "Room 1 (4)"]


def test_pressing_twice_opens_one_sister(admin, later):
    room = later(2).rooms.get()
    page = text(admin.get(reverse("admin:breakouts_round_change", args=[room.round_id])))
    address = reverse("admin:breakouts_round_sister", args=[room.round_id, room.pk])
    assert f'name="known" value="0" formaction="{address}"' in page
    for _ in range(2):
        admin.post(address, {"known": "0"})
    assert Room.objects.get(sister_of=room).title == "Room 1 (2)"
    assert 'name="known" value="1"' in text(admin.get(reverse("admin:breakouts_round_change", args=[room.round_id])))


def test_a_sister_room_has_what_was_set_for_the_first(later, ada, now):
    room = later(2).rooms.get()
    Room.objects.update(pseudonyms_allowed=True)
    RoomVoice.objects.create(room=room, way=Way.JANUS, by_floor=True, recorded=True, minutes_before=3)
    sister = open_sister(room, known=0, by=ada, now=now)
    assert sister.pseudonyms_allowed
    assert (sister.voice.way, sister.voice.by_floor, sister.voice.recorded) == (Way.JANUS, True, True)
    assert RoomVoice.objects.get(room=room).minutes_before == sister.voice.minutes_before == 3


def test_a_meeting_link_is_not_the_sisters_and_the_organiser_is_told(admin, later):
    room = later(2).rooms.get()
    RoomVoice.objects.create(room=room, way=Way.LINK, link="https://meet.jit.si/full")
    address = reverse("admin:breakouts_round_sister", args=[room.round_id, room.pk])
    assert "has no meeting link yet" in text(admin.post(address, {"known": "0"}, follow=True))
    assert not RoomVoice.objects.filter(room__sister_of=room).exists()


def test_who_agreed_to_swap_into_a_full_room_has_agreed_to_nothing_in_its_sister(make_round, make_delegates, ada, now):
    one, two = make_round(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    for room, delegate in ((one, ann), (two, bob)):
        choose_room(room, delegate, now=now)
    for room, delegate in ((one, bob), (two, ann)):
        take_or_wait(room, delegate, now=now)
    accept_offer(one.round, bob, now=now)
    sister = open_sister(one, known=0, by=ada, now=now)
    wish = sister.waiting.get()
    assert (wish.delegate, wish.agreed, wish.swap_until) == (bob, False, None)
    assert seats() == {ann.pk: "Room 1", bob.pk: "Room 2"}


def test_a_sister_room_is_not_opened_by_looking_or_by_a_stranger(admin, later, cleo, client_of):
    room = later(1).rooms.get()
    address = reverse("admin:breakouts_round_sister", args=[room.round_id, room.pk])
    assert admin.get(address).status_code == 405
    assert client_of(cleo).post(address).status_code in {302, 403, 404}
    assert Room.objects.count() == 1


def test_unlocking_a_room_lets_its_line_in(admin, later, make_delegates, now):
    room = later(1).rooms.get()
    ann, bob = make_delegates(2)
    for delegate in (ann, bob):
        take_or_wait(room, delegate, now=now)
    save_rooms(admin, room.round, locked="on")
    leave_room(room.round, ann, now=now)
    assert seats() == {}
    save_rooms(admin, room.round, locked=None)
    assert seats() == {bob.pk: "Room 1"}
    assert audit("lock room").subject == audit("unlock room").subject == "Room 1"


def test_unlocking_a_room_that_was_ended_opens_it_again(admin, make_round, ada, now):
    room = make_round(1).rooms.get()
    end(room, by=ada, now=now)
    save_rooms(admin, room.round, title="Room one")
    assert Room.objects.get().ended_at == now
    save_rooms(admin, room.round, locked=None)
    assert Room.objects.get().is_on(now)


def test_a_page_opened_before_a_room_was_ended_does_not_open_it_again(admin, make_round, ada, now):
    room = make_round(1).rooms.get()
    page = admin.get(reverse("admin:breakouts_round_change", args=[room.round_id])).content.decode()
    assert 'name="initial-rooms-0-locked"' in page
    end(room, by=ada, now=now)
    save_rooms(admin, room.round, known=False, locked=None, title="Room one")
    room.refresh_from_db()
    assert (room.title, room.locked, room.ended_at) == ("Room one", True, now)


def test_more_places_let_the_line_in(admin, later, make_delegates, now):
    room = later(1).rooms.get()
    for delegate in (people := make_delegates(3)):
        take_or_wait(room, delegate, now=now)
    save_rooms(admin, room.round, capacity=2)
    assert list(room.waiting.values_list("delegate", flat=True)) == [people[2].pk]
    assert audit("resize room").subject == "Room 1: 2 places"


def test_fewer_places_than_people_counts_a_place_that_is_held(admin, make_round, make_delegates, now):
    one, two = make_round(2, 1).rooms.all()
    ann, bob, cat = make_delegates(3)
    for room, delegate in ((one, ann), (one, bob), (two, cat)):
        choose_room(room, delegate, now=now)
    take_or_wait(one, cat, now=now)
    leave_room(one.round, ann, now=now)
    assert "2 people have a place in this room already" in text(save_rooms(admin, one.round, capacity=1))


def test_an_organiser_assigns_and_moves_and_the_delegate_is_told(admin, later, ben, now):
    one, two = later(1, 1).rooms.all()
    assert assign(admin, one, ben).status_code == 302
    assert assign(admin, two, ben).status_code == 302
    assert seats() == {ben.pk: "Room 2"}
    assert Notice.objects.get(delegate=ben).words == "The organisers gave you a place in Room 2."
    assert two.conversation.participants.filter(delegate=ben, until=None).exists()


def test_a_move_by_an_organiser_frees_the_place_for_the_line(admin, later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    for delegate in (ann, bob):
        take_or_wait(one, delegate, now=now)
    seat = Seat.objects.get(delegate=ann)
    page = admin.post(reverse("admin:breakouts_seat_change", args=[seat.pk]), {"room": two.pk, "beyond_places": ""})
    assert page.status_code == 302
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}


def test_a_full_room_takes_an_assignment_only_with_a_reason_which_is_written_down(admin, later, ben, sana, now):
    room = later(1).rooms.get()
    choose_room(room, sana, now=now)
    page = assign(admin, room, ben)
    assert "Room 1 is full. Give a reason to seat Ben Placeholder" in text(page)
    assert seats() == {sana.pk: "Room 1"}
    assert assign(admin, room, ben, "facilitator's interpreter").status_code == 302
    assert Seat.objects.get(delegate=ben).beyond_places == "facilitator's interpreter"
    assert audit("assign beyond places").subject == "Ben Placeholder: Room 1 (facilitator's interpreter)"


def test_a_room_beyond_its_places_lets_nobody_in_until_it_has_one(later, ada, make_delegates, now):
    room = later(1).rooms.get()
    ann, bob, cat = make_delegates(3)
    choose_room(room, ann, now=now)
    assign_seat(room, bob, by=ada, now=now, reason="asked for")
    take_or_wait(room, cat, now=now)
    leave_room(room.round, ann, now=now)
    assert seats() == {bob.pk: "Room 1"}
    leave_room(room.round, bob, now=now)
    assert seats() == {cat.pk: "Room 1"}


def test_a_locked_room_takes_an_assignment_with_a_reason(later, ada, ben, now):
    room = later(2).rooms.get()
    Room.objects.update(locked=True)
    with pytest.raises(NotArranged, match="is locked"):
        assign_seat(room, ben, by=ada, now=now)
    assert assign_seat(room, ben, by=ada, now=now, reason="late speaker").beyond_places == ""


def test_who_was_removed_from_a_room_is_not_assigned_to_it_nor_imported(later, ada, ben, now):
    room = later(2, 2).rooms.first()
    remove_person(room, ben, reason="Shouting", by=ada, now=now)
    with pytest.raises(NotArranged, match="was removed from Room 1"):
        assign_seat(room, ben, by=ada, now=now, reason="All the same")
    with pytest.raises(NotArranged, match="was removed from Room 1"):
        import_sheet(room.round, lines((ben.user.email, "Room 1")), by=ada, now=now)


def test_a_file_does_not_seat_into_a_locked_room(later, ada, ben, now):
    room = later(2, 2).rooms.first()
    Room.objects.filter(pk=room.pk).update(locked=True)
    with pytest.raises(NotArranged, match="Room 1 is locked"):
        import_sheet(room.round, lines((ben.user.email, "Room 1")), by=ada, now=now)
    assert not seats()


def test_another_events_delegate_is_not_assigned(later, ada, cleo, now):
    with pytest.raises(NotArranged, match="is not a delegate of"):
        assign_seat(later(2).rooms.get(), cleo, by=ada, now=now, reason="guest")


def test_taking_somebody_out_of_a_line_leaves_the_others_in_order_and_is_told(
    admin, later, make_delegates, now, monkeypatch, django_capture_on_commit_callbacks
):
    told: list[bytes] = []
    room = later(1).rooms.get()
    people = make_delegates(4)
    for delegate in people:
        take_or_wait(room, delegate, now=now)
    wish = Waiting.objects.get(delegate=people[2])
    monkeypatch.setattr("portal.live.services._send", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("admin:breakouts_waiting_delete", args=[wish.pk]), {"post": "yes"})
    assert pack_touch(room.round.channel) in told
    assert list(room.waiting.values_list("delegate", flat=True)) == [people[1].pk, people[3].pk]


# Importing


def lines(*rows: tuple[str, str]) -> str:
    return "\n".join(["e-mail,room", *(f"{email},{room}" for email, room in rows)])


def test_a_file_is_shown_before_it_is_done(admin, later, ben, sana, now):
    round = later(1, 1).rooms.first().round
    address = reverse("admin:breakouts_round_import", args=[round.pk])
    sheet = lines((ben.user.email, "Room 1"), (sana.user.email.upper(), "room 2"))
    shown = admin.post(address, {"file": SimpleUploadedFile("rooms.csv", b"\xef\xbb\xbf" + sheet.encode())})
    assert "This would be done" in text(shown) and seats() == {}
    assert admin.post(address, {"text": shown.context["text"], "confirmed": "yes"}).status_code == 302
    assert seats() == {ben.pk: "Room 1", sana.pk: "Room 2"}


def test_two_assigned_to_each_others_full_room_change_over(later, ada, ben, sana, now):
    one, two = later(1, 1).rooms.all()
    choose_room(one, ben, now=now)
    choose_room(two, sana, now=now)
    import_sheet(one.round, lines((ben.user.email, "Room 2"), (sana.user.email, "Room 1")), by=ada, now=now)
    assert seats() == {ben.pk: "Room 2", sana.pk: "Room 1"}


def test_every_line_that_cannot_be_done_is_told_and_nothing_is_half_imported(admin, later, ben, now):
    round = later(1, 1).rooms.first().round
    sheet = lines(
        (ben.user.email, "Room 1"), ("nobody@example.org", "Room 1"), (ben.user.email, "Room 2"), ("a@b.org", "")
    )
    address = reverse("admin:breakouts_round_import", args=[round.pk])
    page = text(admin.post(address, {"text": sheet + "\nben@example.org,Attic", "confirmed": "yes"}))
    for sentence in (
        "Line 3: nobody is registered with nobody@example.org.",
        "Line 4: ben@example.org is named in line 2 already.",
        "Line 5: two columns are needed, e-mail and room.",
        "Line 6: there is no room called Attic in this round.",
    ):
        assert sentence in page
    assert seats() == {}


def test_a_file_that_overfills_a_room_says_by_how_many(later, make_delegates, now):
    round = later(1, 5).rooms.first().round
    people = make_delegates(3)
    choose_room(round.rooms.first(), people[2], now=now)
    sheet = read_sheet(round, lines(*((each.user.email, "Room 1") for each in people[:2])), now)
    assert sheet.errors == ["Room 1 has 1 place, and 3 people would be in it."]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00x"])
def test_a_file_that_cannot_be_read_is_explained(admin, later, data):
    address = reverse("admin:breakouts_round_import", args=[later(1).pk])
    page = text(admin.post(address, {"file": SimpleUploadedFile("rooms.csv", data)}))
    assert "empty" in page or "not text in UTF-8" in page


def test_a_cell_without_an_end_is_explained(later, now):
    sheet = read_sheet(later(2), 'ben@example.org,"' + "x" * 140_000, now)
    assert "cannot be read as lines with two columns" in sheet.errors[0]


def test_another_events_round_takes_no_file(admin, other_event, now):
    from breakouts.services import open_round
    from portal.models import Session

    session = Session.objects.create(
        event=other_event, kind="round", title="Else", starts=now, ends=now.replace(hour=20)
    )
    assert admin.get(reverse("admin:breakouts_round_import", args=[open_round(session).pk])).status_code == 404
