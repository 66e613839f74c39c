"""Checks of single characters: text that a wrong encoding damaged, and characters that are not what they look like."""

import re
from collections.abc import Iterator
from functools import lru_cache

from runbook_lint.expressions import lazy
from runbook_lint.model import Edit, Item, Problem, Span, Value

# --- mojibake: UTF-8 that was read as Windows-1252 or Latin-1 ---------------------------------------------------------

# The characters of the bytes 0x80 to 0x9F in Windows-1252; the five bytes it leaves undefined are Latin-1 controls.
_WINDOWS = {bytes([byte]).decode("cp1252", "ignore"): chr(byte) for byte in range(0x80, 0xA0)}
_BYTES = str.maketrans({character: byte for character, byte in _WINDOWS.items() if character})
_HIGH = "".join(_WINDOWS) + "\x80-\xff"
# Wherever a text is not ASCII, with single characters between two places that are.
_FOREIGN = lazy("[^\x00-\x7f](?:[\x00-\x7f]?[^\x00-\x7f])*+")
# So many characters are asked at once whether they are ASCII: many times faster than an expression.
_BLOCK = 256
_RUN = lazy(f"\ufffd+|[{_HIGH}]{{2,}}")
_MOST_PASSES = 5  # nobody reads a text wrongly more often than that
_SEQUENCE = (
    "(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    "|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})"
)
# The last byte of a variation selector has no glyph and is often lost on the way.
_SEQUENCES = lazy(f"{_SEQUENCE}(?:{_SEQUENCE}|\xef\xb8(?![\x80-\xbf]))*")
_SELECTOR = lazy("\xef\xb8(?![\x80-\xbf])")
# What follows an accented letter in correct text: closing punctuation, a no-break space, letters of Central Europe.
_AFTER_LETTER = frozenset("’‘”“…»«›‹–—™®©°·•ªº¹²³\xa0šžœŠŽŒ")
_CLOSING = frozenset("“”…»›™®°•ªº¹²³†‡§¶")
_FOOTNOTE = frozenset("†‡§¶")
_MONEY = frozenset("€£¥¢")
_SLAVIC = lazy("(?:[ÄÉÍÓÔÚÝ][šžŠŽ])+(?:[ÄÉÍÓÔÚÝ][’“”…»–—™°\xa0])?")  # as in the Czech BLÍŽÍŠ


def hold_no_mojibake(item: Item, value: Value | None) -> Iterator[Problem]:
    """No part of the text is UTF-8 that was read in another encoding; what can be repaired carries its edit."""
    text = str(value.value) if value is not None else ""
    if text.isascii() or value is None:
        return
    for start, end, meant in _damaged(text):
        span = Span(value.start + start, value.start + end)
        found = _shown(text[start:end])
        if "\ufffd" in meant:
            yield Problem(span, {"found": found}, "lost", subject="lost")
            continue
        words = {"found": found, "meant": _shown(meant) or "nothing (a byte order mark)"}
        yield Problem(span, words, subject=found, edits=(Edit(*span, meant),))


def _damaged(text: str) -> Iterator[tuple[int, int, str]]:
    """The damaged parts of a text: where each begins and ends and what it was; with U+FFFD where that is lost."""
    for run in _runs(text):
        if run[0][0] == "\ufffd":
            yield run.start(), run.end(), run[0]
            continue
        parts = list(_misread(text, *run.span()))
        if parts:
            yield from _settled(text, run.start(), run.end(), parts)


def _runs(text: str) -> Iterator[re.Match[str]]:
    """The runs of characters that may be damage. They are looked for where the text is not ASCII, which is rare."""
    return (run for start, end in _foreign(text) for run in _RUN.finditer(text, start, end))


@lru_cache(maxsize=1)
def _foreign(text: str) -> list[tuple[int, int]]:
    """Where a text is not ASCII; both checks ask it of the same text."""
    found: list[tuple[int, int]] = []
    first = 0
    for at in range(0, len(text) + _BLOCK, _BLOCK):
        # Neighbours that are not ASCII are one, for what is looked for may stand in both.
        if text[at : at + _BLOCK].isascii():
            found += [each.span() for each in _FOREIGN.finditer(text, first, at)]
            first = at + _BLOCK
    return found


