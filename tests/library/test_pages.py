"""The library's pages: what each person sees, by the clock, in how many queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from library.models import Recording
from library.services import add_document
from tests.library.conftest import BASE
from tests.library.files import PDF
from tests.reading import text

pytestmark = pytest.mark.django_db


def share(event, title: str, now, category: str = "Guides", **kwargs):
    return add_document(
        event, title=title, summary="", category=category, filename=f"{title}.pdf", data=PDF, by=None, now=now,
        **kwargs,
    )  # fmt: skip


def test_the_library_lists_what_is_shared_with_kind_and_size(document, ben, client_of):
    page = text(client_of(ben).get(f"{BASE}library/"))
    assert f'href="{document.get_absolute_url()}"' in page
    assert "Programme" in page and "PDF" in page and "bytes" in page


def test_search_and_categories_narrow_the_list(event, document, ben, client_of, now):
    share(event, "Promises", now, "Reports")
    client = client_of(ben)
    assert "Programme" not in text(client.get(f"{BASE}library/?q=promis")).split("document-list")[1]
    page = text(client.get(f"{BASE}library/?category=Reports"))
    assert "Promises" in page.split("document-list")[1]
    assert "programme.pdf" not in page
    assert "Nothing was found" in text(client.get(f"{BASE}library/?q=absent"))


def test_an_empty_library_says_so(ben, client_of):
    assert "Nothing is shared yet" in text(client_of(ben).get(f"{BASE}library/"))


def test_hidden_documents_are_not_listed_for_delegates(document, ada, ben, client_of):
    document.published = False
    document.save(update_fields=["published"])
    assert document.get_absolute_url() not in text(client_of(ben).get(f"{BASE}library/"))
    assert document.get_absolute_url() in text(client_of(ada).get(f"{BASE}library/"))


def test_sharing_the_same_title_twice_is_one_document(event, now):
    assert share(event, "Programme", now) == share(event, "Programme", now)


def test_the_list_takes_as_many_queries_for_three_as_for_one(event, document, ben, client_of, now, session):
    client = client_of(ben)
    client.get(f"{BASE}library/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(f"{BASE}library/")
    for number in range(3):
        share(event, f"More {number}", now, session=session)
    with CaptureQueriesContext(connection) as more:
        client.get(f"{BASE}library/")
    assert len(more) == len(one)


def test_a_session_shows_its_film_and_documents(event, published, session, ben, client_of, now):
    shared = share(event, "Handout", now, session=session)
    for name in ("library-panel", "film"):
        page = text(client_of(ben).get(f"{BASE}sessions/{session.pk}/{name}/"))
        assert f'data-hls="/files/assembly-2022/recordings/{published.pk}/master.m3u8"' in page
        assert 'kind="captions"' in page and "default" in page
        assert "autoplay" not in page
        assert shared.get_absolute_url() in page


def test_a_film_is_shown_before_it_is_published_only_to_organisers(published, session, ada, ben, client_of):
    Recording.objects.update(state="ready")
    url = f"{BASE}sessions/{session.pk}/film/"
    assert "data-hls" not in text(client_of(ben).get(url))
    assert "Only organisers can see this film" in text(client_of(ada).get(url))


@pytest.mark.parametrize(
    ("moment", "status", "shown"),
    [
        ("2022-05-21T23:59:59", 200, False),
        ("2022-05-26T23:59:59", 200, False),
        ("2022-05-27T00:00:00", 200, True),
        ("2022-11-27T23:59:59", 200, True),
        ("2022-11-28T00:00:00", 403, False),
    ],
)
def test_the_film_page_follows_the_clock(published, session, ben, client_of, at, moment, status, shown):
    at(moment)
    response = client_of(ben).get(f"{BASE}sessions/{session.pk}/film/")
    assert (response.status_code, "data-hls" in text(response)) == (status, shown)


def test_a_session_of_another_event_is_absent(session, cleo, client_of):
    assert client_of(cleo).get(f"/another/sessions/{session.pk}/film/").status_code == 404
    assert client_of(cleo).get(f"{BASE}sessions/{session.pk}/film/").status_code == 404


def test_films_on_demand_are_listed_with_their_end(published, session, ben, client_of):
    page = text(client_of(ben).get(f"{BASE}on-demand/"))
    assert session.title in page
    assert "until 11:59pm on 27 November 2022" in page


def test_before_any_film_the_page_says_so(ben, client_of):
    assert "No films yet" in text(client_of(ben).get(f"{BASE}on-demand/"))
