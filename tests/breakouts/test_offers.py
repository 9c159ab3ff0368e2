"""Once a round has begun a move is offered, and a place held, until it is answered or lapses."""

from datetime import timedelta

import pytest

from breakouts.arranging import add_room, assign_seat
from breakouts.hosting.services import remove_person
from breakouts.models import Notice, Waiting
from breakouts.queries import places_state
from breakouts.services import (
    ChoosingOver,
    OfferOver,
    RoomFull,
    accept_offer,
    choose_room,
    leave_line,
    leave_room,
    take_or_wait,
)
from breakouts.settling import TO_ANSWER, settle_due
from networking.safety.services import restore, suspend
from portal.programme.services import move_session
from tests.breakouts.standing import hears, line, seats, seen_by, told

pytestmark = [pytest.mark.django_db, pytest.mark.database]


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
