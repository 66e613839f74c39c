"""Web addresses in plain text, as GitHub links them (GitHub Flavored Markdown, "Autolinks (extension)")."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from runbook_lint.expressions import lazy
from runbook_lint.model import Span

_ADDRESS = lazy(r"(?:(?<![a-z])(?:https?|ftp)://(?=\w)|(?<![^\s*_~(])www\.)([\w.-]+)[^\s<>|`]*", re.I)
# By what an address is found, and the letters that may stand before the first of these.
_SIGN = lazy(r"://(?=\w)|[wW]{3}\.")
_SCHEME = lazy(r"://(?=\w)")
_SCHEMES = (5, 4, 3)
_ENTITY = lazy(r"&[a-z]+;\Z", re.I)
_PUNCTUATION = frozenset("?!.,:*_~'\"")


def _has_www(text: str) -> bool:
    if text.isascii():
        return "www." in text.lower()
    return "ww." in text or "WW." in text or "Ww." in text or "wW." in text


def find(
    body: str, taken: Sequence[Span], blocks: Sequence[Span], texts: Callable[[], Sequence[Span]]
) -> Iterator[tuple[str, Span]]:
    """The addresses that begin in plain text: where each leads and where it stands. ``taken`` are places of other links
    and of inline code, ``blocks`` (in order) those of code blocks, in which nobody looks; ``texts`` gives (in order)
    where text is, which few need to know."""
    found_at = list(_addresses(body, blocks))
    free = list(_outside(found_at, taken)) if found_at else []
    pieces = texts() if free else ()
    starts = [span.start for span in pieces]
    for found in free:
        index = bisect_right(starts, found.start()) - 1
        if index < 0 or found.start() >= pieces[index].end or not _is_domain(found):
            continue
        target = _trimmed(found[0])
        yield target if "://" in target else f"http://{target}", Span(found.start(), found.start() + len(target))


def _outside(found: Iterable[re.Match[str]], spans: Iterable[Span]) -> Iterator[re.Match[str]]:
    """What begins in none of the spans, which may lie in each other and come in any order."""
    ordered = sorted(spans, reverse=True)
    end = 0
    for each in found:
        start = each.start()
        while ordered and ordered[-1].start <= start:
            end = max(end, ordered.pop().end)
        if start >= end:
            yield each


def _addresses(body: str, blocks: Iterable[Span]) -> Iterator[re.Match[str]]:
    """All that looks like an address between the blocks; where none can be, the letters before it are not looked at."""
    done = 0
    has_www = _has_www(body)
    if not has_www and "://" not in body:
        return
    next_sign = (_SIGN if has_www else _SCHEME).search
    for start, end in (*blocks, Span(len(body), len(body))):
        while done < start and (sign := next_sign(body, done, start)):
            done = sign.end()
            for size in _SCHEMES if sign[0] == "://" else (0,):
                found = _ADDRESS.match(body, sign.start() - size) if sign.start() >= size else None
                if found is not None:
                    yield found
                    done = found.end()
                    break
        done = max(done, end)


def _is_domain(found: re.Match[str]) -> bool:
    """No underscore in the last two labels; after ``www.`` comes another label."""
    labels = found[1].rstrip(".").rsplit(".", 2)
    return bool(labels[0]) and not any("_" in label for label in labels[-2:])


def _trimmed(target: str) -> str:
    """Without the punctuation, the entity and the parenthesis that belong to the sentence around it."""
    surplus = target.count(")") - target.count("(")
    end = len(target)
    while end:
        last = target[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last == ";" and (entity := _ENTITY.search(target, max(0, end - 40), end)):
            end = entity.start()
            continue
        elif last not in _PUNCTUATION and last != ";":
            break
        end -= 1
    return target[:end]
