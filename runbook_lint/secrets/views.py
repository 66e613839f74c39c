"""Other readings of a text in which a secret shows that the text itself hides: lines joined, and codes undone.

Documentation wraps long tokens (a backslash at the end of a line, marks of quotation on every line), and people paste
what a tool gave them, in base64 or with per cent signs.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from runbook_lint.expressions import lazy
from runbook_lint.model import Span
from runbook_lint.secrets.index import places
from runbook_lint.secrets.judgement import decoded

# A line that goes on: after a backslash, or in a string that is put together of several. Each begins with what no other
# line ends in, so that a text without them costs nothing.
_THEN = r"(?=[\w/+=.-])"
_JOINTS = {
    line: [
        lazy(expression)
        for expression in (
            rf"\\{line}[ \t>]*{_THEN}",
            rf'"{line}[ \t>]*[+.&]?[ \t]*"{_THEN}(?=[^"\r\n]{{0,2000}}"(?![ \t]*:))',
            rf"'{line}[ \t>]*[+.&]?[ \t]*'{_THEN}(?=[^'\r\n]{{0,2000}}'(?![ \t]*:))",
            rf"""[+.&\\]{line}[ \t>]*(["']){_THEN}""",
        )
    ]
    for line in ("\n", "\r\n")
}
# What the second line of two begins with when marks end the first one.
_MARKED = lazy(r"""\n[ \t>]*+[+.&]?[ \t]*+["']""")
_TOKEN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/+=.-")
_OCTET = lazy(r"%([0-9A-Fa-f]{2})")
_SPELLED = lazy(r"""[^\s"'`<>()\[\]]{1,2000}""")
_BASE64 = lazy(r"[A-Za-z0-9+/_-]{24,20000}={0,2}(?![A-Za-z0-9+/=_-])")
_CODE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_SHORTEST_CODE = 16
# How much before a joint still belongs to the word, or to the name that it is given to.
_REACH = 400
_GAP = "\n\n"


class View(NamedTuple):
    """A text made of another: ``starts`` are the offsets in it where a part begins, ``moved`` where these stand in the
    other; with ``whole`` the parts are no letters of the other, and all that a part has stands there."""

    text: str
    starts: Sequence[int]
    moved: Sequence[int]
    whole: Sequence[Span] = ()

    def place(self, span: Span) -> Span:
        """Where in the other text stands what stands here."""
        first = bisect_right(self.starts, span.start) - 1
        if self.whole:
            return self.whole[first]
        last = bisect_right(self.starts, span.end - 1) - 1
        ends = ((span.start, first), (span.end, last))
        return Span(*(at - self.starts[part] + self.moved[part] for at, part in ends))


def of(text: str, lowered: str, words: Iterable[bytes]) -> Iterator[View]:
    """The other readings of a text that has any; ``words`` are its long words in lower case, as ``lowered`` is."""
    yield from _joined(text)
    # In the order of the text: words come from a set, whose order is another in each process.
    spelled = [*_unescaped(text), *sorted(_unpacked(text, lowered, words))]
    if spelled:
        yield _listed(spelled)


def _joined(text: str) -> Iterator[View]:
    """The lines that go on, each with what it goes on with."""
    joints = sorted(_joints(text))
    if joints:
        bounds = [0, *(at for joint in joints for at in joint), len(text)]
        pieces = list(_near([Span(bounds[at], bounds[at + 1]) for at in range(0, len(bounds), 2)]))
        starts = accumulate((end - start + len(gap) for (start, end), gap in pieces[:-1]), initial=0)
        joined = "".join(text[start:end] + gap for (start, end), gap in pieces)
        yield View(joined, list(starts), [start for (start, _), _ in pieces])


def _joints(text: str) -> Iterator[Span]:
    """What stands between the two halves of a word."""
    for expression in _expressions(text):
        for found in expression.finditer(text):
            start = found.start()
            if found.lastindex:
                # The sign that puts two strings together stands after the first one's mark.
                while start and text[start - 1] in " \t":
                    start -= 1
                start -= 1 if start and text[start - 1] == found[1] else len(text)
            if start > 0 and text[start - 1] in _TOKEN:
                yield Span(start, found.end())


def _expressions(text: str) -> Iterator[re.Pattern[str]]:
    """The expressions of joints that a text may have."""
    marked = _MARKED.search(text) is not None
    for line, (backslash, *marks) in _JOINTS.items() if marked or "\\" in text else ():
        if line[0] in text:
            yield backslash
            yield from marks if marked else ()


def _near(parts: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """Of the parts between joints what is near enough to one, each with what stands for what is left out after it."""
    for number, (start, end) in enumerate(parts):
        after = Span(start, min(end, start + _REACH) if number else start)
        before = Span(max(start, end - _REACH) if number < len(parts) - 1 else end, end)
        if before.start <= after.end:
            yield Span(after.start, before.end), ""
        else:
            yield from ((span, gap) for span, gap in ((after, "\n"), (before, "")) if span.start < span.end)


def _unescaped(text: str) -> Iterator[tuple[Span, str]]:
    """Words with per cent signs, as they are meant (RFC 3986, 2.1)."""
    done = 0
    for octet in _OCTET.finditer(text) if "%" in text else ():
        if octet.start() >= done:
            start = octet.start()
            while start > max(done, octet.start() - _REACH) and _SPELLED.match(text, start - 1, start):
                start -= 1
            word = _SPELLED.match(text, start)
            done = word.end() if word else octet.end()
            yield Span(start, done), _OCTET.sub(lambda each: chr(int(each[1], 16)), text[start:done])


def _unpacked(text: str, lowered: str, words: Iterable[bytes]) -> Iterator[tuple[Span, str]]:
    """Words in base64 that say something: small letters and capitals without a joint."""
    seen = set()
    for word in words:
        if len(word) >= _SHORTEST_CODE and word.isalnum() and not word.isalpha():
            for at, _ in places(lowered, word.decode()):
                start = _code_start(text, at)
                found = _BASE64.match(text, start) if start not in seen else None
                seen.add(start)
                said = decoded(found[0]) if found and not (found[0].islower() or found[0].isupper()) else ""
                if found and said:
                    yield Span(*found.span()), said


def _code_start(text: str, at: int) -> int:
    while at > 0 and text[at - 1] in _CODE:
        at -= 1
    return at


def _listed(spelled: Sequence[tuple[Span, str]]) -> View:
    starts = list(accumulate((len(said) + len(_GAP) for _, said in spelled[:-1]), initial=0))
    return View(_GAP.join(said for _, said in spelled), starts, starts, [span for span, _ in spelled])
