"""Waiting for a full room: the line, its promotions, offers, releases, and what people are told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from breakouts import services
from breakouts.arranging import add_room, assign_seat
from breakouts.hosting.services import appoint, remove_person
from breakouts.models import Notice, Seat, Waiting
from breakouts.queries import find_round, places_state, round_view, undecided
from breakouts.services import (
    ChoosingOver,
    OfferOver,
    RoomFull,
    RoomLocked,
    RoomRefused,
    accept_offer,
    choose_room,
    leave_line,
    leave_room,
    stop_asking,
    take_or_wait,
    take_up,
)
from breakouts.settling import TO_ANSWER, settle_due
from networking.direct.services import answer_request, ask_to_talk
from networking.safety.services import restore, suspend
from portal.live.wire import pack_touch
from portal.mail.models import OutboxMail
from portal.models import AuditEntry
from portal.people import presence
from portal.programme.services import move_session

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def later(make_round):
    """A round of the afternoon, in which choosing is open and nothing has begun."""
    return lambda *places: make_round(*places, starts="14:00", ends="14:45")


def seats() -> dict[int, str]:
    return dict(Seat.objects.values_list("delegate", "room__title"))


def seen_by(delegate, room, now):
    round = find_round(room.event, room.round_id, now)
    assert round
    return round_view(round, delegate, now)


def line(room) -> list[int]:
    return list(room.waiting.values_list("delegate", flat=True))


def told(delegate) -> str:
    return Notice.objects.get(delegate=delegate).words


def hears(room, delegate) -> bool:
    return room.conversation.participants.filter(delegate=delegate, until=None).exists()


def test_who_finds_a_room_full_waits_for_it_and_keeps_their_seat(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    assert take_or_wait(one, bob, now=now) is None
    assert seats() == {ann.pk: "Room 1", bob.pk: "Room 2"}
    assert line(one) == [bob.pk]


def test_who_finds_a_place_has_it_at_once(later, ben, now):
    room = later(1).rooms.get()
    seat = take_or_wait(room, ben, now=now)
    assert seat and seat.room == room
    assert not Waiting.objects.exists()


def test_a_freed_place_seats_the_first_in_line_and_lets_them_hear(later, make_delegates, now):
    room = later(1).rooms.get()
    ann, bob, cat = make_delegates(3)
    for delegate in (ann, bob, cat):
        take_or_wait(room, delegate, now=now)
    leave_room(room.round, ann, now=now)
    assert seats() == {bob.pk: "Room 1"}
    assert line(room) == [cat.pk]
    assert hears(room, bob) and not hears(room, cat)
    assert AuditEntry.objects.filter(verb="seat from the line", subject__contains=bob.name).exists()


def test_a_promotion_frees_another_seat_and_it_goes_on(later, make_delegates, now):
    one, two, three = later(1, 1, 1).rooms.all()
    ann, bob, cat, dan = make_delegates(4)
    for room, delegate in ((one, ann), (two, bob), (three, cat)):
        choose_room(room, delegate, now=now)
    for room, delegate in ((one, bob), (two, cat), (three, dan)):
        take_or_wait(room, delegate, now=now)
    leave_room(one.round, ann, now=now)
    assert seats() == {bob.pk: "Room 1", cat.pk: "Room 2", dan.pk: "Room 3"}
    assert not Waiting.objects.exists()


def test_two_who_wait_for_each_others_room_swap(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    take_or_wait(two, ann, now=now)
    seat = take_or_wait(one, bob, now=now)
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}
    assert not Waiting.objects.exists()
    assert "You have a place in Room 2." in told(ann)
    assert hears(two, ann) and not hears(one, ann)
    assert seat is None or seat.room == one


def test_choosing_a_full_room_whose_holder_waits_for_mine_is_a_swap_too(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    take_or_wait(two, ann, now=now)
    assert choose_room(one, bob, now=now).room == one
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}


def test_a_person_waits_in_one_line_of_a_round(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    ann, bob, cat = make_delegates(3)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    for room in (one, two, two):
        take_or_wait(room, cat, now=now)
    assert list(Waiting.objects.values_list("delegate", "room")) == [(cat.pk, two.pk)]


def test_the_database_refuses_a_second_place_in_line_even_if_the_code_forgets(later, ben, now):
    one, two = later(1, 1).rooms.all()
    Waiting.objects.create(round=one.round, room=one, delegate=ben, since=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiting.objects.create(round=one.round, room=two, delegate=ben, since=now)


def test_asking_twice_keeps_the_place_in_line(later, make_delegates, now):
    room = later(1).rooms.get()
    ann, bob, cat = make_delegates(3)
    for delegate in (ann, bob, cat, bob):
        take_or_wait(room, delegate, now=now)
    assert line(room) == [bob.pk, cat.pk]


def test_leaving_the_line_is_one_step(later, make_delegates, now):
    room = later(1).rooms.get()
    ann, bob, cat = make_delegates(3)
    for delegate in (ann, bob, cat):
        take_or_wait(room, delegate, now=now)
    assert leave_line(room.round, bob, now=now) == room
    assert leave_line(room.round, bob, now=now) is None
    assert line(room) == [cat.pk]


def test_choosing_a_room_with_places_keeps_the_place_in_another_line(later, make_delegates, now):
    one, two = later(1, 2).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    take_or_wait(one, bob, now=now)
    choose_room(two, bob, now=now)
    assert line(one) == [bob.pk]
    leave_room(one.round, ann, now=now)
    assert seats() == {bob.pk: "Room 1"}


def test_a_locked_room_takes_nobody(later, make_delegates, now):
    room = later(2).rooms.get()
    ann, bob = make_delegates(2)
    choose_room(room, ann, now=now)
    type(room).objects.update(locked=True)
    for act in (choose_room, take_or_wait):
        with pytest.raises(RoomLocked, match="Room 1 takes nobody new"):
            act(room, bob, now=now)
    assert places_state(room.round_id, now)["rooms"][str(room.pk)]["text"] == "Closed to newcomers"


# Once it has begun


@pytest.fixture
def begun(make_round, make_delegates, now):
    """Two rooms of one place, both taken, the second by Bob, who waits for the first: it began at 9:45."""
    one, two = make_round(1, 1).rooms.all()
    ann, bob = make_delegates(2)
    choose_room(one, ann, now=now)
    choose_room(two, bob, now=now)
    take_or_wait(one, bob, now=now)
    return one, two, ann, bob


def test_a_move_is_offered_and_the_place_is_held(begun, sana, now):
    one, _, ann, bob = begun
    leave_room(one.round, ann, now=now)
    assert seats() == {bob.pk: "Room 2"}
    assert Waiting.objects.get().offered_until == now + TO_ANSWER
    assert "held for you until 10:05" in told(bob)
    with pytest.raises(RoomFull):
        choose_room(one, sana, now=now)


def test_the_card_of_a_room_in_which_a_place_is_held_says_so(begun, client_of, now):
    one, _, ann, bob = begun
    leave_room(one.round, ann, now=now)
    page = client_of(bob).get(f"/assembly-2022/rooms/{one.round_id}/").content.decode()
    assert "Held for you" in page and "You are in line" not in page


def test_accepting_moves_and_frees_the_old_seat_for_the_next(begun, sana, now):
    one, two, ann, bob = begun
    take_or_wait(two, sana, now=now)
    leave_room(one.round, ann, now=now)
    assert accept_offer(one.round, bob, now=now) == one
    assert seats() == {bob.pk: "Room 1", sana.pk: "Room 2"}
    assert not Waiting.objects.exists() and not Notice.objects.filter(delegate=bob).exists()


def test_choosing_the_room_that_is_offered_accepts_it(begun, now):
    one, _, ann, bob = begun
    leave_room(one.round, ann, now=now)
    choose_room(one, bob, now=now)
    assert seats() == {bob.pk: "Room 1"}
    assert not Waiting.objects.exists()


@pytest.fixture
def crossed(begun, now):
    """As begun, and Ann waits for Bob's room: both have been asked to swap."""
    one, two, ann, bob = begun
    take_or_wait(two, ann, now=now)
    return one, two, ann, bob


