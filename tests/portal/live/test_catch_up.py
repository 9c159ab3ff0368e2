"""What a page missed, by an ordinary address."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from django.urls import reverse

from portal.live.registry import Admission
from tests.portal.live.little import Little

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.portal.live.urls"),
    pytest.mark.usefixtures("bare_middleware"),
]


def url(channel: str, after: str = "0", event: str = "assembly") -> str:
    return f"{reverse('live:catch_up', args=[event, channel])}?after={after}"


def test_frames_after_a_version(little: Little, client_of: Client) -> None:
    for text in ("one", "two", "three"):
        little.say(1, text)
    response = client_of.get(url("talk.1", "1"))
    answer = response.json()
    assert (answer["channel"], answer["version"], answer["more"]) == ("talk.1", 3, False)
    assert [f["html"] for f in answer["frames"]] == ["<p>two</p>", "<p>three</p>"]
    assert set(response["Cache-Control"].split(", ")) == {"no-store", "private"}


def test_nothing_new_is_a_304_with_no_body(little: Little, client_of: Client) -> None:
    little.say(1, "one")
    response = client_of.get(url("talk.1", "1"))
    assert (response.status_code, response.content) == (304, b"")
    assert little.reads == []


def test_who_hears_from_some_row_on_is_given_nothing_of_earlier_ones(
    little: Little, client_of: Client, person: AbstractBaseUser
) -> None:
    for text in ("one", "two"):
        little.say(1, text)
    little.talks[1] = [replace(frame, row=frame.version) for frame in little.talks[1]]
    little.starts[person.pk] = 2
    answer = client_of.get(url("talk.1")).json()
    assert ([f["html"] for f in answer["frames"]], answer["version"]) == (["<p>two</p>"], 2)


def test_two_hundred_at_a_time(little: Little, client_of: Client) -> None:
    for count in range(201):
        little.say(1, str(count), publish=False)
    first = client_of.get(url("talk.1")).json()
    assert (len(first["frames"]), first["version"], first["more"]) == (200, 200, True)
    second = client_of.get(url("talk.1", "200")).json()
    assert (len(second["frames"]), second["version"], second["more"]) == (1, 201, False)


def test_a_gauge_gives_its_state_and_304_while_it_is_the_same(little: Little, client_of: Client) -> None:
    response = client_of.get(url("talk.1.tally"))
    assert response.json()["state"] == {"html": "<b>0</b>"}
    again = client_of.get(url("talk.1.tally"), headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    little.tally[1] = 1
    changed = client_of.get(url("talk.1.tally"), headers={"if-none-match": response["ETag"]})
    assert changed.json()["state"] == {"html": "<b>1</b>"}


def test_signed_out_is_told_so(little: Little, transactional_db: None) -> None:
    response = Client().get(url("talk.1"))
    assert (response.status_code, response.json()) == (401, {"error": "signed_out"})


def test_absent_and_forbidden_answer_alike(little: Little, client_of: Client) -> None:
    little.say(100, "secret")
    absent = client_of.get(url("nothing.1"))
    others = [client_of.get(url("talk.100")), client_of.get(url("talk.1", event="elsewhere"))]
    little.admission = Admission("closed")
    others.append(client_of.get(url("talk.1")))
    assert absent.status_code == 404
    for other in others:
        assert (other.status_code, other.content) == (404, absent.content)


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 19, "١", ""])
def test_a_bad_version_is_refused(little: Little, client_of: Client, after: str) -> None:
    assert client_of.get(url("talk.1", after)).status_code == 400


def test_it_only_reads(little: Little, client_of: Client) -> None:
    assert client_of.post(url("talk.1")).status_code == 405
