"""Checks of what a person reads and pastes."""

from collections.abc import Iterator

from runbook_lint.model import Item, Problem, Value


def hold_no_placeholder(item: Item, value: Value | None) -> Iterator[Problem]:
    """stub"""
    yield from ()


def hold_no_template(item: Item, value: Value | None) -> Iterator[Problem]:
    """stub"""
    yield from ()


def hold_no_mojibake(item: Item, value: Value | None) -> Iterator[Problem]:
    """stub"""
    yield from ()


def hold_no_hidden_character(item: Item, value: Value | None) -> Iterator[Problem]:
    """stub"""
    yield from ()
