"""Questions beside a conversation: read, asked, voted for and led, each by plain form or by script."""

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from networking.access import access_audience, access_led, access_question
from networking.answers import refuse_closed
from networking.leading import may_lead
from networking.models import Conversation, author_key
from networking.questions.forms import AskForm, AskingForm, MoveForm, WithdrawForm, draw_token
from networking.questions.frames import question_frame
from networking.questions.models import Question, State
from networking.questions.policy import may_ask
from networking.questions.queries import asking_of, board, desk, with_votes
from networking.questions.services import (
    Asked,
    ask_question,
    move_question,
    set_asking,
    take_back_upvote,
    upvote,
    withdraw_question,
)
from networking.safety.queries import hidden_from
from networking.services import Refused, SlowDown
from networking.views import heading
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view
from portal.requests import by_script, number

BROKEN = "This form is broken. Reload the page and send it again."
CLOSED = "Questions can be read here, but not asked or voted for just now."
SHOWN = "Your question is shown."
WAITS = "Thank you. A moderator sees your question first."
HELD = "Thank you. Your question is shown within a minute, without your name."
HELD_AND_WAITS = "Thank you. A moderator sees your question first, without your name."


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def page(request: EventRequest, conversation_id: int) -> HttpResponse:
    return _page(request, access_audience(request.visitor, conversation_id))


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def panel(request: EventRequest, conversation_id: int) -> HttpResponse:
    """The questions alone, to be laid into another page."""
    found = access_audience(request.visitor, conversation_id)
    return render(request, "networking/questions/_panel.html", _context(request, found))


@require_POST
@event_view(Reach.LISTEN)
def ask(request: EventRequest, conversation_id: int) -> HttpResponse:
    visitor = request.visitor
    found = access_audience(visitor, conversation_id)
    if not may_ask(visitor, found) or visitor.delegate is None:
        return refuse_closed(request, CLOSED)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _refuse(request, found, form, Refused(BROKEN))
    text, anonymous, token = (form.cleaned_data[name] for name in ("text", "anonymous", "token"))
    try:
        asked = ask_question(found, visitor.delegate, text, anonymous=anonymous, token=token, now=visitor.now)
    except Refused as refused:
        return _refuse(request, found, form, refused)
    if by_script(request):
        return JsonResponse(_tell_asked(found, asked), status=201)
    if anonymous:
        # Not a redirect: the secret to take it back with is in this page alone, and in no address.
        return render(request, "networking/questions/asked.html", _asked_context(found, asked, token))
    notices.success(request, SHOWN if asked.question and asked.question.is_public else WAITS)
    return redirect("networking:questions", request.event.slug, found.pk)


@require_POST
@event_view(Reach.LISTEN)
def withdraw(request: EventRequest, conversation_id: int) -> HttpResponse:
    """Takes back what is one's own by name or by the secret it was sent with; anything else is 404."""
    visitor = request.visitor
    found = access_audience(visitor, conversation_id)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        raise Http404("No such question.")
    number, token = form.cleaned_data["question"], form.cleaned_data["token"]
    if not withdraw_question(found, number, asker=visitor.delegate, token=token):
        raise Http404("No such question of yours.")
    if by_script(request):
        return JsonResponse({"id": number})
    notices.success(request, "Your question was taken back.")
    return redirect("networking:questions", request.event.slug, found.pk)


@require_POST
@event_view(Reach.LISTEN)
def vote(request: EventRequest, conversation_id: int) -> HttpResponse:
    """``up`` or ``back`` holds a question's number: each says what shall be, so a repeat changes nothing."""
    visitor = request.visitor
    found = access_audience(visitor, conversation_id)
    if not may_ask(visitor, found) or visitor.delegate is None:
        return refuse_closed(request, CLOSED)
    act, named = (upvote, "up") if "up" in request.POST else (take_back_upvote, "back")
    question = access_question(visitor, found, number(request.POST.get(named)))
    try:
        act(question, visitor.delegate)
    except Refused as refused:
        return _say_no(request, found, refused)
    if by_script(request):
        return JsonResponse({"id": question.pk, "votes": question.upvotes.count()})
    return redirect(f"{_address(request, found)}#question-{question.pk}")


