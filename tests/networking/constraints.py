"""A table without its only constraint for a while, to see what it holds back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models


@contextmanager
def without_constraint(model: type[models.Model]) -> Iterator[None]:
    """Empties the table at the end, so that the constraint can come back."""
    (constraint,) = constraints = model._meta.constraints
    # SQLite makes the table anew from what the model says.
    model._meta.constraints = []
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model._meta.constraints = constraints
        model._default_manager.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