def test_once_begun_two_who_wait_for_each_others_room_are_asked_and_hold_nothing(crossed, sana, now):
    one, two, ann, bob = crossed
    assert seats() == {ann.pk: "Room 1", bob.pk: "Room 2"}
    assert set(Waiting.objects.values_list("swap_until", "offered_until")) == {(now + TO_ANSWER, None)}
    for delegate, room in ((ann, two), (bob, one)):
        assert f"You can have a place in {room.title} by a swap" in told(delegate)
        assert seen_by(delegate, room, now).wait.swap_until == now + TO_ANSWER
    assert places_state(one.round_id, now)["rooms"][str(one.pk)]["text"] == "Full"


def test_they_swap_when_both_have_said_yes_and_not_before(crossed, now):
    one, two, ann, bob = crossed
    assert accept_offer(one.round, ann, now=now) is None
    assert seats() == {ann.pk: "Room 1", bob.pk: "Room 2"}
    assert seen_by(ann, two, now).wait.agreed
    assert accept_offer(one.round, bob, now=now) == one
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}
    assert hears(two, ann) and hears(one, bob) and not hears(one, ann)
    assert not Waiting.objects.exists()
    assert "You have a place in Room 2" in told(ann)
    assert not Notice.objects.filter(delegate=bob).exists()


