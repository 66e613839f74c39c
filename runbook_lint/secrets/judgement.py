"""Whether a value that stands where a secret would stand is one: ``sure``, ``weak``, or no."""

import re
from collections.abc import Callable, Mapping, Sequence

from runbook_lint.expressions import lazy
from runbook_lint.secrets import looks
from runbook_lint.secrets.assignments import Assignment

SURE, WEAK, NO = "sure", "weak", ""
_SHORTEST_PASSWORD, _SHORTEST_RANDOM, _SHORTEST_SURE = 6, 10, 16
_UNORDERED = 0.35
# So much of a value is enough to judge it.
_JUDGED = 300
# Letters without a digit, as people think them up; not what only stands between two marks of quotation in code.
_THOUGHT_UP = lazy(r"[\w!@#$^*~=?]\S*(?: \S+)?[\w!@#$%^&*~=?}\])-]")
_NAMES = lazy(r"[a-z0-9]{1,60}(?:[-._/][a-z0-9]{1,60}){1,9}|[A-Z][A-Z0-9]{0,30}(?:_[A-Z0-9]{1,30}){1,9}")
_TICKET = lazy(r"[A-Z]{2,10}-[0-9]{1,6}")
_CALL = lazy(r"(?P<called>[A-Za-z_][\w.]{0,60})[(\[].*|[a-z]+(?:\.[A-Za-z_]+){1,6}", re.S)
_PORT = lazy(r"\d{1,5}(?:[?#].*)?$")
_CODE = lazy(r"[A-Za-z0-9+/]+={0,2}")
_OTHER_VALUE = lazy(r"[:/=,]|\.\w")
_SIGNS = lazy(r"[!@#$%^&*(){}\[\]<>?~]")
# The syntaxes that say themselves that a value follows, and the words that do.
_JOINED = frozenset({"sign", "attribute", "element", "dash", "call"})
_VAGUE = frozenset({"pass", "key", "access", "private"})
_SETTER = lazy(r"(?:\w+\.)*(?:set|with|use|password|passwd)", re.I)
_SETS = lazy(r"\b(?:set|sets|change|changed|reset|update|updated|rotate)\b", re.I)
_PATHS = lazy(
    r"/[^/]*/.*|(?:[A-Za-z_.~-]{1,60}[0-9]{0,4}/){1,12}[A-Za-z_.#?-]{0,60}[0-9]{0,4}|[a-zA-Z][a-zA-Z0-9+.]{1,12}://.*",
    re.S,
)


