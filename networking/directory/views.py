"""Finding people, and being found."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from networking.directory.forms import ListingForm, SearchForm
from networking.directory.queries import find_people, find_present
from networking.directory.services import list_delegate
from portal.events.policy import Reach
from portal.people.access import EventRequest, event_view, explain
from portal.people.presence import standing
from portal.programme.live import present
from portal.requests import number


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def directory(request: EventRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    words, role = ("", "") if not form.is_valid() else (form.cleaned_data["words"], form.cleaned_data["role"])
    page = find_people(
        request.event,
        words=words,
        role=role,
        page=number(request.GET.get("page")),
        viewer=request.visitor.delegate,
    )
    query = request.GET.copy()
    query.pop("page", None)
    found = {"form": form, "page": page, "query": query.urlencode()}
    context = {"title": "People", "section": "people", "standing": standing(request.event, request.visitor.now)} | found
    return render(request, "networking/directory/people.html", context)


@require_safe
@never_cache
@event_view(Reach.LOBBY)
def here(request: EventRequest) -> HttpResponse:
    """The first few of those who are here and chose to be listed, to be laid into the lobby."""
    ids = present(request.event, request.visitor.now)
    people = find_present(request.event, ids, viewer=request.visitor.delegate)
    return render(request, "networking/directory/_here.html", {"people": people})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@event_view(Reach.LOBBY)
def listing(request: EventRequest) -> HttpResponse:
    """Whether others find me, and what by."""
    visitor = request.visitor
    if visitor.delegate is None:
        return redirect("networking:directory", request.event.slug)
    if not visitor.may(Reach.WRITE):
        return explain(request)
    form = ListingForm(request.POST or None, instance=visitor.delegate)
    if form.is_valid():
        list_delegate(visitor.delegate, **form.cleaned_data)
        notices.success(request, "Saved.")
        return redirect("networking:directory", request.event.slug)
    context = {"title": "How others find you", "section": "people", "form": form, "submit": "Save"}
    return render(request, "layouts/form.html", context, status=422 if form.is_bound else 200)
