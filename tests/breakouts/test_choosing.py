"""Choosing, changing and leaving a room."""

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now as real_now

from breakouts.models import Seat
from breakouts.policy import may_enter
from breakouts.queries import places_state
from breakouts.services import ChoosingOver, RoomFull, add_room, choose_room, leave_room, open_round
from portal.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def hears(room, delegate) -> bool:
    return room.conversation.participants.filter(delegate=delegate, until=None).exists()


def test_a_delegate_takes_a_place_and_hears_the_room(make_round, ben, now):
    room = make_round().rooms.first()
    seat = choose_room(room, ben, now=now)
    assert (seat.room, seat.round, seat.chosen_at) == (room, room.round, now)
    assert hears(room, ben)


def test_choosing_is_written_down(make_round, ben, now):
    choose_room(make_round().rooms.first(), ben, now=now)
    entry = AuditEntry.objects.get(verb="choose room")
    assert (entry.actor, entry.subject) == (ben.user, "Room 1")


def test_the_same_room_again_changes_nothing(make_round, ben, now):
    room = make_round(1).rooms.first()
    first = choose_room(room, ben, now=now)
    assert choose_room(room, ben, now=now) == first
    assert Seat.objects.count() == 1


def test_changing_gives_up_the_old_seat_and_the_old_talk(make_round, ben, now):
    old, new, _ = make_round().rooms.all()
    choose_room(old, ben, now=now)
    choose_room(new, ben, now=now)
    assert list(Seat.objects.values_list("room", "delegate")) == [(new.pk, ben.pk)]
    assert hears(new, ben) and not hears(old, ben)


def test_a_full_room_refuses_and_the_old_seat_stays(make_round, ben, sana, now):
    roomy, tiny = make_round(2, 1).rooms.all()
    choose_room(roomy, ben, now=now)
    choose_room(tiny, sana, now=now)
    with pytest.raises(RoomFull, match="Room 2 is full"):
        choose_room(tiny, ben, now=now)
    assert Seat.objects.get(delegate=ben).room == roomy
    assert hears(roomy, ben) and not hears(tiny, ben)


def test_each_round_has_a_seat_of_its_own(make_round, ben, now):
    for title in ("Round one", "Round two"):
        choose_room(make_round(title=title).rooms.first(), ben, now=now)
    assert Seat.objects.filter(delegate=ben).count() == 2


def test_a_freed_place_is_there_for_the_next(make_round, ben, sana, now):
    room = make_round(1).rooms.first()
    choose_room(room, ben, now=now)
    assert leave_room(room.round, ben, now=now) == room
    assert not hears(room, ben)
    assert choose_room(room, sana, now=now).delegate == sana


def test_leaving_without_a_seat_changes_nothing(make_round, ben, now):
    assert leave_room(make_round(), ben, now=now) is None


@pytest.mark.parametrize("moment", ["2022-05-21T23:59:59", "2022-05-27T10:30", "2022-06-01T10:00"])
def test_nobody_chooses_before_the_portal_opens_or_once_the_round_has_ended(make_round, ben, at, moment):
    room = make_round(starts="09:45", ends="10:30").rooms.first()
    for act in (lambda now: choose_room(room, ben, now=now), lambda now: leave_room(room.round, ben, now=now)):
        with pytest.raises(ChoosingOver):
            act(at(moment))
    assert not Seat.objects.exists()


@pytest.mark.parametrize("moment", ["2022-05-22T00:00", "2022-05-27T10:29:59"])
def test_rooms_are_chosen_from_opening_to_the_rounds_end(make_round, ben, at, moment):
    room = make_round(starts="09:45", ends="10:30").rooms.first()
    assert choose_room(room, ben, now=at(moment)).room == room


def test_a_resized_room_counts_with_its_new_places(make_round, ben, now):
    room = make_round(1).rooms.first()
    type(room).objects.filter(pk=room.pk).update(capacity=2)
    choose_room(room, ben, now=now)
    assert places_state(room.round_id, now)["rooms"][str(room.pk)]["text"] == "1 place left"


def test_the_database_refuses_a_second_seat_in_a_round_even_if_the_code_forgets(make_round, ben, now):
    one, two, _ = make_round().rooms.all()
    choose_room(one, ben, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(round=one.round, room=two, delegate=ben, chosen_at=now)


def test_the_same_round_and_rooms_twice_are_one(make_session):
    session = make_session("Round one", kind="round")
    one = add_room(open_round(session), title="Room 1", theme="", capacity=2)
    again = add_room(open_round(session), title="Room 1", theme="", capacity=2)
    assert one == again
    assert one.conversation == again.conversation


def test_rooms_stand_in_the_order_in_which_they_were_added(make_round):
    assert list(make_round().rooms.values_list("position", flat=True)) == [1, 2, 3]


def test_a_seat_opens_the_room_while_its_session_is_on(make_round, ben, at, now):
    room = make_round(starts="09:45", ends="10:30").rooms.first()
    choose_room(room, ben, now=now)
    answers = {time: may_enter(ben, room, at(f"2022-05-27T{time}")) for time in ("09:44:59", "09:45", "10:29", "10:30")}
    assert answers == {"09:44:59": False, "09:45": True, "10:29": True, "10:30": False}


def test_without_a_seat_nobody_enters_but_organisers(make_round, ben, ada, event, now):
    from portal.models import Delegate

    room = make_round().rooms.first()
    organiser = Delegate.objects.create(event=event, user=ada, name="Ada", registered_at=real_now())
    assert not may_enter(ben, room, now)
    assert may_enter(organiser, room, now)


def test_the_gauge_says_how_many_places_are_left(make_round, make_delegates, now):
    big, small = make_round(5, 1).rooms.all()
    for delegate in make_delegates(2):
        choose_room(big, delegate, now=now)
    assert places_state(big.round_id, now) == {
        "html": "",
        "rooms": {
            str(big.pk): {
                "text": "3 places left",
                "full": False,
                "few": True,
                "line": "",
                "locked": False,
                "ended": False,
            },
            str(small.pk): {
                "text": "1 place left",
                "full": False,
                "few": True,
                "line": "",
                "locked": False,
                "ended": False,
            },
        },
        "lines": [],
    }


def test_a_full_room_says_full(make_round, ben, now):
    room = make_round(1).rooms.first()
    choose_room(room, ben, now=now)
    assert places_state(room.round_id, now)["rooms"][str(room.pk)]["text"] == "Full"