def token(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on a value that has a provider's form: only what says that it is none, or has no chance in it, is let
    pass."""
    value = value[:_JUDGED]
    if looks.unfilled(value) or any(each in value for each in published) or looks.regular(value):
        return NO
    if looks.surely_said(value):
        return NO
    return WEAK if looks.counted(value) else SURE


def random(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on a value that must be one that nobody could think up, to be a secret."""
    value = value[:_JUDGED]
    if value.startswith("-----BEGIN") and "PRIVATE" not in value[:40]:
        return NO
    if len(value) < _SHORTEST_RANDOM or not token(value, published) or looks.said(value):
        return NO
    if looks.identifier(value) or looks.counted(value):
        return WEAK
    if not looks.random(value) or _PATHS.fullmatch(value) or "(" in value or looks.version(value):
        return NO
    text = decoded(value)
    if text and (looks.wordy(text) or looks.said(text)):
        return NO
    return SURE if len(value) >= _SHORTEST_SURE else WEAK


def password(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on a value that people may have thought up themselves."""
    value = value[:_JUDGED]
    if len(value) < _SHORTEST_PASSWORD or looks.dummy(value) or not token(value, published) or looks.said(value):
        return NO
    name = _TICKET.fullmatch(value) or (_NAMES.fullmatch(value) and not looks.random(value))
    if name or _called(value) or _PATHS.fullmatch(value) or looks.version(value):
        return NO
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if letters and digits:
        return WEAK if looks.counted(value) or looks.guessable(value) else SURE
    if letters and looks.random(value):
        return SURE
    return WEAK if _THOUGHT_UP.fullmatch(value) else NO


def _called(value: str) -> bool:
    """Whether a value is code that gives one: ``getpass()``, ``os.environ["X"]``, ``settings.password``."""
    found = _CALL.fullmatch(value)
    return found is not None and (not found["called"] or found["called"].isalpha() or looks.wordy(found["called"]))


def basic(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on ``user:password`` in base64, as RFC 7617 writes it."""
    text = decoded(value)
    if not text:
        return random(value, published)
    user, colon, word = text.partition(":")
    if not colon or not word or any(each in value for each in published):
        return NO
    return SURE if user != word and not looks.dummy(word) and not looks.said(text) and token(word) else NO


def decoded(value: str) -> str:
    """What a value in base64 says when that is printable text; else empty. A last part that is cut off is left out."""
    from base64 import b64decode

    whole = value.rstrip("=")
    altchars = b"-_" if "-" in whole or "_" in whole else None
    try:
        kept = whole[: -1 or None] if len(whole) % 4 == 1 else whole
        text = b64decode(kept + "=" * (-len(kept) % 4), altchars=altchars, validate=True).decode("ascii")
    except (ValueError, UnicodeDecodeError):
        return ""
    return text if all(" " <= letter <= "~" or letter in "\r\n\t" for letter in text) else ""


def url(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on what stands between a user and ``@`` in a URL."""
    value = value[:_JUDGED]
    if len(value) < 4 or looks.dummy(value) or looks.said(value) or not token(value, published) or _PORT.match(value):
        return NO
    return WEAK if len(value) < _SHORTEST_PASSWORD or value.isalpha() or looks.guessable(value) else SURE


def bearer(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on a token in a header, where nothing but a token, or what stands for one, can be."""
    value = value[:_JUDGED]
    if not token(value, published) or looks.said(value):
        return NO
    if looks.identifier(value) or looks.counted(value):
        return WEAK
    return SURE if looks.random(value) else NO


def command(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on what follows a short option, which may be many other things than a password."""
    code = len(value) >= _SHORTEST_SURE and _CODE.fullmatch(value)
    return password(value, published) if looks.random(value) and (code or not _OTHER_VALUE.search(value)) else NO


def form(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on what no variable or template can look like."""
    return NO if any(each in value for each in published) or looks.regular(value[:_JUDGED]) else SURE


def phrase(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on what people may have thought up for a secret: with signs in it that no name has."""
    return WEAK if _SIGNS.search(value[:_JUDGED]) and password(value, published) else NO


def mixed(value: str, published: Sequence[str] = ()) -> str:
    """The verdict on a word of no known form: only one whose long part has letters and digits without any order."""
    part = max(re.split(r"[^A-Za-z0-9]", value), key=len)
    cases = any(map(str.islower, part)) + any(map(str.isupper, part))
    plain = cases == 1 and (re.fullmatch(r"(?i)[0-9a-f]+", part) or "-" in value)
    if plain or not any(map(str.isdigit, part)) or looks.mixed(part) < _UNORDERED or re.search(r"\d\.\d", value):
        return NO
    return SURE if random(value, published) == SURE else NO


KINDS: Mapping[str, Callable[[str, Sequence[str]], str]] = {
    "token": token,
    "random": random,
    "password": password,
    "basic": basic,
    "url": url,
    "bearer": bearer,
    "command": command,
    "form": form,
    "phrase": phrase,
    "mixed": mixed,
}


def assigned(kind: str, given: Assignment, published: Sequence[str]) -> str:
    """The verdict on a value by how it is given: what no sign joins to its name must be surer than what one does."""
    verdict = KINDS[kind](given.value, published) if _plausible(given) else NO
    digits = any(map(str.isdigit, given.value))
    if verdict == WEAK and kind == "password" and not given.quoted and not digits:
        return NO
    chance = looks.random(given.value) or looks.counted(given.value)
    if given.how == "dash" and looks.mixed(given.value) < _UNORDERED / 2:
        return NO
    if given.how == "comma" and not chance:
        return NO
    option = given.how == "space" and given.name.startswith("--")
    return verdict if given.how in _JOINED or option or given.quoted or chance else NO


def _plausible(given: Assignment) -> bool:
    """Whether this can be a name and its value: no option after another, no ``pass`` or ``to`` of a sentence."""
    if given.value.startswith("-") and not given.quoted:
        return False
    if given.how == "call" and not _SETTER.match(given.name):
        return False
    if given.how == "prose" and given.before.rstrip(" \t\"'`").endswith(" to") and not _SETS.search(given.before):
        return False
    return given.how in _JOINED or (given.name.lower() not in _VAGUE and not given.name.lower().endswith(" pass"))


def hopeless(value: str) -> bool:
    """Whether no rule can find a secret in a value: most values are too short, words or variables."""
    return len(value) < _SHORTEST_PASSWORD or looks.unfilled(value[:_JUDGED])
