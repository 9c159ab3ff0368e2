"""Queries that come with every request: the ORM writes their SQL once, and not each time.

Writing takes Django several times as long as asking. What is read stays the ORM's own: its columns, its
converters, its models.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class Blank(Expression):
    """Stands in a query for a value that is given when the query is asked."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


@dataclass(frozen=True)
class _Written:
    """SQL, and how a row of it becomes a model: its own columns, its related models, its annotations."""

    sql: str
    params: tuple[Any, ...]
    model: type[Model]
    fields: list[str]
    columns: slice
    related: list[Any]
    annotations: dict[str, int]
    converters: dict[int, Any]


class Prepared(Generic[M]):
    """A query with blanks that finds one row at most. ``build`` is called when it is first asked."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build

    def find(self, **values: Any) -> M | None:
        """The row for these values, with what the query selects and annotates beside it."""
        written = self._written
        params = [_fill(each, values) if isinstance(each, Blank) else each for each in written.params]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, params)
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for position, (converters, expression) in written.converters.items():
            for convert in converters:
                row[position] = convert(row[position], expression, connection)
        model = written.model.from_db(DEFAULT_DB_ALIAS, written.fields, row[written.columns])
        for related in written.related:
            related.populate(row, model)
        for name, position in written.annotations.items():
            setattr(model, name, row[position])
        return model  # type: ignore[return-value]

    @cached_property
    def _written(self) -> _Written:
        """As ``ModelIterable`` reads it."""
        compiler = self._build().order_by().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        select, info = compiler.select, compiler.klass_info
        own = info["select_fields"]
        columns = slice(own[0], own[-1] + 1)
        return _Written(
            sql,
            tuple(params),
            model=info["model"],
            fields=[column.target.attname for column, *_ in select[columns]],
            columns=columns,
            related=get_related_populators(info, select, DEFAULT_DB_ALIAS),
            annotations=compiler.annotation_col_map,
            converters=compiler.get_converters([expression for expression, *_ in select]),
        )


def _fill(blank: Blank, values: dict[str, Any]) -> Any:
    return blank.output_field.get_db_prep_value(values[blank.name], connection, prepared=False)
