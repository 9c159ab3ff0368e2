"""Nothing that leads to a person is forgotten, whoever adds it."""

from django.apps import apps

from portal.models import Delegate, User
from portal.privacy.periods import PERIODS
from portal.privacy.registry import erasers, exporters, retentions


def keys() -> set[str]:
    """Every foreign key, one-to-one and many-to-many to a delegate or a user, as ``app.Model.field``."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    people = [field for field in fields if field.is_relation and field.concrete]
    return {
        f"{field.model._meta.label}.{field.name}" for field in people if field.related_model in {Delegate, User}
    } | {"portal.Delegate.user"}


def test_every_key_to_a_person_is_exported():
    assert frozenset().union(*(part.covers for part in exporters().values())) == keys()


def test_every_key_to_a_person_is_erased_or_kept_for_a_reason():
    assert frozenset().union(*(part.covers for part in erasers().values())) == keys()


def test_every_period_that_is_told_is_acted_on():
    assert set(retentions()) == set(PERIODS)


def test_long_periods_are_told_in_years():
    assert PERIODS["attendance"].words == "6 years after that day"
    assert PERIODS["accounts"].words == "1 year after you last signed in"
    assert PERIODS["mail"].words == "90 days after it was sent"
