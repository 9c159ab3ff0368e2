"""The pages that ask. Answers travel from page to page inside the form, signed, and are kept nowhere on the way."""

from typing import Any

from django import forms
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from portal.equality import services
from portal.equality.models import Frozen
from portal.equality.questions import BY_SLUG, QUESTIONS, Question
from portal.events.policy import Phase, Reach
from portal.people.access import EventRequest, event_view, explain
from portal.people.models import Delegate
from portal.people.places import ENDED


class QuestionForm(forms.Form):
    hide_optional = True

    def __init__(self, question: Question, answer: str | None) -> None:
        super().__init__(initial={"answer": answer})
        self.fields["answer"] = forms.ChoiceField(
            label=question.text, choices=question.choices, widget=forms.RadioSelect, required=False
        )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@event_view(Reach.OWN)
def questions(request: EventRequest) -> HttpResponse:
    """Why we ask; then each question as the answer to the form before it."""
    delegate = _registered(request)
    if not services.may_reply(delegate):
        return redirect("portal:equality_done", request.event.slug)
    # By the clock, and not by whether the sweep has frozen the report yet.
    if request.visitor.phase == Phase.CLOSED:
        return explain(request)
    if request.method != "POST":
        return _draw(request, "why", title="Help us see who is here")
    if "decline" in request.POST:
        services.decline(delegate)
        return redirect("portal:equality_done", request.event.slug)
    return _turn(request, delegate)


@require_safe
@never_cache
@event_view(Reach.OWN)
def done(request: EventRequest) -> HttpResponse:
    """The same for who has replied and for who did not want to be asked."""
    if services.may_reply(_registered(request)):
        return redirect("portal:equality", request.event.slug)
    return _draw(request, "done", title="Thank you")


@require_safe
@never_cache
@event_view(Reach.OWN)
def report(request: EventRequest) -> HttpResponse:
    """For organisers, and only what is frozen: it does not even say how many have replied so far."""
    if not request.visitor.is_organiser:
        raise Http404("Not an organiser.")
    frozen = Frozen.objects.filter(event=request.event).first()
    dates = [request.event.local(moment) for moment in services.freezes_at(request.event)]
    tables = _tables(frozen) if frozen else []
    return _draw(request, "report", title="Equality monitoring", frozen=frozen, dates=dates, tables=tables)


def _registered(request: EventRequest) -> Delegate:
    """Whose registration stands. Raises Http404 for others, organisers too."""
    found = request.visitor.registration
    if found is None or found.state in ENDED:
        raise Http404("Not registered.")
    return found


def _turn(request: EventRequest, delegate: Delegate) -> HttpResponse:
    """To the question after the one that was answered, or back to the one before; after the last, it is counted."""
    said, asked = _said(request), BY_SLUG.get(request.POST.get("question", ""))
    if asked is None:
        return _ask(request, 0, {})
    answer = request.POST.get("answer", "")
    said = said | {asked.slug: answer} if answer in asked.slugs else said
    number = QUESTIONS.index(asked) + (-1 if "back" in request.POST else 1)
    if number < len(QUESTIONS):
        return _ask(request, max(0, number), said)
    services.reply(delegate, said)
    return redirect("portal:equality_done", request.event.slug)


def _ask(request: EventRequest, number: int, said: dict[str, str]) -> HttpResponse:
    question = QUESTIONS[number]
    return _draw(
        request, "question", title=question.title, question=question, first=number == 0,
        form=QuestionForm(question, said.get(question.slug)), said=signing.dumps(said, salt=_salt(request)),
        submit="Send my answers" if question is QUESTIONS[-1] else "Continue",
        caption=f"Question {number + 1} of {len(QUESTIONS)}",
    )  # fmt: skip


def _said(request: EventRequest) -> dict[str, str]:
    """What the form brought along. Anything we did not sign is nothing."""
    try:
        found: dict[str, str] = signing.loads(request.POST.get("said", ""), salt=_salt(request))
    except signing.BadSignature:
        return {}
    return found


def _salt(request: EventRequest) -> str:
    return f"equality.{request.event.pk}"


def _tables(frozen: Frozen) -> list[dict[str, Any]]:
    return [
        {"title": q.title, "text": q.text, "rows": [(words, frozen.tables[q.slug].get(a)) for a, words in q.choices]}
        for q in QUESTIONS
        if q.slug in frozen.tables
    ]


def _draw(request: EventRequest, name: str, **context: Any) -> HttpResponse:
    context["action"] = reverse("portal:equality", args=[request.event.slug])
    return render(request, f"portal/equality/{name}.html", context)
