"""A batch: many keys as one value, so that a statement about many rows reads the same however many they are.

A list that is written out makes another statement of each length, which has to be put together and understood anew.
"""

import json
from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy import JSON, BindParameter, ColumnElement, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import Boolean, TypeEngine

__all__ = ["Batch", "in_batch", "told_by_key"]


class Batch(TypeDecorator[Sequence[Any]]):
    """A sequence of keys of one type: an array in PostgreSQL, JSON in SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return ARRAY(self.of) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else json.dumps(value)


class _InBatch(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """It is a condition as it stands: `(...) = 1` would keep the databases from looking into the index."""
        return self


class _ToldByKey(FunctionElement[str]):
    type = Text()
    inherit_cache = True


def in_batch(column: ColumnElement[Any], name: str = "batch") -> ColumnElement[bool]:
    """Whether the column is one of the keys that the parameter `name` is bound to, a list."""
    keys: BindParameter[Any] = bindparam(name, type_=Batch(column.type))
    return _InBatch(column, keys)


def told_by_key(column: ColumnElement[Any], name: str) -> ColumnElement[str]:
    """The text that the parameter `name`, a mapping of keys to texts, has for the key in the column.

    Keys are numbers.
    """
    told: BindParameter[Any] = bindparam(name, type_=JSON())
    return _ToldByKey(column, told)


@compiles(_InBatch, "sqlite")
def _look_into_json(element: _InBatch, compiler: SQLCompiler, **how: Any) -> str:
    column, keys = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({keys}))"


@compiles(_InBatch, "postgresql")
def _look_into_array(element: _InBatch, compiler: SQLCompiler, **how: Any) -> str:
    column, keys = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} = ANY ({keys})"


@compiles(_ToldByKey, "sqlite")
def _extract_from_json(element: _ToldByKey, compiler: SQLCompiler, **how: Any) -> str:
    column, told = (compiler.process(clause, **how) for clause in element.clauses)
    return f"json_extract({told}, '$.\"' || {column} || '\"')"


@compiles(_ToldByKey, "postgresql")
def _extract_from_jsonb(element: _ToldByKey, compiler: SQLCompiler, **how: Any) -> str:
    column, told = (compiler.process(clause, **how) for clause in element.clauses)
    return f"CAST({told} AS jsonb) ->> CAST({column} AS text)"
