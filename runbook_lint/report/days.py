"""Days, of which the calendar has a first and a last one."""

from collections.abc import Iterator
from datetime import date

WEEKS = 12


def after(day: date, days: int) -> date:
    """The day so many days later, or earlier; the last or the first there is where the calendar ends before."""
    return date.fromordinal(min(max(1, day.toordinal() + days), date.max.toordinal()))


def weeks(today: date) -> Iterator[str]:
    """The days on which the weeks of a forecast begin, as far as there are any."""
    for number in range(WEEKS):
        begins = after(today, 7 * number)
        if (begins - today).days == 7 * number:
            yield str(begins)
