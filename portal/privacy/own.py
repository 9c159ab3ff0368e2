"""What the portal's own packages hold about a person, and for how long."""

from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session as SignedIn
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from portal.equality.services import forget_sums
from portal.events.models import AuditEntry
from portal.mail.models import OutboxMail
from portal.people.invitations.models import Invitation
from portal.people.models import Attendance, Delegate, User
from portal.people.needs.services import delete_spent
from portal.people.wizard.services import forget_drafts
from portal.privacy.held import LEFT, Erase, Held, register_held
from portal.privacy.periods import PERIODS
from portal.privacy.registry import Row, register_eraser, register_exporter, register_retention
from portal.privacy.services import erase_person, may_be_erased

DONE = "The record of what was done stays for two years, without your name."
NAMELESS: dict[str, Any] = {
    "name": LEFT, "full_name": "", "pronouns": "", "organisation": "", "region": "", "profession": "", "grade": "",
    "interests": "", "listed": False, "ask_again": False, "recorded": None, "conduct_agreed_at": None,
}  # fmt: skip
ANSWERS = (
    "event__name", "full_name", "name", "pronouns", "organisation", "region", "profession", "grade", "role",
    "interests", "listed", "ask_again", "recorded", "conduct_agreed_at", "registered_at", "state", "suspended_at",
)  # fmt: skip
HELD = [
    Held("Sign-in addresses", "account.EmailAddress.user", ("email", "verified", "primary")),
    Held("Passkeys and second factors", "mfa.Authenticator.user", ("type", "created_at", "last_used_at")),
    Held("Sign-in elsewhere", "socialaccount.SocialAccount.user", ("provider", "uid", "last_login", "date_joined")),
    Held("Registrations begun", "portal.Draft.user", ("event__name", "answers", "changed_at")),
    Held("What you need", "portal.AccessNeed.delegate", ("kind", "words", "asked_at", "arranged_at", "note")),
    Held("Asked about equality", "portal.Asked.delegate", ("delegate__event__name",)),
    Held(
        "Changes of your registration", "portal.StateChange.delegate", ("state", "at", "why"), Erase.KEEP,
        {"why": ""}, "When a registration changed stays as a number, without your name or the reason.",
    ),
    Held(
        "When you were here", "portal.Attendance.delegate", ("day", "phase", "first_seen", "last_seen"), Erase.KEEP,
        stays="That somebody was here stays, without your name, so that the number of people is right.",
    ),
    Held(
        "Your page as a speaker", "portal.Speaker.user", ("name", "title", "about"), Erase.UNLINK,
        stays="A speaker's name in the programme was published: ask the organisers to take it out.",
    ),
    Held("Events you organise", "portal.Event.organisers", ("name",), Erase.KEEP),
    Held("Events whose access you lead", "portal.Event.access_leads", ("name",), Erase.KEEP),
    Held("Needs you looked after", "portal.AccessNeed.owner", ("asked_at", "arranged_at"), Erase.UNLINK),
    Held("Registrations you decided", "portal.StateChange.by", ("state", "at"), Erase.UNLINK),
    Held("What you did", "portal.AuditEntry.actor", ("event__name", "at", "verb", "subject"), Erase.KEEP, stays=DONE),
    Held("What you did in the admin", "admin.LogEntry.user", ("action_time", "object_repr"), Erase.KEEP),
    Held("Sign-outs", "portal.Revocation.user", ("event", "reason", "at"), Erase.KEEP),
]  # fmt: skip


def connect() -> None:
    for name, exporter in {"Account": _account, "Mail": _mail, "Invitations": _invitations}.items():
        register_exporter(name, exporter)
    register_eraser("Mail and invitations", _erase_addressed)
    register_eraser("Names in the audit", _erase_from_audit)
    register_held(HELD)
    register_exporter("Registrations", _registrations, covers=["portal.Delegate.user"])
    register_eraser("Registrations", _erase_registrations, covers=["portal.Delegate.user"])
    register_eraser("Account", _erase_account)
    for name, retention in RETENTIONS.items():
        register_retention(name, retention)


def _account(user: User) -> list[Row]:
    return [{"email": user.email, "name": user.name, "joined": user.date_joined, "last signed in": user.last_login}]


