"""While a new version is rolled out the old one still inserts rows, without the columns that it does not know."""

from collections.abc import Iterable, Iterator

from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

# The last migration of each app that no version ran without.
FIRST = {"portal": "0011", "networking": "0008", "breakouts": "0006", "library": "0001"}


def later(disk: dict[tuple[str, str], Migration]) -> Iterator[Migration]:
    for (app, name), migration in disk.items():
        if app in FIRST and name[:4] > FIRST[app]:
            yield migration


def without_default(found: Iterable[Migration], state: ProjectState) -> list[str]:
    """Added columns that an insert must name, as the tables stand when all migrations have run."""
    bare = []
    for migration in found:
        for each in migration.operations:
            if isinstance(each, migrations.AddField) and must_be_named(state, migration.app_label, each):
                bare.append(f"{migration.app_label}.{each.model_name}.{each.name}")
    return bare


def must_be_named(state: ProjectState, app: str, added: migrations.AddField) -> bool:
    model = state.models.get((app, added.model_name_lower))
    field = model.fields.get(added.name) if model else None
    if field is None or field.many_to_many or field.null:
        return False
    return not field.has_db_default() and not isinstance(field, models.GeneratedField)


def test_a_version_that_does_not_know_a_new_column_can_still_insert_rows():
    loader = MigrationLoader(None)
    assert without_default(later(loader.disk_migrations), loader.project_state()) == []


def test_a_new_column_without_a_default_in_the_database_is_found():
    state, migration = ProjectState(), Migration("0099_new", "breakouts")
    fields = {
        "bare": models.BooleanField(default=False),
        "kept": models.BooleanField(default=False, db_default=False),
        "empty": models.DateTimeField(null=True),
    }
    make = migrations.CreateModel("Chair", [("id", models.BigAutoField(primary_key=True))])
    migration.operations = [make, *(migrations.AddField("chair", name, field) for name, field in fields.items())]
    migration.mutate_state(state, preserve=False)
    assert without_default([migration], state) == ["breakouts.chair.bare"]