def test_who_does_not_answer_stays_in_the_line_and_is_not_asked_again(crossed, now):
    one, two, ann, bob = crossed
    accept_offer(one.round, ann, now=now)
    moment = now + TO_ANSWER
    assert settle_due(moment) == 0
    assert (line(one), line(two)) == ([bob.pk], [ann.pk])
    assert seen_by(bob, one, moment).wait.swap_until is None
    with pytest.raises(OfferOver):
        accept_offer(one.round, bob, now=moment)
    leave_room(one.round, ann, now=moment)
    assert Waiting.objects.get(delegate=bob).offered_until == moment + TO_ANSWER


def test_who_has_said_yes_moves_with_whoever_comes_next(crossed, now):
    one, _two, ann, bob = crossed
    accept_offer(one.round, ann, now=now)
    leave_line(one.round, bob, now=now)
    assert seats() == {ann.pk: "Room 1", bob.pk: "Room 2"}
    assert take_or_wait(one, bob, now=now).room == one
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}


def test_who_has_said_yes_has_a_place_that_comes_free_at_once(crossed, now):
    one, _two, ann, bob = crossed
    accept_offer(one.round, ann, now=now)
    leave_line(one.round, bob, now=now)
    leave_room(one.round, bob, now=now)
    assert seats() == {ann.pk: "Room 2"}


def test_choosing_the_room_of_somebody_who_has_said_yes_is_a_swap(crossed, now):
    one, _two, ann, bob = crossed
    accept_offer(one.round, ann, now=now)
    choose_room(one, bob, now=now)
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}


def test_a_yes_is_said_from_one_seat_and_not_from_the_next(crossed, sana, ada, now):
    one, _two, ann, bob = crossed
    three = add_room(one.round, title="Room 3", theme="", capacity=2)
    accept_offer(one.round, ann, now=now)
    choose_room(three, ann, now=now)
    assert not Waiting.objects.get(delegate=ann).agreed
    accept_offer(one.round, bob, now=now)
    assign_seat(three, bob, by=ada, now=now)
    assert not Waiting.objects.filter(delegate=bob, agreed=True).exists()


def test_by_plain_form_a_swap_is_agreed_to(crossed, client_of, now):
    one, _two, ann, bob = crossed
    page = f"/assembly-2022/rooms/{one.round_id}/"
    client = client_of(ann)
    assert "Swap into Room 2" in client.get(page).content.decode()
    said = client.post(f"{page}accept/", follow=True).content.decode()
    assert "You move as soon as everybody who was asked has said yes." in said
    assert "You said yes" in said and "Swap into" not in said
    client_of(bob).post(f"{page}accept/")
    assert seats() == {ann.pk: "Room 2", bob.pk: "Room 1"}


def test_declining_passes_the_place_on(begun, sana, now):
    one, _, ann, bob = begun
    take_or_wait(one, sana, now=now)
    leave_room(one.round, ann, now=now)
    leave_line(one.round, bob, now=now)
    assert seats() == {bob.pk: "Room 2", sana.pk: "Room 1"}


@pytest.mark.parametrize(("seconds", "lapsed"), [(-1, False), (0, True), (1, True)])
def test_an_offer_lapses_by_the_clock_and_passes_the_place_on(begun, sana, now, seconds, lapsed):
    one, _, ann, bob = begun
    take_or_wait(one, sana, now=now)
    leave_room(one.round, ann, now=now)
    moment = now + TO_ANSWER + timedelta(seconds=seconds)
    settle_due(moment)
    assert seats().get(sana.pk) == ("Room 1" if lapsed else None)
    if lapsed:
        assert "too late" in told(bob)
        with pytest.raises(OfferOver):
            accept_offer(one.round, bob, now=moment)


