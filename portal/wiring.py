"""What the portal's own packages put into its registries, once at start."""

from datetime import datetime, timedelta

from portal.equality import services as equality
from portal.events import receivers as withdrawals
from portal.events import services as events
from portal.events.copying import copy_wordings, register_copier
from portal.live import receivers, registry
from portal.live.services import forget_revocations
from portal.mail.services import send_due
from portal.mail.wordings import register_occasion
from portal.people import places
from portal.people import services as people
from portal.people.leaving import register_farewell
from portal.people.needs import services as needs
from portal.people.writing import letters, reminders
from portal.privacy import own
from portal.privacy.services import keep_periods
from portal.programme import live
from portal.programme.services import copy_sessions
from portal.sweeps.registry import Sweep, register_sweep


def connect() -> None:
    registry.register_door(live.admit)
    registry.register_witness(people.see)
    for kind in live.KINDS:
        registry.register_channel(kind)
    register_farewell(needs.forget_needs)
    register_copier("sessions", copy_sessions)
    register_copier("wordings of mails", copy_wordings)
    for occasion in letters.OCCASIONS:
        register_occasion(occasion)
    own.connect()
    for name, sweep in SWEEPS.items():
        register_sweep(name, sweep)


def _forget(now: datetime) -> int:
    return forget_revocations(before=now - timedelta(days=2))


# Every sweep with its name; receivers are connected by being imported.
SWEEPS: dict[str, Sweep] = {
    "portal.reopen": events.reopen_due,
    "portal.open": events.open_due,
    "portal.close": events.close_due,
    "portal.remind": reminders.remind_due,
    "portal.places": places.settle_due,
    "portal.retention": keep_periods,
    "portal.attendance": people.flush_attendance,
    "portal.equality": equality.freeze_due,
    "portal.mail": send_due,
    "portal.revocations": _forget,
}
__all__ = ["connect", "receivers", "withdrawals"]
