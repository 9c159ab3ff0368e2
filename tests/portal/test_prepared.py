"""A query written once finds what the ORM finds."""

from datetime import timedelta

import pytest
from django.db.models import BigAutoField, DateTimeField, Exists, F, OuterRef

from portal.models import Delegate
from portal.prepared import Blank, Prepared

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def rows_of(delegate, since):
    others = Delegate.registrations.filter(event=OuterRef("event"), registered_at__gt=since)
    rows = Delegate.registrations.select_related("event", "user").filter(pk=delegate)
    return rows.annotate(named=F("user__name"), since=F("registered_at"), is_behind=Exists(others))


@pytest.fixture
def written():
    return []


@pytest.fixture
def prepared(written):
    def build():
        written.append(1)
        return rows_of(Blank("delegate", BigAutoField()), Blank("since", DateTimeField()))

    return Prepared(build)


def values_of(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_it_reads_what_the_orm_reads(prepared, ben, now):
    for since in (now, ben.registered_at - timedelta(seconds=1)):
        found, expected = prepared.find(delegate=ben.pk, since=since), rows_of(ben.pk, since).get()
        assert values_of(found) == values_of(expected)
        assert found.since.utcoffset() is not None and found.is_behind is (since != now)
        for related in ("event", "user"):
            assert values_of(getattr(found, related)) == values_of(getattr(expected, related))
        assert found._state.db == "default" and not found._state.adding


def test_it_is_written_once_and_asked_with_one_query_each(prepared, written, ben, sana, now, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert [prepared.find(delegate=each.pk, since=now).event.slug for each in (ben, sana, ben)]
    assert prepared.find(delegate=sana.pk, since=now) == sana
    assert written == [1]


def test_nothing_found_is_none_and_a_blank_left_out_an_error(prepared, ben, now):
    assert prepared.find(delegate=0, since=now) is None
    with pytest.raises(KeyError):
        prepared.find(delegate=ben.pk)


def test_keys_of_every_row_are_read_with_one_query(ben, sana, cleo, django_assert_num_queries):
    registered = Delegate.registrations.filter(event=Blank("event", BigAutoField())).values_list("pk")
    prepared = Prepared(lambda: registered)
    with django_assert_num_queries(2):
        assert sorted(prepared.numbers(event=ben.event_id)) == sorted([ben.pk, sana.pk])
        assert prepared.numbers(event=cleo.event_id) == [cleo.pk]