def test_an_offer_lapses_also_when_the_round_is_moved_to_later_meanwhile(begun, ada, sana, at, now):
    one, _, ann, _bob = begun
    take_or_wait(one, sana, now=now)
    leave_room(one.round, ann, now=now)
    move_session(one.round.session, starts=at("2022-05-27T14:00"), ends=at("2022-05-27T14:45"), by=ada, now=now)
    settle_due(now + TO_ANSWER)
    assert seats()[sana.pk] == "Room 1"


def test_who_chooses_a_room_as_it_is_deleted_is_told(later, ben, now):
    room = later(1).rooms.get()
    type(room).objects.filter(pk=room.pk).delete()
    for act in (choose_room, take_or_wait):
        with pytest.raises(RoomRefused, match="not there any more"):
            act(room, ben, now=now)


def test_a_lapsed_offer_is_no_hold_even_before_any_sweep(begun, sana, now):
    one, _, ann, _bob = begun
    leave_room(one.round, ann, now=now)
    moment = now + TO_ANSWER
    assert places_state(one.round_id, moment)["rooms"][str(one.pk)]["text"] == "1 place left"
    assert choose_room(one, sana, now=moment).room == one
    assert not Waiting.objects.exists()


def test_who_waits_again_when_their_offer_has_lapsed_stands_last(begun, sana, now):
    one, _, ann, bob = begun
    take_or_wait(one, sana, now=now)
    leave_room(one.round, ann, now=now)
    assert take_or_wait(one, bob, now=now + TO_ANSWER) is None
    assert seats() == {bob.pk: "Room 2", sana.pk: "Room 1"}
    assert line(one) == [bob.pk]


def test_a_place_held_for_who_is_suspended_goes_on_and_is_not_theirs_when_they_return(begun, ada, sana, now):
    one, _, ann, bob = begun
    take_or_wait(one, sana, now=now)
    leave_room(one.round, ann, now=now)
    suspend(bob, by=ada, now=now)
    settle_due(now)
    restore(bob, by=ada, now=now)
    with pytest.raises(OfferOver):
        accept_offer(one.round, bob, now=now)
    assert seats() == {bob.pk: "Room 2", sana.pk: "Room 1"}
    assert line(one) == [bob.pk]


def test_who_returns_before_it_has_gone_on_still_has_the_place_that_was_held(begun, ada, now):
    one, _, ann, bob = begun
    leave_room(one.round, ann, now=now)
    suspend(bob, by=ada, now=now)
    restore(bob, by=ada, now=now)
    assert accept_offer(one.round, bob, now=now) == one


def test_a_place_held_for_who_is_removed_goes_to_the_next_at_once(begun, ada, sana, now):
    one, _, ann, bob = begun
    take_or_wait(one, sana, now=now)
    leave_room(one.round, ann, now=now)
    remove_person(one, bob, reason="Shouted", by=ada, now=now)
    assert seats() == {bob.pk: "Room 2", sana.pk: "Room 1"}


def test_a_person_without_a_seat_is_seated_at_once(begun, sana, now):
    _one, two, ann, bob = begun
    take_or_wait(two, sana, now=now)
    leave_room(two.round, bob, now=now)
    assert seats() == {ann.pk: "Room 1", sana.pk: "Room 2"}


def test_who_gives_up_their_seat_while_one_is_held_for_them_has_it(begun, now):
    one, _, ann, bob = begun
    leave_room(one.round, ann, now=now)
    leave_room(one.round, bob, now=now)
    assert seats() == {bob.pk: "Room 1"}


def test_nothing_moves_once_the_round_has_ended(begun, at, now):
    one, _, _ann, bob = begun
    end = at("2022-05-27T10:30")
    with pytest.raises(ChoosingOver):
        leave_line(one.round, bob, now=end)
    assert settle_due(end) == 0
    assert line(one) == [bob.pk]


# Seats nobody takes up


@pytest.fixture
def punctual(make_round, make_delegates, at):
    """A full room from 14:00 whose untaken seats go after ten minutes: Ann and Bob chose it in the morning."""
    room = make_round(2, starts="14:00", ends="14:45").rooms.get()
    room.round.release_after = 10
    room.round.save()
    ann, bob = make_delegates(2)
    for delegate in (ann, bob):
        choose_room(room, delegate, now=at("2022-05-27T10:00"))
    return room, ann, bob


