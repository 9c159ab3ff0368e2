"""Opening a table in the lounge, and clearing it away."""

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from networking.access import access_conversation
from networking.forms import OpenTableForm
from networking.leading import may_lead
from networking.models import Kind
from networking.services import Refused
from networking.tables import close_table, open_table
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view, explain


@require_POST
@event_view(Reach.LOBBY)
def open_new(request: EventRequest) -> HttpResponse:
    visitor, form = request.visitor, OpenTableForm(request.POST)
    if visitor.delegate is None or not visitor.may(Reach.LOUNGE):
        return explain(request)
    try:
        if form.is_valid():
            table = open_table(request.event, form.cleaned_data["title"], by=visitor.delegate)
            return redirect("networking:conversation", request.event.slug, table.pk)
        notices.error(request, "Say in a few words what the table is about.")
    except Refused as refused:
        notices.error(request, str(refused))
    return redirect("networking:lounge", request.event.slug)


@require_POST
@event_view(Reach.LOBBY)
def clear(request: EventRequest, conversation_id: int) -> HttpResponse:
    """Whoever opened the table, and whoever moderates."""
    visitor, table = request.visitor, access_conversation(request.visitor, conversation_id)
    mine = visitor.delegate is not None and table.opened_by_id == visitor.delegate.pk
    if table.kind != Kind.TABLE or visitor.user is None or not (mine or may_lead(visitor, table)):
        raise Http404("No such table.")
    close_table(table, by=visitor.user, now=visitor.now)
    return redirect("networking:lounge", request.event.slug)
