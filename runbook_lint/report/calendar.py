"""Due reviews as a calendar (RFC 5545), one all-day event a runbook, for Google, Outlook and Apple.

Events rather than to-dos, because Google and Outlook show no to-dos of a calendar that one subscribes to. No alarm
rings: a subscribed calendar would ring for the whole team. What is overdue stands on the report's day.
"""

import hashlib
from collections.abc import Iterator
from datetime import date

from runbook_lint.report.days import after
from runbook_lint.report.document import Nightly, Runbook
from runbook_lint.reporters.escape import printable
from runbook_lint.summary import many

_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
# A calendar holds one component at least; where no review is due it is this.
_EMPTY = (
    "BEGIN:VTIMEZONE",
    "TZID:UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def render(document: Nightly) -> str:
    """The calendar; of entries that share an id and a repository the first due stands."""
    due = sorted(
        (each for each in document["fleet"] if each["due"] and each["status"] != "retired"),
        key=lambda each: (each["due"], _uid(each), each["place"]["path"], each["place"]["line"]),
    )
    once = {_uid(each): each for each in reversed(due)}
    events = [line for each in reversed(once.values()) for line in _event(each, document["as_of"])]
    lines = [*_head(document), *(events or _EMPTY), "END:VCALENDAR"]
    return "".join(_folded(line) for line in lines)


def _head(document: Nightly) -> Iterator[str]:
    team = document.get("team")
    name = "Runbook reviews" if team is None else f"Runbook reviews of {team or 'nobody'}"
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//runbook-lint//report//EN"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield f"NAME:{_text(name)}"
    yield f"X-WR-CALNAME:{_text(name)}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:P1D"
    yield "X-PUBLISHED-TTL:P1D"


def _event(each: Runbook, as_of: str) -> Iterator[str]:
    today, due = date.fromisoformat(as_of), date.fromisoformat(each["due"])
    day = max(today, due)
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(each)}"
    yield f"DTSTAMP:{_day(today)}T000000Z"
    yield f"SEQUENCE:{_sequence(today)}"
    yield f"DTSTART;VALUE=DATE:{_day(day)}"
    if day < date.max:  # after that day there is none; an event without an end is one of one day
        yield f"DTEND;VALUE=DATE:{_day(after(day, 1))}"
    yield f"SUMMARY:{_text(_summary(each, (today - due).days))}"
    yield f"DESCRIPTION:{_text(_description(each))}"
    yield f"CATEGORIES:{_text(each['owner'] or 'nobody')}"
    yield "TRANSP:TRANSPARENT"
    yield "STATUS:CONFIRMED"
    yield "END:VEVENT"


def _day(day: date) -> str:
    """Eight digits, of the first years of the calendar too."""
    return day.isoformat().replace("-", "")


def _uid(each: Runbook) -> str:
    """The same for an id in a repository, whatever day it is."""
    what = each["id"] or f"{each['target']} {each['place']['path']}"
    text = f"{each['place']['repository']}\0{what}".encode("utf-8", "surrogatepass")
    return f"{hashlib.sha256(text).hexdigest()[:32]}@runbook-lint"


def _sequence(today: date) -> int:
    """Grows with each day: whatever moves an event, a calendar takes the later report for the newer one."""
    return max(0, (today - date(1970, 1, 1)).days)


def _summary(each: Runbook, late: int) -> str:
    overdue = f" ({many(late, 'day')} overdue)" if late > 0 else ""
    return f"Review {printable(each['title'] or each['id'] or each['target'])}{overdue}"


def _description(each: Runbook) -> str:
    """Our own lines end; those of the data do not."""
    told = {
        "Runbook": each["id"],
        "Owner": each["owner"] or "nobody",
        "Severity": each["severity"],
        "Last review": each["reviewed"],
        "Due": each["due"],
        "Repository": each["place"]["repository"],
        "File": each["target"],
    }
    return "\n".join(f"{name}: {printable(value)}" for name, value in told.items() if value)


def _text(text: str) -> str:
    """A value of type TEXT; its own line breaks stand as \\n."""
    lines = [printable(line) for line in text.split("\n")]
    return "\n".join(lines).translate(_ESCAPES)


def _folded(line: str) -> str:
    """A line of at most 75 octets, continued by lines that begin with a blank; no character is cut."""
    if len(line.encode()) <= _OCTETS:
        return f"{line}\r\n"
    parts, room = [""], _OCTETS
    for letter in line:
        size = len(letter.encode())
        if size > room:
            parts.append("")
            room = _OCTETS - 1
        parts[-1] += letter
        room -= size
    return "\r\n ".join(parts) + "\r\n"
