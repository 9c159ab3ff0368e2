"""Coming into a room's voice, being heard, and going: the room's row is locked, counted, written.

What everybody sees is the gauge ``room.<id>.voice``; pages and the Janus proxy obey it alike.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import Http404

from breakouts.models import Room
from breakouts.policy import leads
from breakouts.taking_part.models import Hand
from breakouts.taking_part.queries import name_in
from breakouts.voice.models import SIGNAL_LENGTH, Caller, RoomVoice, Signal, Way
from breakouts.voice.policy import is_muted, is_over, may_be_heard, may_take_part
from breakouts.voice.providers import is_recorded, plan_of, provider_of
from breakouts.voice.queries import channel_of, find_caller_room
from breakouts.voice.recording import delete_recording
from portal.events.services import record
from portal.live.registry import Frame
from portal.live.services import bump, publish, touch
from portal.people.access import visit
from portal.people.models import User
from portal.written import keepable

AWAY = timedelta(seconds=60)
REMEMBERED = timedelta(days=1)
# A mesh of four settles in a dozen; a page that sends more is broken.
MOST_SIGNALS = 300


class VoiceRefused(Exception):
    """Says in plain words why not."""


class VoiceFull(VoiceRefused):
    """There is no place just now; there may be one soon."""


@transaction.atomic
def choose_way(room: Room, way: Way, *, link: str = "", by_floor: bool = False, recorded: bool = False) -> RoomVoice:
    """The room's own plan. Where its way changes everybody goes out: each way hears only itself."""
    before = plan_of(room).way
    fields = {"way": way, "link": link, "by_floor": by_floor, "recorded": recorded}
    plan, _ = RoomVoice.objects.update_or_create(room=room, defaults=fields)
    if way != before:
        _put_all_out(room)
    return plan


@transaction.atomic
def enter_voice(room: Room, user: User, name: str, *, agrees: bool = False, now: datetime) -> Caller:
    """Brings a person in, muted; in another tab they go out. Raises VoiceRefused, VoiceFull.

    Their voice is recorded only if they agree, and the room is.
    """
    lock_room(room)
    plan = plan_of(room)
    provider = provider_of(plan)
    if not provider.is_embedded:
        raise VoiceRefused("This room has no voice of its own.")
    others = room.callers.present().filter(seen_at__gt=now - AWAY).exclude(user=user)
    if provider.most_in and others.count() >= provider.most_in:
        raise VoiceFull(f"{provider.most_in} people are in already, which is the most. You can write in the chat.")
    caller, _ = Caller.objects.get_or_create(room=room, user=user)
    _forget_signals(caller)
    caller.name, caller.entry, caller.seen_at = name, caller.entry + 1, now
    caller.microphone = caller.camera = False
    caller.recorded = agrees and is_recorded(plan)
    caller.save()
    touch(channel_of(room.pk))
    return caller


@transaction.atomic
def leave_voice(caller: Caller, *, entry: int) -> bool:
    """Late words of an earlier tab do not put out the newer one."""
    here = Caller.objects.filter(pk=caller.pk, entry=entry).present()
    left = here.update(seen_at=None, microphone=False, camera=False)
    if left:
        _forget_signals(caller)
        touch(channel_of(caller.room_id))
    return bool(left)


def stay_in_voice(caller_id: int, entry: int, *, now: datetime) -> bool:
    """Whether they are still in; if so, for another minute."""
    return bool(Caller.objects.filter(pk=caller_id, entry=entry).present().update(seen_at=now))


@transaction.atomic
def switch(caller: Caller, *, microphone: bool, camera: bool, is_leader: bool, now: datetime) -> Caller:
    """Turns microphone and camera on or off. Raises VoiceRefused without the floor, VoiceFull past the most."""
    room = lock_room(caller.room)
    caller = Caller.objects.get(pk=caller.pk)
    if caller.seen_at is None:
        raise VoiceRefused("You are not in this room's voice any more. Join again.")
    if (microphone or camera) and not caller.is_heard:
        _check_may_be_heard(room, caller, is_leader=is_leader, now=now)
    if microphone and not caller.has_spoken:
        touch(room.channel("desk"))
    caller.microphone, caller.camera, caller.has_spoken = microphone, camera, caller.has_spoken or microphone
    caller.switched += 1
    caller.save(update_fields=["microphone", "camera", "has_spoken", "switched"])
    touch(channel_of(room.pk))
    return caller


