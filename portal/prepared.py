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
class _Reading:
    """How a row becomes a model: its own columns, its related models, its annotations."""

    model: type[Model]
    fields: list[str]
    columns: slice
    related: list[Any]
    annotations: dict[str, int]
    converters: dict[int, Any]


class Prepared(Generic[M]):
    """A query with blanks. ``build`` is called when it is first asked."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build

    def find(self, **values: Any) -> M | None:
        """The only row for these values, with what the query selects and annotates beside it."""
        found = next(iter(self._ask(values)), None)
        if found is None:
            return None
        reading, row = self._reading, list(found)
        for position, (converters, expression) in reading.converters.items():
            for convert in converters:
                row[position] = convert(row[position], expression, connection)
        model = reading.model.from_db(DEFAULT_DB_ALIAS, reading.fields, row[reading.columns])
        for related in reading.related:
            related.populate(row, model)
        for name, position in reading.annotations.items():
            setattr(model, name, row[position])
        return model  # type: ignore[return-value]

    def numbers(self, **values: Any) -> list[int]:
        """The first column of every row, for a query of ``values_list`` whose column holds keys."""
        return [row[0] for row in self._ask(values)]

    def _ask(self, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        _, sql, blanks = self._written
        params = [_fill(each, values) if isinstance(each, Blank) else each for each in blanks]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    @cached_property
    def _written(self) -> tuple[SQLCompiler, str, tuple[Any, ...]]:
        compiler = self._build().order_by().query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return compiler, sql, tuple(params)

    @cached_property
    def _reading(self) -> _Reading:
        """As ``ModelIterable`` reads it."""
        compiler, _, _ = self._written
        select, info = compiler.select, compiler.klass_info
        assert info is not None
        own = info["select_fields"]
        columns = slice(own[0], own[-1] + 1)
        return _Reading(
            model=info["model"],
            fields=[column.target.attname for column, *_ in select[columns]],
            columns=columns,
            related=get_related_populators(info, select, DEFAULT_DB_ALIAS),
            annotations=compiler.annotation_col_map,
            converters=compiler.get_converters([expression for expression, *_ in select]),
        )


def _fill(blank: Blank, values: dict[str, Any]) -> Any:
    return blank.output_field.get_db_prep_value(values[blank.name], connection, prepared=False)