@require_safe
@never_cache
@event_view(Reach.LISTEN)
def run(request: EventRequest, conversation_id: int) -> HttpResponse:
    found = access_led(request.visitor, conversation_id)
    return _run_page(request, found)


@require_POST
@event_view(Reach.LISTEN)
def move(request: EventRequest, conversation_id: int) -> HttpResponse:
    found = access_led(request.visitor, conversation_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _run_page(request, found, errors=[BROKEN], status=422)
    question = found.questions.filter(pk=form.cleaned_data["question"]).exclude(state=State.WITHDRAWN).first()
    if question is None:
        return _run_page(request, found, errors=["This question was taken back."], status=409)
    question.conversation = found
    answer = form.cleaned_data["answer"] if "answer" in request.POST else None
    state = State(form.cleaned_data["state"])
    try:
        move_question(question, state, by=request.visitor.user, now=request.visitor.now, answer=answer)  # type: ignore[arg-type]
    except Refused as refused:
        return _run_page(request, found, errors=[str(refused)], status=409)
    return redirect("networking:run_questions", request.event.slug, found.pk)


@require_POST
@event_view(Reach.LISTEN)
def settle(request: EventRequest, conversation_id: int) -> HttpResponse:
    found = access_led(request.visitor, conversation_id)
    form = AskingForm(request.POST)
    if form.is_valid():
        set_asking(found, **form.cleaned_data, by=request.visitor.user, now=request.visitor.now)  # type: ignore[arg-type]
        notices.success(request, "Saved.")
    return redirect("networking:run_questions", request.event.slug, found.pk)


def _page(request: EventRequest, found: Conversation, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = _context(request, found) | heading("Questions", found) | {"errors": []} | more
    return render(request, "networking/questions/page.html", context, status=status)


def _context(request: EventRequest, found: Conversation) -> dict[str, Any]:
    visitor = request.visitor
    return {
        "conversation": found,
        "board": board(found, visitor.delegate, unheard=_unheard(request)),
        "may_ask": may_ask(visitor, found),
        "may_lead": may_lead(visitor, found),
        "form": AskForm(initial={"token": draw_token()}, auto_id="question_%s"),
        "me": author_key(found.pk, visitor.user.pk) if visitor.user else "",
    }


def _run_page(
    request: EventRequest, found: Conversation, *, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    shown = desk(found)
    values = {"is_open": shown.asking.is_open, "moderated": shown.asking.moderated}
    context = {
        "conversation": found,
        "desk": shown,
        "form": AskingForm(initial=values, auto_id="asking_%s"),
        "errors": errors or [],
    }
    context |= heading("Run the questions", found)
    return render(request, "networking/questions/run.html", context, status=status)


def _tell_asked(found: Conversation, asked: Asked) -> dict[str, Any]:
    question = asked.question
    if question is None:
        return {"id": asked.id, "said": _say_held(found)}
    if not question.is_public:
        return {"id": asked.id, "said": WAITS}
    frame = question_frame(with_votes(Question.objects.filter(pk=question.pk)).get())
    return {"id": asked.id, "said": SHOWN, "html": frame.html, "version": frame.version}


def _say_held(found: Conversation) -> str:
    return HELD_AND_WAITS if asking_of(found).moderated else HELD


def _asked_context(found: Conversation, asked: Asked, token: str) -> dict[str, Any]:
    words = heading("Your question is on its way", found)
    return words | {"conversation": found, "number": asked.id, "token": token, "lead": _say_held(found)}


def _unheard(request: EventRequest) -> frozenset[int]:
    user = request.visitor.user
    return hidden_from(user.pk, request.event.slug) if user else frozenset()


def _address(request: EventRequest, found: Conversation) -> str:
    return reverse("networking:questions", args=[request.event.slug, found.pk])


def _refuse(request: EventRequest, found: Conversation, form: AskForm, refused: Refused) -> HttpResponse:
    status = 429 if isinstance(refused, SlowDown) else 422
    if by_script(request):
        return JsonResponse({"error": str(refused)}, status=status)
    form.auto_id = "question_%s"
    form.add_error("text", str(refused))
    return _page(request, found, form=form, status=status)


def _say_no(request: EventRequest, found: Conversation, refused: Refused) -> HttpResponse:
    if by_script(request):
        return JsonResponse({"error": str(refused)}, status=409)
    return _page(request, found, errors=[str(refused)], status=409)
