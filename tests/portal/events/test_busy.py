"""A database that does not answer just now is no fault of whoever asked."""

import pytest
from django.db import InterfaceError, OperationalError, connection
from redis.exceptions import ConnectionError as RedisAway

from portal.events.middleware import BusyMiddleware, is_busy


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database is locked"),
        OperationalError("couldn't get a connection after 10.00 sec"),
        OperationalError("terminating connection due to administrator command"),
        OperationalError("the database system is starting up"),
        InterfaceError("the connection is closed"),
        RedisAway("Error 111 connecting to 127.0.0.1:6379. Connection refused."),
    ],
)
def test_what_passes_is_worth_another_try(error):
    assert is_busy(error)


@pytest.mark.parametrize("error", [OperationalError("no such column: name"), ValueError("connection"), KeyError("x")])
def test_a_mistake_of_ours_is_not(error):
    assert not is_busy(error)


def test_everything_typed_is_there_to_be_sent_again(rf):
    request = rf.post("/x/", {"text": "Half a thought", "choice": ["1", "2"], "csrfmiddlewaretoken": "secret"})
    answer = BusyMiddleware(lambda _: None).process_exception(request, OperationalError("database is locked"))
    page = answer.content.decode()
    assert answer.status_code == 503
    assert page.count('name="choice"') == 2
    assert "Half a thought" in page
    assert "secret" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("answered", range(3))
def test_a_database_that_goes_away_meanwhile_costs_nothing_that_was_typed(answered, event, ben, client_of):
    client, questions = client_of(ben), iter(range(answered))

    def go_away(execute, sql, params, many, context):
        if next(questions, None) is None:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(go_away):
        answer = client.post("/assembly-2022/people/me/", {"name": "Half a thought"})
    assert answer.status_code == 503
    assert "Half a thought" in answer.content.decode()
