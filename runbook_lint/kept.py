"""Items as they are kept: with their places in the table that has their values, for a repository has many of them."""

from typing import cast

from runbook_lint.model import Item, Span
from runbook_lint.rows import SPANS, Row

_set = object.__setattr__


class Kept(Item):
    """An item that stands where its row says."""

    __slots__ = ()

    def __init__(self, noun: str, key: str, path: str, fields: Row) -> None:
        _set(self, "noun", noun)
        _set(self, "key", key)
        _set(self, "path", path)
        _set(self, "fields", fields)

    @property
    def place(self) -> Span:
        return cast("Row", self.fields).span(SPANS)

    @property
    def extent(self) -> Span:
        return cast("Row", self.fields).span(SPANS - 1)