def _settled(text: str, start: int, end: int, parts: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """The parts of a run, or the run as a whole where it was misread more than once; nothing where that has no end."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    run = _replaced(before + text[start:end] + after, start - len(before), parts)
    again = list(_misread(run, len(before), len(run) - len(after)))
    if again:
        parts = []
        for _ in range(_MOST_PASSES):
            run = _replaced(run, 0, again)
            again = list(_misread(run, len(before), len(run) - len(after)))
            if not again:
                parts = [(start, end, run[len(before) : len(run) - len(after)])]
                break
    yield from (part for part in parts if not _is_nonsense(part[2]))


def _replaced(text: str, offset: int, parts: list[tuple[int, int, str]]) -> str:
    """The text, which begins at ``offset``, with the parts replaced."""
    pieces, at = [], 0
    for start, end, meant in parts:
        pieces += [text[at : start - offset], meant]
        at = end - offset
    return "".join(pieces) + text[at:]


def _misread(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The parts of a run that are UTF-8 when they are written as Windows-1252, and what they are then."""
    for found in _SEQUENCES.finditer(text[start:end].translate(_BYTES)):
        first, last = start + found.start(), start + found.end()
        meant = _SELECTOR.sub("\xef\xb8\x8f", found[0]).encode("latin-1").decode("utf-8")
        if _is_damage(text, first, last, len(meant)):
            yield first, last, meant.replace("\ufeff", "")


def _is_nonsense(meant: str) -> bool:
    from unicodedata import category

    return any(category(each) in ("Cc", "Cn", "Co") and not "\U0001f000" <= each < "\U0001fb00" for each in meant)


def _is_damage(text: str, start: int, end: int, characters: int) -> bool:
    """Whether it is damage rather than an accented letter with punctuation behind it, as in "CAFÉ…"."""
    if characters > 1 or text[start] == "\xf0":
        return not _SLAVIC.fullmatch(text, start, end)
    lead, rest = text[start], text[start + 1 : end]
    before = text[start - 1 : start]
    natural = rest[0] == "\xa0" or rest in _FOOTNOTE or all(each in _AFTER_LETTER for each in rest)
    if len(rest) > 1 and lead != "\xe2":
        natural = natural or (rest[0] in _AFTER_LETTER and rest[1] in _MONEY)
    if lead in "\xc2\xc3":
        return not (natural and before.isupper() and not text[end : end + 1].isalpha())
    if lead == "\xe2":
        return rest[0] != "\xa0" and (not (natural and before.isalpha()) or any(each.isalpha() for each in rest))
    begins_word = not before.isalnum() and text[end : end + 1].islower() and rest in _CLOSING
    return not natural or begins_word or (before.islower() and lead.isupper())


def _shown(text: str) -> str:
    """The text with what cannot be seen by its code point."""
    return "".join(each if each.isprintable() else f"<U+{ord(each):04X}>" for each in text)


# --- characters that are not what they look like ----------------------------------------------------------------------

_MARKS = "\u200e\u200f\u061c\u202a-\u202c\u2066-\u2069"
_BIDI = lazy(f"[{_MARKS}]")
_SPACES = "\xa0\u2000-\u200a\u202f\u205f\u3000"
_QUOTES = "\u2018-\u201f\u2032\u2033"
_DASHES = "\u2010-\u2015\u2212"
_INVISIBLE = (
    f"{_MARKS}\u202d\u202e\u200b-\u200d\u2060-\u2064\u206a-\u206f\ufeff\xad\u180e\u115f\u1160\u3164\uffa0\ufff9-\ufffb"
    "\ufe00-\ufe0f\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
_CANDIDATE = lazy(f"[{_INVISIBLE}{_SPACES}{_QUOTES}{_DASHES}]|[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]")
_SELECTORS = lazy("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_TAGS = lazy("[\U000e0020-\U000e007f]")
_SEEN_ONLY_IN_COMMANDS = lazy(f"[{_SPACES}{_QUOTES}{_DASHES}]")
_RIGHT_TO_LEFT = lazy("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# Scripts that join or break at zero-width characters: Arabic to Myanmar, Hangul jamo, Khmer, Mongolian ...
_JOINING = lazy("[\u0600-\u11ff\u1780-\u18af\u1900-\u1aff\ua840-\ua8ff\ua980-\uaadf\U00010a00-\U00011fff]")
_PICTURE = lazy("[\u2190-\u2bff\u3030-\u303d\u3297\u3299\xa9\xae\ufe0f\U0001f000-\U0001faff]")

# Cyrillic and Greek letters that look like Latin ones (Unicode TR 39, confusables).
_TWINS = frozenset("аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅԌԚԜοανρικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
_WORD = lazy(r"[^\W\d_]+")

# What a line of commands begins with; beside these a prompt or an option makes it one.
_TOOLS = (
    "ansible(?:-playbook)?|apt(?:-get)?|aws|awk|az|bash|cat|cd|ceph|chmod|chown|consul|cp|crictl|curl|df|dig|dnf|docker|du|echo"
    "|etcdctl|export|find|gcloud|git|go|grep|head|helm|ip|iptables|journalctl|jq|kill|kubectl|logcli|ls|make|mkdir|mount"
    "|mv|mysql|nc|nslookup|oc|openssl|ping|pip3?|podman|promtool|ps|psql|python3?|rados|redis-cli|rm|rsync|scp|sed|service"
    "|sh|ssh|sudo|systemctl|tail|tar|tcpdump|terraform|top|umount|vault|wget|yum"
)
_COMMAND = lazy(rf"\s*(?:[$%][ \xa0]+\S|(?:{_TOOLS})[ \xa0]+\S|[^#\r\n]{{0,200}}[ \xa0]--[a-z][\w-]*(?:[ =]|$))")
_STRING = lazy(r"\"(?:[^\"\\]|\\.){0,400}(?:\"|$)|'[^']{0,400}(?:'|$)|(?:^|(?<=\s))#.*")
_MISQUOTED = lazy(f"[={{][{_QUOTES}]$")


def hold_no_hidden_character(item: Item, value: Value | None) -> Iterator[Problem]:
    """Nothing in the text is other than it looks; commands also have no quotes or dashes that a shell does not know."""
    text = str(value.value) if value is not None else ""
    if text.isascii() or value is None:
        return
    pasted = str(item.raw("pasted", ""))
    done = 0
    for found in _candidates(text):
        if found.start() < done:
            continue
        at, done = found.start(), found.end()
        if len(found[0]) > 1:
            at, done = _twin(text, found.start(), pasted)
        elif not _is_trouble(text, at, pasted):
            at = -1
        if at >= 0:
            yield _hidden(text, at, value.start, "" if pasted[at : at + 1] == text[at] else "prose")


def _candidates(text: str) -> Iterator[re.Match[str]]:
    """The characters that may be trouble, and the pairs of letters of two scripts."""
    for start, end in _foreign(text):
        # A candidate has a character that is not ASCII, and one that is may stand beside it.
        yield from _CANDIDATE.finditer(text, max(0, start - 1), end + 1)


def _hidden(text: str, at: int, offset: int, case: str) -> Problem:
    from unicodedata import name

    known = name(text[at], "TAG CHARACTER" if _TAGS.match(text[at]) else "")
    character = f"U+{ord(text[at]):04X} {known}".strip()
    return Problem(Span(offset + at, offset + at + 1), {"character": character}, case, f"U+{ord(text[at]):04X}")


def _is_trouble(text: str, at: int, pasted: str) -> bool:
    """Whether a character that may be trouble is trouble where it stands."""
    character = text[at]
    in_paste = pasted[at : at + 1] == character
    if character in "\xa0\xad" and _is_in_damage(text, at):
        return False
    if _SEEN_ONLY_IN_COMMANDS.match(character):
        return in_paste and _breaks_command(pasted, at)
    if _BIDI.match(character):
        return in_paste or not _RIGHT_TO_LEFT.search(text, max(0, at - 40), at + 41)
    if character == "\ufeff":
        return at > 0
    return not _is_needed(text, at)


def _is_in_damage(text: str, at: int) -> bool:
    """Whether a character is one of the bytes of mojibake, which has its own rule."""
    start = max(0, at - 4)
    return any(first <= at - start < last for first, last, _ in _damaged(text[start : at + 4]))


def _is_needed(text: str, at: int) -> bool:
    """Whether an invisible character does its work: within an emoji, or in a script that needs it."""
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if _SELECTORS.match(character):
        return bool(before) and not before.isspace() and (not before.isascii() or before in "0123456789#*")
    if _TAGS.match(character):
        return "\U0001f3f4" in text[max(0, at - 8) : at]
    if character == "\u200d" and _PICTURE.match(before) and _PICTURE.match(after):
        return True
    joins = character in "\u200b\u200c\u200d\u180e\u115f\u1160"
    return joins and bool(_JOINING.match(before) or _JOINING.match(after))


def _twin(text: str, at: int, pasted: str) -> tuple[int, int]:
    """Where the first look-alike of the mixed word around ``at`` stands, -1 for none, and where the word ends."""
    start = at
    while start > max(0, at - 64) and text[start - 1].isalpha():
        start -= 1
    found = _WORD.match(text, start, at + 64)
    word = found[0] if found else ""
    foreign = [each for each in word if "\u0370" <= each <= "\u052f"]
    latin = sum(each < "\u0250" for each in word)
    greek = any(each < "\u0400" for each in foreign)
    end = start + len(word)
    mixed = bool(foreign) and latin >= (3 if greek else 2) and all(each in _TWINS for each in foreign)
    first = next((index for index, each in enumerate(word) if "\u0370" <= each <= "\u052f"), 0)
    if not mixed or (pasted[start:end] != word and _is_ending(text, start, end, word, first)):
        return -1, max(end, at + 2)
    return start + first, max(end, at + 2)


def _is_ending(text: str, start: int, end: int, word: str, first: int) -> bool:
    """Whether a Latin word has the ending of the language around it, as Russian writers decline "pod"."""
    around = text[max(0, start - 80) : start] + " " + text[end : end + 80]
    return not any(each < "\u0250" for each in word[first:]) and bool(re.search("[\u0370-\u052f]{3}", around))


def _breaks_command(pasted: str, at: int) -> bool:
    """Whether a space, quote or dash in what is pasted stands in a command, outside its strings and comments."""
    line, column = _line(pasted, at)
    if _MISQUOTED.search(line[: column + 1]):
        return True
    if not _COMMAND.match(line):
        return False
    if any(found.start() < column < found.end() for found in _STRING.finditer(line)):
        return False
    before, after = line[max(0, column - 1) : column], line[column + 1 : column + 3]
    if re.match(f"[{_DASHES}]", line[column]):
        return before.isspace() and bool(re.match(f"[{_DASHES}-]?[A-Za-z]", after))
    return not (before.isalpha() and after[:1].isalpha()) or bool(re.match(f"[{_SPACES}]", line[column]))


def _line(pasted: str, at: int) -> tuple[str, int]:
    """The command around ``at`` and the column in it: the line of a fence, or what stands between two backticks."""
    first = max(pasted.rfind("\n", max(0, at - 400), at) + 1, at - 400, 0)
    last = pasted.find("\n", at, at + 400)
    line = pasted[first : last if last >= 0 else at + 400].rstrip("\r")
    column = at - first
    if line.lstrip(" ").startswith("`"):
        start = line.rfind("`", 0, column) + 1
        end = line.find("`", column)
        return line[start : end if end >= 0 else None], column - start
    return line, column