@pytest.mark.parametrize(("time", "left"), [("14:09:59", "Full"), ("14:10", "1 place left")])
def test_untaken_seats_count_as_left_from_then_on(punctual, at, time, left):
    room, ann, _ = punctual
    take_up(ann, room, now=at("2022-05-27T14:02"))
    assert places_state(room.round_id, at(f"2022-05-27T{time}"))["rooms"][str(room.pk)]["text"] == left


def test_an_untaken_seat_goes_to_who_waits_at_the_door(punctual, sana, at):
    room, ann, bob = punctual
    take_up(ann, room, now=at("2022-05-27T14:02"))
    take_or_wait(room, sana, now=at("2022-05-27T14:05"))
    settle_due(at("2022-05-27T14:09:59"))
    assert sana.pk not in seats()
    settle_due(at("2022-05-27T14:10"))
    assert seats() == {ann.pk: "Room 1", sana.pk: "Room 1"}
    assert "has gone to somebody who waited" in told(bob)


def test_who_comes_to_the_door_later_has_it_by_choosing(punctual, sana, at):
    room, _ann, bob = punctual
    take_up(bob, room, now=at("2022-05-27T14:02"))
    choose_room(room, sana, now=at("2022-05-27T14:20"))
    assert seats() == {bob.pk: "Room 1", sana.pk: "Room 1"}


def test_without_anybody_who_wants_it_a_late_comer_has_their_seat(punctual, at):
    room, ann, bob = punctual
    settle_due(at("2022-05-27T14:30"))
    assert seats() == {ann.pk: "Room 1", bob.pk: "Room 1"}
    take_up(ann, room, now=at("2022-05-27T14:30"))
    assert Seat.objects.get(delegate=ann).taken_up_at == at("2022-05-27T14:30")


def test_a_round_without_the_rule_releases_nothing(punctual, sana, at):
    room, *_ = punctual
    type(room.round).objects.update(release_after=None)
    with pytest.raises(RoomFull):
        choose_room(room, sana, now=at("2022-05-27T14:30"))


def test_who_was_seated_late_has_their_minutes_too(punctual, sana, make_delegates, at):
    room, ann, _bob = punctual
    take_up(ann, room, now=at("2022-05-27T14:02"))
    choose_room(room, sana, now=at("2022-05-27T14:20"))
    assert places_state(room.round_id, at("2022-05-27T14:29:59"))["rooms"][str(room.pk)]["full"]
    assert not places_state(room.round_id, at("2022-05-27T14:30"))["rooms"][str(room.pk)]["full"]


# Being told


def test_who_is_away_has_a_mail_and_who_is_here_has_none(later, make_delegates, now):
    room = later(2).rooms.get()
    ann, bob, cat, dan = make_delegates(4)
    for delegate in (ann, bob, cat, dan):
        take_or_wait(room, delegate, now=now)
    presence.note(room.event, {cat.pk: True}, now)
    leave_room(room.round, ann, now=now)
    leave_room(room.round, bob, now=now)
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.subject) == (dan.user.email, "Your room in Round one")
    assert "You have a place in Room 1." in mail.text
    assert told(cat) == "You have a place in Room 1."


def test_who_acts_for_themselves_is_not_told(later, ben, now):
    one, two = later(1, 1).rooms.all()
    for room in (one, two):
        choose_room(room, ben, now=now)
    assert not Notice.objects.exists() and not OutboxMail.objects.exists()


def test_a_person_sees_where_they_stand(later, make_delegates, now):
    room = later(1).rooms.get()
    people = make_delegates(4)
    for delegate in people:
        take_or_wait(room, delegate, now=now)
    places = [seen_by(delegate, room, now).wait for delegate in people]
    assert [wait and wait.place for wait in places] == [None, 1, 2, 3]


def test_the_gauge_says_how_many_wait(later, make_delegates, now):
    room = later(1).rooms.get()
    for delegate in make_delegates(3):
        take_or_wait(room, delegate, now=now)
    said = places_state(room.round_id, now)["rooms"][str(room.pk)]
    assert (said["text"], said["line"]) == ("Full", "2 people wait")


def test_who_is_suspended_is_before_nobody(later, make_delegates, ada, now):
    room = later(1).rooms.get()
    _ann, bob, cat = people = make_delegates(3)
    for delegate in people:
        take_or_wait(room, delegate, now=now)
    suspend(bob, by=ada, now=now)
    assert seen_by(cat, room, now).wait.place == 1
    assert places_state(room.round_id, now)["rooms"][str(room.pk)]["line"] == "1 person waits"


