"""Every model of the portal, gathered for Django from the packages that own them."""

from portal.equality.models import Asked, Frozen, Tally
from portal.events.models import Announcement, AuditEntry, Event
from portal.live.models import Log, Revocation
from portal.mail.models import OutboxMail, Wording
from portal.people.invitations.models import Invitation
from portal.people.models import Attendance, Delegate, Reminder, StateChange, User
from portal.people.needs.models import AccessNeed
from portal.people.wizard.models import Draft
from portal.programme.models import Session, Speaker
from portal.sweeps.models import Heartbeat

__all__ = [
    "AccessNeed",
    "Announcement",
    "Asked",
    "Attendance",
    "AuditEntry",
    "Delegate",
    "Draft",
    "Event",
    "Frozen",
    "Heartbeat",
    "Invitation",
    "Log",
    "OutboxMail",
    "Reminder",
    "Revocation",
    "Session",
    "Speaker",
    "StateChange",
    "Tally",
    "User",
    "Wording",
]
