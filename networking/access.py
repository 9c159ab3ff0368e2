from django.http import Http404
from django.shortcuts import get_object_or_404

from networking.joining import first_heard
from networking.leading import may_lead
from networking.models import Conversation, Kind, Message, OpenTo
from networking.naming import names_in
from networking.policy import may_hear
from networking.questions.models import PUBLIC, Question
from networking.safety.queries import hidden_from, is_hidden
from networking.services import open_lounge, open_session_conversation
from networking.standing import find_conversation, find_with_standing
from portal.people.access import Visitor
from portal.people.models import Delegate
from portal.programme.models import Kind as SessionKind
from portal.programme.models import Session

TALKED = {SessionKind.KEYNOTE, SessionKind.SHOWCASE, SessionKind.TALK}


def access_conversation(visitor: Visitor, conversation_id: int, *, standing: bool = False) -> Conversation:
    """A conversation this person may hear, with how they stand in it. Raises Http404 for one absent and one
    forbidden alike."""
    if standing and visitor.delegate:
        conversation = find_with_standing(conversation_id, visitor.delegate, visitor.now)
    else:
        conversation = find_conversation(conversation_id)
    if conversation is None or conversation.event_id != visitor.event.pk or not may_hear(visitor, conversation):
        raise Http404("No such conversation.")
    conversation.event = visitor.event
    return conversation


def access_audience(visitor: Visitor, conversation_id: int) -> Conversation:
    """A conversation that takes questions and polls: any that is not direct talk. Raises Http404."""
    conversation = access_conversation(visitor, conversation_id)
    if conversation.kind == Kind.DIRECT:
        raise Http404("Direct talk has no questions or polls.")
    return conversation


def access_led(visitor: Visitor, conversation_id: int) -> Conversation:
    """One that this person leads, for its questions and polls. Raises Http404 for one led by others alike."""
    conversation = access_audience(visitor, conversation_id)
    if not may_lead(visitor, conversation):
        raise Http404("For those who lead this conversation.")
    return conversation


def access_message(visitor: Visitor, conversation_id: int, message_id: int) -> Message:
    """A message in a conversation this person may hear. Raises Http404."""
    found = _find_message(visitor, access_conversation(visitor, conversation_id), message_id)
    if is_hidden(found, visitor.delegate):
        raise Http404("No such message.")
    return found


def access_moderated(visitor: Visitor, conversation_id: int, message_id: int) -> Message:
    """A message in a conversation this person leads, also of somebody they have blocked. Raises Http404."""
    conversation = access_conversation(visitor, conversation_id)
    if not may_lead(visitor, conversation):
        raise Http404("For those who lead this conversation.")
    return _find_message(visitor, conversation, message_id)


def _find_message(visitor: Visitor, conversation: Conversation, message_id: int) -> Message:
    # Nothing is done with the line that tells who came.
    said = conversation.messages.filter(pk__gte=first_heard(visitor.delegate, conversation), added_by=None)
    found = said.select_related("author", "reply_to__author").filter(pk=message_id).first()
    if found is None:
        raise Http404("No such message.")
    found.conversation = conversation
    return found


def access_question(visitor: Visitor, conversation: Conversation, number: int) -> Question:
    """A question that is shown in a conversation this person may hear. Raises Http404."""
    unheard = hidden_from(visitor.user.pk, visitor.event.slug) if visitor.user else frozenset()
    shown = conversation.questions.filter(state__in=PUBLIC).exclude(asker__user_id__in=unheard)
    found = get_object_or_404(shown.select_related("asker"), pk=number)
    found.conversation = conversation
    return found


def access_person(visitor: Visitor, delegate_id: int) -> Delegate:
    """Somebody else of the event, whom this person could have met. Raises Http404."""
    found = visitor.event.delegates.select_related("user").filter(pk=delegate_id, suspended_at=None).first()
    if found is None or visitor.delegate is None or found.pk == visitor.delegate.pk:
        raise Http404("No such person.")
    found.event = visitor.event
    seen = found.listed or found.messages.filter(conversation__open_to=OpenTo.EVENT).exists()
    # Who asks to talk can be blocked and reported from that day on.
    asked = found.requests_sent.filter(receiver=visitor.delegate)
    if not (seen or asked.exists() or _has_met(found, visitor.delegate)):
        raise Http404("No such person.")
    return found


def _has_met(found: Delegate, delegate: Delegate) -> bool:
    """Was with them in a conversation by the name that would be shown: another name leads to nobody."""
    mine = delegate.participations.values("conversation")
    shared = Conversation.objects.filter(pk__in=mine, participants__delegate=found).distinct()
    return any(_goes_by_own_name(found, conversation) for conversation in shared)


def _goes_by_own_name(delegate: Delegate, conversation: Conversation) -> bool:
    names = names_in(conversation)
    if names is None or names.get(delegate.pk) == delegate.name:
        return True
    return conversation.messages.filter(author=delegate, known_as="").exists()


def access_session_conversation(visitor: Visitor, session_id: int) -> Conversation:
    """The talk beside a session; only sessions on stage have one."""
    conversation = visitor.event.conversations.filter(session__id=session_id).first()
    if conversation is None:
        # Opened by whoever looks first; every later look only reads.
        session = get_object_or_404(Session, pk=session_id, event=visitor.event, kind__in=TALKED)
        conversation = open_session_conversation(session)
    return access_conversation(visitor, conversation.pk, standing=True)


def access_lounge(visitor: Visitor) -> Conversation:
    return access_conversation(visitor, open_lounge(visitor.event).pk, standing=True)