@pytest.mark.parametrize("act", [suspend, restore])
def test_open_pages_are_told_at_once_that_somebody_in_the_line_is_suspended_or_comes_back(
    later, make_delegates, ada, now, monkeypatch, django_capture_on_commit_callbacks, act
):
    room, told = later(1).rooms.get(), []
    people = make_delegates(3)
    for delegate in people:
        take_or_wait(room, delegate, now=now)
    if act is restore:
        suspend(people[1], by=ada, now=now)
    monkeypatch.setattr("portal.live.services._send", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        act(people[1], by=ada, now=now)
    assert pack_touch(room.round.channel) in told


def test_who_comes_back_has_the_place_that_stayed_free_meanwhile(later, make_delegates, ada, now):
    room = later(1).rooms.get()
    ann, bob = make_delegates(2)
    for delegate in (ann, bob):
        take_or_wait(room, delegate, now=now)
    suspend(bob, by=ada, now=now)
    leave_room(room.round, ann, now=now)
    restore(bob, by=ada, now=now)
    assert seats() == {bob.pk: "Room 1"}


def test_a_page_finds_its_own_place_in_the_lines_of_the_gauge(later, make_delegates, now):
    one, two = later(1, 1).rooms.all()
    people = make_delegates(5)
    for room, delegate in ((one, people[0]), (two, people[1]), *((one, each) for each in people[2:])):
        take_or_wait(room, delegate, now=now)
    mine = [seen_by(delegate, one, now).wait for delegate in people[2:]]
    assert places_state(one.round_id, now)["lines"] == [[wait.pk for wait in mine]]
    leave_line(one.round, people[2], now=now)
    assert places_state(one.round_id, now)["lines"] == [[wait.pk for wait in mine[1:]]]


def test_a_card_names_only_those_i_talk_with_who_agreed_to_be_listed(later, make_delegates, ben, now):
    room = later(5).rooms.get()
    listed, unlisted, stranger = make_delegates(3)
    type(unlisted).objects.filter(pk=unlisted.pk).update(listed=False)
    for other in (listed, unlisted):
        answer_request(ask_to_talk(ben, other, words="", now=now), accept=True, now=now)
    for delegate in (listed, unlisted, stranger):
        choose_room(room, delegate, now=now)
    assert seen_by(ben, room, now).choices[0].known == [listed.name]
    assert seen_by(stranger, room, now).choices[0].known == []


def test_the_undecided_are_asked_until_they_choose_or_ask_us_to_stop(later, event, ben, sana, now):
    room = later(1).rooms.get()
    session = room.round.session
    assert undecided(event, ben, now) == undecided(event, sana, now) == session
    choose_room(room, ben, now=now)
    assert undecided(event, ben, now) is None
    take_or_wait(room, sana, now=now)
    assert undecided(event, sana, now) is None
    leave_line(room.round, sana, now=now)
    stop_asking(sana, now=now)
    assert undecided(event, sana, now) is None


def test_who_leads_a_room_of_a_round_is_asked_about_the_next_round(make_round, event, ben, sana, ada, now):
    one = make_round(1, title="Round one", starts="11:00", ends="11:30")
    two = make_round(1, title="Round two", starts="12:00", ends="12:30")
    appoint(one.rooms.get(), ben, by=ada, now=now)
    assert (undecided(event, ben, now), undecided(event, sana, now)) == (two.session, one.session)


def test_who_leaves_the_event_frees_seats_and_lines_locking_rounds_in_one_order(
    make_round, make_delegates, now, monkeypatch
):
    one = make_round(1, 1, title="Round one", starts="11:00", ends="11:30")
    two = make_round(1, 1, title="Round two", starts="12:00", ends="12:30")
    ben, sana = make_delegates(2)
    choose_room(two.rooms.first(), sana, now=now)
    take_or_wait(two.rooms.first(), ben, now=now)
    choose_room(one.rooms.first(), ben, now=now)
    choose_room(two.rooms.last(), ben, now=now)
    locked, lock = [], services.lock_round
    monkeypatch.setattr(services, "lock_round", lambda pk: locked.append(pk) or lock(pk))
    services.leave_rooms(ben, now)
    assert locked == sorted([one.pk, two.pk])
    assert not Seat.objects.filter(delegate=ben).exists() and not Waiting.objects.filter(delegate=ben).exists()
