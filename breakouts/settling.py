"""Who waits is seated, asked or let go, until nothing moves: inside the transaction that locked the round."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from breakouts.allocation import Act, Hall, Step, Wish, allocate
from breakouts.models import Room, Round, Seat, Waiting
from breakouts.seating import lock_round, sit, tell_places, unseat
from breakouts.telling import Tidings, tell
from portal.events.services import record
from portal.models import Delegate

TO_ANSWER = timedelta(minutes=5)


def settle(round: Round, *, now: datetime, asks: tuple[Delegate, Room] | None = None) -> int:
    """Gives free places to those who wait for them. How many people something happened to.

    Before the start a place is given at once; from the start on, who sits elsewhere is asked, and has five
    minutes. Who wait for each other's rooms are asked too, and swap when all have said yes. Who ``asks`` for a room
    at this moment has a place in it if one is left when all who wait have been served, and is neither asked again
    nor told. A seat nobody took up in time goes to somebody who waits. Nothing moves once the round has ended.
    """
    if now >= round.session.ends or not (asks or round.waiting.exists()):
        return 0
    tidings = [*_lapse(round, now), *Settling(round, now).run(asks)]
    if tidings:
        tell_places(round)
        tell(round, [each for each in tidings if not asks or each[0] != asks[0]], now=now)
    return len(tidings)


def settle_due(now: datetime) -> int:
    """The sweep: what time alone changes in rounds that are on, and in one that was on before it was moved to later."""
    due = Waiting.objects.filter(
        Q(round__session__starts__lte=now) | Q(offered_until__lte=now), round__session__ends__gt=now
    )
    return sum(_settle_one(pk, now) for pk in due.order_by("round").values_list("round", flat=True).distinct())


@transaction.atomic
def _settle_one(round_id: int, now: datetime) -> int:
    return settle(lock_round(round_id), now=now)


def read_hall(round: Round, now: datetime) -> Hall:
    """The round as it stands, for the rule. Inside the transaction that locked the round."""
    rooms = list(round.rooms.all())
    waiting = round.waiting.filter(delegate__suspended_at=None).order_by("pk")
    # Locked: whoever takes a seat up at this moment has it, before they are counted as absent or not at all.
    absent = round.seats.select_for_update().filter(round.untaken(now)).order_by("-chosen_at", "-pk")
    return Hall(
        places={room.pk: room.capacity for room in rooms},
        seats=dict(round.seats.values_list("delegate", "room")),
        line=[
            Wish(
                each.delegate_id,
                each.room_id,
                offered=each.offered_until is not None,
                asked=each.swap_until is not None,
                pending=each.swap_until is not None and now < each.swap_until and not each.agreed,
                agreed=each.agreed,
            )
            for each in waiting
        ],
        locked=frozenset(room.pk for room in rooms if room.locked),
        absent=list(absent.values_list("delegate", flat=True)),
        asks=round.has_begun(now),
    )


def _ask_for(hall: Hall, person: int, room: int) -> None:
    """Whoever asks now comes last, unless they stand in that line already."""
    hall.willing = frozenset({person})
    asked = Wish(person, room, agreed=True)
    mine = next((place for place, wish in enumerate(hall.line) if (wish.person, wish.room) == (person, room)), None)
    if mine is None:
        hall.line.append(asked)
    else:
        hall.line[mine] = asked


def _lapse(round: Round, now: datetime) -> Iterator[Tidings]:
    """Who did not answer in time leaves the line, or they would hold the place for ever.

    Who was suspended stands in line again: their place goes on meanwhile, and two would have it on their return.
    """
    out = Q(offered_until__isnull=False, delegate__suspended_at__isnull=False)
    for wish in round.waiting.filter(Q(offered_until__lte=now) | out).select_related("delegate__user", "room"):
        if wish.delegate.suspended_at:
            wish.offered_until = None
            wish.save(update_fields=["offered_until"])
            tell_places(round)
            continue
        wish.delete()
        yield (
            wish.delegate,
            f"The place in {wish.room.title} was held for you until it was too late. It goes to the next in line.",
        )


class Settling:
    """One run of the rule over a round's rows."""

    def __init__(self, round: Round, now: datetime) -> None:
        self.round, self.now = round, now

    def run(self, asks: tuple[Delegate, Room] | None) -> list[Tidings]:
        hall = read_hall(self.round, self.now)
        if asks:
            _ask_for(hall, asks[0].pk, asks[1].pk)
        steps = allocate(hall)
        if not steps:
            return []
        people = {step.person for step in steps}
        self.delegates = Delegate.objects.select_related("user", "event").in_bulk(people)
        self.rooms: dict[int, Room] = self.round.rooms.select_related("conversation").in_bulk()
        seats = self.round.seats.filter(delegate__in=people).select_related("room__conversation", "delegate__user")
        self.seats: dict[int, Seat] = {seat.delegate_id: seat for seat in seats.select_related("delegate__event")}
        return [(self.delegates[step.person], self._take(step)) for step in steps]

    def _take(self, step: Step) -> str:
        takes: dict[Act, Callable[[Delegate, Room], str]] = {
            Act.SEAT: self._seat, Act.OFFER: self._offer, Act.ASK: self._ask, Act.RELEASE: self._release
        }  # fmt: skip
        delegate, room = self.delegates[step.person], self.rooms[step.room]
        words = takes[step.act](delegate, room)
        subject = f"{delegate.name}: {room.title}"
        record(self.round.event, f"{step.act.value} from the line", actor=None, subject=subject, now=self.now)
        return words

    def _seat(self, delegate: Delegate, room: Room) -> str:
        held = self.seats.get(delegate.pk)
        left = f" Your place in {held.room.title} has gone back to the others." if held else ""
        self.round.waiting.filter(delegate=delegate, room=room).delete()
        self.seats[delegate.pk] = sit(held, room, delegate, now=self.now)
        return f"You have a place in {room.title}.{left}"

    def _offer(self, delegate: Delegate, room: Room) -> str:
        self.round.waiting.filter(delegate=delegate, room=room).update(offered_until=self._until)
        here = self.seats[delegate.pk].room.title
        return (
            f"A place in {room.title} is held for you until {self._by}. "
            f"You keep your place in {here} unless you take it."
        )

    def _ask(self, delegate: Delegate, room: Room) -> str:
        self.round.waiting.filter(delegate=delegate, room=room).update(swap_until=self._until)
        here = self.seats[delegate.pk].room.title
        return (
            f"You can have a place in {room.title} by a swap, if everybody who is asked says yes by {self._by}. "
            f"Until then you keep your place in {here}."
        )

    @property
    def _until(self) -> datetime:
        return min(self.now + TO_ANSWER, self.round.session.ends)

    @property
    def _by(self) -> str:
        return self.round.event.clock(self._until)

    def _release(self, delegate: Delegate, room: Room) -> str:
        unseat(self.seats.pop(delegate.pk), now=self.now)
        return f"Your place in {room.title} has gone to somebody who waited for it. You can choose what is left."