def _mail(user: User) -> list[Row]:
    return [dict(row) for row in _mail_to(user).values("subject", "text", "created_at", "sent_at")]


def _invitations(user: User) -> list[Row]:
    shown = ("event__name", "email", "full_name", "organisation", "region", "profession", "grade", "role", "mailed_at")
    return list(Invitation.objects.filter(email__iexact=user.email).values(*shown))


def _registrations(user: User) -> list[Row]:
    return list(Delegate.registrations.filter(user=user).order_by("pk").values(*ANSWERS))


def _mail_to(user: User) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(to__iexact=user.email).order_by("created_at")


def _erase_addressed(user: User, now: datetime) -> None:
    _empty_mail(_mail_to(user), now)
    Invitation.objects.filter(email__iexact=user.email).delete()


def _empty_mail(mails: QuerySet[OutboxMail], now: datetime) -> int:
    """The key stays, by which a mail is never written twice; what has not gone does not go any more."""
    nothing = dict.fromkeys(["to", "subject", "text", "calendar", "error"], "")
    return mails.update(**nothing, sent_at=Coalesce("sent_at", Value(now)))


def _erase_from_audit(user: User, now: datetime) -> None:
    """Subjects are names where an act was about a person."""
    names = {user.name, user.email}
    for name, full_name in Delegate.registrations.filter(user=user).values_list("name", "full_name"):
        names |= {name, full_name}
    AuditEntry.objects.filter(subject__in=names - {""}).update(subject=LEFT)


def _erase_registrations(user: User, now: datetime) -> None:
    Delegate.registrations.filter(user=user).update(**NAMELESS)


def _erase_account(user: User, now: datetime) -> None:
    """An unusable password also ends each session: its signature no longer fits."""
    user.email, user.name, user.is_active, user.is_staff = f"erased-{user.pk}@erased.invalid", "", False, False
    user.last_login = None
    user.set_unusable_password()
    user.save()


def _keep_mail(now: datetime, *, dry_run: bool) -> int:
    spent = OutboxMail.objects.filter(created_at__lt=PERIODS["mail"].before(now)).exclude(to="")
    return spent.count() if dry_run else _empty_mail(spent, now)


def _keep_audit(now: datetime, *, dry_run: bool) -> int:
    spent = PERIODS["audit"].before(now)
    entries = delete_rows(AuditEntry.objects.filter(at__lt=spent), dry_run)
    return entries + delete_rows(LogEntry.objects.filter(action_time__lt=spent), dry_run)


def _keep_attendance(now: datetime, *, dry_run: bool) -> int:
    return delete_rows(Attendance.objects.filter(day__lt=PERIODS["attendance"].before(now).date()), dry_run)


def _keep_sessions(now: datetime, *, dry_run: bool) -> int:
    return delete_rows(SignedIn.objects.filter(expire_date__lt=PERIODS["sessions"].before(now)), dry_run)


def _keep_registrations(now: datetime, *, dry_run: bool) -> int:
    ended = [event.pk for event in PERIODS["registrations"].ended(now)]
    named = Delegate.registrations.filter(event__in=ended).exclude(name=LEFT)
    return named.count() if dry_run else named.update(**NAMELESS)


def _keep_accounts(now: datetime, *, dry_run: bool) -> int:
    """Of people whose registrations have all lost their names, or who never had one."""
    spent = PERIODS["accounts"].before(now)
    named = Delegate.registrations.exclude(name=LEFT).values("user")
    unused = Q(last_login__lt=spent) | Q(last_login=None, date_joined__lt=spent)
    idle = User.objects.filter(unused, is_active=True, is_staff=False, is_superuser=False).exclude(pk__in=named)
    people = [person for person in idle if may_be_erased(person)]
    for person in [] if dry_run else people:
        erase_person(person, now=now)
    return len(people)


def delete_rows(rows: QuerySet[Any], dry_run: bool) -> int:
    """How many rows of their own kind, not counting what goes with them."""
    found = rows.count()
    if not dry_run:
        rows.delete()
    return found


RETENTIONS = {
    "drafts": forget_drafts,
    "needs": delete_spent,
    "sums": forget_sums,
    "registrations": _keep_registrations,
    "accounts": _keep_accounts,
    "mail": _keep_mail,
    "attendance": _keep_attendance,
    "audit": _keep_audit,
    "sessions": _keep_sessions,
}
