"""Tables in the lounge: a subject each, opened and cleared away by delegates."""

from datetime import timedelta

import pytest

from networking.safety.services import block
from networking.services import Refused, remove_message
from networking.tables import MOST_EACH, close_table, open_table

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BASE = "/assembly-2022/"


def test_a_table_is_opened_by_a_subject_and_cleared_away_by_who_opened_it(ben, sana, lounge, client_of):
    client = client_of(ben)
    table = client.post(f"{BASE}lounge/tables/", {"title": "Flexible training"}).url
    assert "Flexible training" in client_of(sana).get(f"{BASE}lounge/").content.decode()
    assert client_of(sana).post(f"{table}say/", {"text": "Hello table"}).status_code == 302
    assert client_of(sana).post(f"{table}clear/").status_code == 404
    assert client.post(f"{table}clear/").status_code == 302
    assert client_of(sana).post(f"{table}say/", {"text": "Too late"}).status_code == 403
    assert "Hello table" in client.get(table).content.decode()


def test_a_table_counts_what_its_reader_sees_there(event, ben, sana, dev, ada, say, client_of, now):
    quiet, table = open_table(event, "Rotas", by=ben), open_table(event, "Mentoring", by=ben)
    said = [say(table, author, at=now + timedelta(minutes=n)) for n, author in enumerate([ben, ben, sana])]
    remove_message(said[0], by=ada, now=now)
    block(dev, sana, now=now)
    for person, number, last in ((ada, 2, 2), (ben, 2, 2), (dev, 1, 1)):
        tables = client_of(person).get(f"{BASE}lounge/").context["tables"]
        assert [(each, each.said, each.last) for each in tables] == [
            (table, number, now + timedelta(minutes=last)), (quiet, 0, None)
        ]  # fmt: skip


def test_the_same_subject_is_the_same_table_and_nobody_takes_them_all(event, ben, ada, now):
    first = open_table(event, "Rotas", by=ben)
    assert open_table(event, "rotas", by=ben) == first
    for number in range(MOST_EACH - 1):
        open_table(event, f"Table {number}", by=ben)
    with pytest.raises(Refused):
        open_table(event, "One more", by=ben)
    close_table(first, by=ada, now=now)
    assert open_table(event, "One more", by=ben)