def _check_may_be_heard(room: Room, caller: Caller, *, is_leader: bool, now: datetime) -> None:
    plan = plan_of(room)
    if is_muted(caller, room, now):
        raise VoiceRefused("You were muted in this room for a while. You can listen.")
    if not may_be_heard(caller, plan, is_leader=is_leader):
        raise VoiceRefused("In this room people speak when they are given the floor. Raise your hand to ask for it.")
    most = provider_of(plan).most_heard
    heard = room.callers.present().filter(seen_at__gt=now - AWAY).exclude(pk=caller.pk)
    if sum(each.is_heard for each in heard) >= most:
        raise VoiceFull(f"{most} people have a microphone or camera on, which is the most. Try again in a moment.")


@transaction.atomic
def give_floor(room: Room, user: User, name: str, *, by: User, now: datetime) -> Caller:
    """Lets somebody speak, also before they are in the voice."""
    record(room.event, "give floor", actor=by, subject=f"{name} in {room}", now=now)
    return _give(room, user, name)


@transaction.atomic
def take_floor(room: Room, user: User, *, by: User, now: datetime) -> None:
    """Takes the floor back; where speaking needs it, microphone and camera go off."""
    if _take(room, user):
        record(room.event, "take floor", actor=by, subject=f"{user} in {room}", now=now)


def follow_hand(hand: Hand, has_floor: bool, now: datetime) -> None:
    """Whose hand is called may speak until their turn ends. In the transaction in which that happens."""
    user = hand.delegate.user
    if has_floor:
        _give(hand.room, user, name_in(hand.room, hand.delegate))
    else:
        _take(hand.room, user)


def _give(room: Room, user: User, name: str) -> Caller:
    caller, _ = Caller.objects.update_or_create(
        room=room, user=user, defaults={"floor": True}, create_defaults={"floor": True, "name": name}
    )
    touch(channel_of(room.pk))
    return caller


def _take(room: Room, user: User) -> bool:
    off = {"microphone": False, "camera": False} if plan_of(room).by_floor else {}
    taken = room.callers.filter(user=user, floor=True).update(floor=False, **off)
    if taken:
        touch(channel_of(room.pk))
    return bool(taken)


@transaction.atomic
def require_floor(room: Room, required: bool, *, by: User, now: datetime) -> None:
    """From now on people speak freely, or only with the floor: then those without it are muted."""
    room = lock_room(room)
    plan = plan_of(room)
    kept = {"way": plan.way, "link": plan.link, "minutes_before": plan.minutes_before, "recorded": plan.recorded}
    RoomVoice.objects.update_or_create(room=room, defaults={**kept, "by_floor": required})
    hold_to_floor(room, now=now)
    words = "speak with the floor" if required else "speak freely"
    record(room.event, words, actor=by, subject=str(room), now=now)


@transaction.atomic
def hold_to_floor(room: Room, *, now: datetime) -> None:
    """After its plan has changed: who may speak no more is muted, and open pages show what holds."""
    lock_room(room)
    for caller in room.callers.present().select_related("user", "room"):
        if caller.is_heard and not _may_speak(caller, now):
            _switch_off(caller)
    touch(channel_of(room.pk))


@transaction.atomic
def mute(caller: Caller, *, by: User, now: datetime) -> None:
    """Switches somebody's microphone and camera off. They may switch them on again, if they have the floor."""
    _switch_off(caller)
    record(caller.room.event, "mute", actor=by, subject=f"{caller.name} in {caller.room}", now=now)


@transaction.atomic
def end_voice(room: Room, *, by: User, now: datetime) -> int:
    """Everybody goes out, which is written down if anybody was in. Returns how many were."""
    gone = _put_all_out(room)
    if gone:
        record(room.event, "end voice", actor=by, subject=str(room), now=now)
    return gone


