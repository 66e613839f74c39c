"""Charts as inline SVG. They stretch with the page while their words keep their size: across everything is a share of
the width, down everything is in pixels. Colours come from the style sheet, by class."""

from collections.abc import Sequence
from typing import NamedTuple

from runbook_lint.report.page.tags import number

HIGH = 132
_TOP, _FLOOR = 20, 108
_LEAST, _MOST = 1.0, 98.0


class Column(NamedTuple):
    """A column of two layers: ``low`` of the ``value`` stands at the bottom, apart in colour."""

    label: str
    value: int
    low: int


class Dot(NamedTuple):
    """A point of a line: how far along from 0 to 1, and its value."""

    along: float
    value: float


def bar(*parts: tuple[str, int], of: int) -> str:
    """A bar of layers, each with its class; what it shows stands in words beside it."""
    drawn, begins = [], 0.0
    for kind, size in parts:
        wide = 100 * size / of if of else 0
        if size:
            drawn.append(f'<rect class={kind} x="{begins:.2f}%" width="{wide:.2f}%" height=12 />')
        begins += wide
    rail = '<rect class=rail width="100%" height=12 />'
    return f'<svg class=bar width="100%" height=12 aria-hidden=true>{rail}{"".join(drawn)}</svg>'


def columns(id: str, title: str, told: str, of: Sequence[Column]) -> str:
    """Columns side by side with their numbers above them."""
    most = max((each.value for each in of), default=0) or 1
    step = 100 / max(1, len(of))
    return _framed(id, title, told, "".join(_column(each, place, step, most) for place, each in enumerate(of)))


def _column(each: Column, place: int, step: float, most: int) -> str:
    high = (_FLOOR - _TOP) * each.value / most
    low = (_FLOOR - _TOP) * each.low / most
    middle, wide = (place + 0.5) * step, step * 0.68
    odd = " odd" * (place % 2)
    at = f'x="{middle - wide / 2:.2f}%" width="{wide:.2f}%"'
    return (
        f'<rect class=soft {at} y="{_FLOOR - high:.1f}" height="{max(high - low, 0):.1f}" />'
        f'<rect class=full {at} y="{_FLOOR - low:.1f}" height="{low:.1f}" />'
        f'<text x="{middle:.2f}%" y="{_FLOOR - high - 5:.1f}" class=value>{number(each.value)}</text>'
        f'<text x="{middle:.2f}%" y="{_FLOOR + 16}" class="tick{odd}">{each.label}</text>'
    )


def line(id: str, title: str, told: str, dots: Sequence[Dot], most: float, ends: tuple[str, str], top: str) -> str:
    """A line from the first day to the last, from nothing at the bottom to ``most``, which is named at the ``top``."""
    first, last = dots[0], dots[-1]
    path = " ".join(f"{_across(dot):.2f},{_down(dot, most):.1f}" for dot in dots)
    drawn = (
        f'<line class=rule x1=0 x2="100%" y1={_TOP} y2={_TOP} />'
        f'<line class=axis x1=0 x2="100%" y1={_FLOOR} y2={_FLOOR} />'
        f'<svg width="100%" height={HIGH} viewBox="0 0 100 {HIGH}" preserveAspectRatio=none>'
        f'<polygon class=area points="{_across(first):.2f},{_FLOOR} {path} {_across(last):.2f},{_FLOOR}" />'
        f'<polyline class=line points="{path}" /></svg>'
        f'<circle class=dot cx="{_across(last):.2f}%" cy="{_down(last, most):.1f}" r=4 />'
        f"<text class=left x=0 y={_TOP - 6}>{top}</text><text class=left x=0 y={_FLOOR + 16}>{ends[0]}</text>"
        f'<text class=right x="100%" y={_FLOOR + 16}>{ends[1]}</text>'
    )
    return _framed(id, title, told, drawn)


def _across(dot: Dot) -> float:
    return _LEAST + (_MOST - _LEAST) * dot.along


def _down(dot: Dot, most: float) -> float:
    return _FLOOR - (_FLOOR - _TOP) * dot.value / (most or 1)


def _framed(id: str, title: str, told: str, drawn: str) -> str:
    return (
        f'<svg class=chart width="100%" height={HIGH} role=img aria-labelledby="{id}-t {id}-d">'
        f"<title id={id}-t>{title}</title><desc id={id}-d>{told}</desc>{drawn}</svg>"
    )