def _put_all_out(room: Room) -> int:
    Signal.objects.filter(to__room=room).delete()
    gone = room.callers.present().update(seen_at=None, microphone=False, camera=False)
    touch(channel_of(room.pk))
    return gone


@transaction.atomic
def forget_recording(room: Room, *, by: User, now: datetime) -> None:
    record(room.event, "delete recording", actor=by, subject=str(room), now=now)
    delete_recording(room)


@transaction.atomic
def send_signal(by: Caller, to: Caller, body: str) -> Signal:
    """From one browser to another in the same room. Raises VoiceRefused."""
    if to.room_id != by.room_id or by.seen_at is None or to.seen_at is None:
        raise VoiceRefused("They are not in this room's voice any more.")
    if len(body) > SIGNAL_LENGTH:
        raise VoiceRefused("This is too long.")
    if by.signals_sent.count() >= MOST_SIGNALS:
        raise VoiceRefused("Your browser asks too often. Leave and join again.")
    version = bump(to.channel)
    signal = Signal.objects.create(to=to, by=by, entry=by.entry, version=version, body=keepable(body))
    publish(to.channel, signal_frame(signal))
    return signal


def signal_frame(signal: Signal) -> Frame:
    body = {"by": signal.by_id, "entry": signal.entry, "body": signal.body}
    return Frame(signal.version, "signal", body=body, by=signal.by.user_id)


def check_rights(user_id: int, event_slug: str, now: datetime) -> int:
    """Puts a person out of every voice they may not be in any more. Returns how many that were.

    Who may stay is switched off where they were muted, or where people speak with the floor and they have it no more.
    """
    callers = Caller.objects.filter(user_id=user_id).present().select_related("user", "room")
    if event_slug:
        callers = callers.filter(room__round__session__event__slug=event_slug)
    gone = [caller for caller in callers if not still_may(caller, now)]
    for caller in callers:
        if caller not in gone and caller.is_heard and not _may_speak(caller, now):
            _switch_off(caller)
    return sum(leave_voice(caller, entry=caller.entry) for caller in gone)


def _may_speak(caller: Caller, now: datetime) -> bool:
    room = find_caller_room(caller)
    is_leader = leads(visit(caller.user, room.event.slug, now), room)
    return may_be_heard(caller, plan_of(room), is_leader=is_leader) and not is_muted(caller, room, now)


def _switch_off(caller: Caller) -> None:
    Caller.objects.filter(pk=caller.pk).update(microphone=False, camera=False)
    touch(channel_of(caller.room_id))


def still_may(caller: Caller, now: datetime) -> bool:
    """What is asked at coming in, asked again."""
    room = find_caller_room(caller)
    try:
        visitor = visit(caller.user, room.event.slug, now)
    except Http404:
        return False
    return caller.user.is_active and may_take_part(visitor, room) and provider_of(plan_of(room)).is_embedded


def sweep_voice(now: datetime) -> int:
    """Puts out who has not been heard of for a minute and everybody whose round is over, and forgets who was in."""
    Caller.objects.filter(seen_at=None, room__round__session__ends__lte=now - REMEMBERED).delete()
    present = Caller.objects.present().select_related("room__round__session", "room__conversation")
    gone = [caller for caller in present if _is_away(caller, now) or is_over(caller.room, now)]
    return sum(leave_voice(caller, entry=caller.entry) for caller in gone)


def _is_away(caller: Caller, now: datetime) -> bool:
    return caller.seen_at is None or caller.seen_at <= now - AWAY


def lock_room(room: Room) -> Room:
    """The room with its round and event, its row locked. The round is never locked after it."""
    rooms = Room.objects.select_for_update(of=("self",), no_key=True)
    return rooms.select_related("round__session__event", "conversation").get(pk=room.pk)


def _forget_signals(caller: Caller) -> None:
    caller.signals.all().delete()
    caller.signals_sent.all().delete()
