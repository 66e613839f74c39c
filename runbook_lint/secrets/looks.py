"""What a value looks like: a variable, a placeholder, a sequence, words, an id, or something that nobody could guess.

Runbooks are documentation, so most of what stands where a secret could stand is none. Every answer here is about the
value alone.
"""

import math
import re
from collections import Counter

from runbook_lint.expressions import lazy

_UNFILLED = lazy(
    r"""
    [<\[({][^<>\[\](){}]{0,80}[>\])}] | <[^>]* | &lt;.*   # <token>, [PASSWORD], {token}
    | [$%]\w{1,60}[%:;]? | \$[@*#?!-]? | %\(?[\w:-]{0,30}\)?[sdiruxvqf]  # $TOKEN, %s, %(token)s, %TOKEN%
    | @[\w./-]*[/.]\w* | ~/.* | !(?:vault|reference|secret|env|ref|sub|getatt)\b.*  # @file, !vault
    | (?:\.{1,2}/|/(?:run|etc|var|home|usr|opt|tmp|path|mnt|root|secrets?|vault|app|dev|srv|proc)/).*
    | (?i:file|vault|ssm|arn|op|env|ref|sops|projects|secretsmanager|keyring|var|local|data|module|secrets?|process|os
          |settings|config|params?|self|this|creds?|credentials|request|input|args|options)[.:(\[].*
    | ENC\[.* | Ag[A-D][A-Za-z0-9+/]{97,}={0,2}  # what sops and sealed secrets have encrypted
    | \{cipher\}.* | !\w+! | \.\*.* | \*{2,}.* | \* | .{0,4}(?:\.{3}|\u2026).* | .*(?:\.{3}|\u2026)
    """,
    re.X | re.S,
)
# Values that are put together when they are used, forms of values, and links.
_TEMPLATE = lazy(
    r"\{\{[^{}]{1,200}\}\}|\{\{-?\s*[.$]|[$#%]\{[^{}\[\]]{0,120}\}|\$\{[A-Za-z_]\w*[:}-]|\$\(|<%|\[\[\s|"
    r"""(?:^|[\s:/@=.,({\["'-])\$\w|"""
    r"<[A-Za-z][\w -]{0,60}>|%[A-Z]\w{2,40}%|`[^`]*`|\][{*+?]|\{\d{1,4},?\d{0,4}\}|\]\("
)
# Words by which a writer says that a value is to be put in, or is none.
_SAID = lazy(
    r"(?:^|[^a-z0-9])(?:your|my|our|some|the|put|insert|enter|replace|change|fill|paste|add|set|use|with|here|example|sample|"
    r"placeholder|redacted|removed|hidden|masked|censored|omitted|dummy|fake|mock|foo|bar|foobar|todo|tbd|none|null|nil|"
    r"undefined|unset|empty|default|value|string|xxx+|changeit|changeme|change[-_]me|replace[-_]?me|goes|snip|secret[-_]?here)"
    r"(?:[^a-z0-9]|$)",
    re.I,
)
_SURELY_SAID = lazy(
    r"example|placeholder|redacted|changeme|change[-_]me|replace[-_]?me|insert|your[-_]|<[a-z][\w -]*(?:>|$)|xxxx|"
    # What stands between the halves of a value that is made up, here and in the packs.
    r"\(\+\)|"
    r"\*\*\*|\.\.\.|"
    r"(?:put|enter|paste)[-_](?:your|the|it)|goes[-_]?here|[-_]here\b|\.signature\b|"
    r"(?-i:fake|dummy|todo|TODO|(?:^|[-_])(?:[Yy]our|[Mm]y)[A-Z][a-z]{2})",
    re.I,
)
# What everybody writes where a password stands in an example.
_DUMMY = lazy(
    r"(?:(?:my|your|new|old|some|the|a|db|root|admin|super|top|very|strong|secure|user|test|default|plain|clear|text|"
    r"postgres|mysql|redis|rabbitmq|elastic|grafana|mongo|prom|app|vault|demo|correct|wrong|initial|temp|temporary|hashed|"
    r"encrypted|random|long|safe|good|bad|another|other)[-_ .]?){0,3}"
    r"(?:pass(?:word|wd|wrod|phrase|code)?s?|passw0rd|p[@a4][s$]{2}w[o0]rd|pwd?|pw|secrets?|s3cr3t|s3cret|secr3t|"
    r"tokens?|keys?|tests?|testing|dummy|foo(?:bar)?|bar|baz|admin(?:istrator)?|default|letmein|welcome|qwerty\w*|abc|string|value|change[-_]?(?:me|it)|"
    r"replace[-_]?(?:me|it)|example|hunter|root|toor|user(?:name)?|guest|login|postgres|mysql|redis|elastic|grafana|"
    r"minio(?:admin)?|rabbitmq|prom-operator|none|null|nil|true|false|yes|no|x+|y+|z+|\*+|\.+|-+|_+|#+|\?+|hidden|redacted|required|optional|"
    r"prompt|stdin|env|file|basic|bearer|auth|anonymous|nobody|public|private|text|plain|demo|blah|whatever|something|"
    r"credentials?)"
    r"[-_!@#. ]?[0-9]{0,6}!?",
    re.I,
)
_GUESSABLE = lazy(
    r"(?:pass(?:word|wd)?|passw0rd|secret|s3cret|admin|letmein|welcome|hunter|root|qwerty)[-_!@#.]?[0-9]{1,6}[!@#$%.]*$"
    r"|^(?=.*[0-9]).{0,6}passw(?:or)?d.{0,4}$",
    re.I,
)
_UUID = lazy(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_RUN = lazy(r"[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]+")
_LETTERS = lazy(r"[A-Z]?[a-z]+|[A-Z]+")
_NUMBERS = lazy(r"[0-9]+")
_VERSION = lazy(r"(?:[A-Za-z][\w.-]*[-_:@ ]|\d+:)?v?\d+\.\d+(?:\.\d+)*(?:[-+._~][\w.+~-]{0,24})?")
_SEPARATORS = lazy(r"[^A-Za-z0-9]+")
_ORDERS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEXT = {a + b for order in _ORDERS for a, b in zip(order, order[1:] + order[:1], strict=True)}
_NEXT |= (
    {pair[::-1] for pair in _NEXT}
    | {letter * 2 for order in _ORDERS[:2] for letter in order}
    | {"f0", "0f", "f1", "90", "z0", "z1", "j1", "j0"}
)
# The pairs of letters that English words are made of, the commonest first.
_PAIRS = frozenset(
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri "
    "ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut "
    "ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi "
    "ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov "
    "by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds lt pi "
    "rc rr eg au ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu dr hr "
    "cc tw ft wn nu af hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps jo lf nv je nk kn gs dy "
    "hy ze ks xt bs ik dd ".split()
)


def entropy(value: str) -> float:
    """Shannon's bits for each character."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values()) if total else 0.0


def unfilled(value: str) -> bool:
    """Whether a value is a variable, a template, a mark to be filled in, or a reference to where the secret is."""
    return bool(_UNFILLED.fullmatch(value) or _TEMPLATE.search(value))


def surely_said(value: str) -> bool:
    """Whether a value says of itself that it is an example or to be replaced, in words that no chance makes."""
    return bool(_SURELY_SAID.search(value))


def said(value: str) -> bool:
    """The same, in words that may stand in a password."""
    return bool(_SURELY_SAID.search(value) or _SAID.search(value))


def dummy(value: str) -> bool:
    """Whether a value is what everybody writes for a password."""
    return bool(_DUMMY.fullmatch(value)) and not guessable(value)


def guessable(value: str) -> bool:
    """Whether a value is a word that everybody tries first, with numbers to please a rule: ``Password123``."""
    return bool(_GUESSABLE.search(value))


def identifier(value: str) -> bool:
    """Whether a value is a UUID."""
    return bool(_UUID.fullmatch(value))


def version(value: str) -> bool:
    """Whether a value is a version, or a name with one: ``jackson-core-2.11.2``."""
    return bool(_VERSION.fullmatch(value))


def regular(value: str) -> bool:
    """Whether a value only repeats itself or counts: ``xxxx``, ``0000-0000``, ``1234567890123``, ``abcdefgh``."""
    plain = _main(value)
    if len(plain) < 6:
        return len(set(value)) <= 2
    if len(set(plain)) <= min(6, max(2, len(plain) // 9)):
        return True
    digits = sum(map(str.isdigit, plain)) / len(plain)
    return not 0.1 < digits < 0.9 and (repeating(plain) or counting(plain)) and len(_RUN.findall(value)) < 6


def counted(value: str) -> bool:
    """Whether a value counts in letters and digits, as people do who write an example: ``abcdef0123``, ``a1b2c3d4``."""
    plain = _main(value)
    return repeating(plain) or counting(plain) or counting(plain[::2] + plain[1::2])


def _main(value: str) -> str:
    """The letters and digits of a value, or of its one long part, in lower case."""
    longest = max(_SEPARATORS.split(value), key=len)
    return (longest if len(longest) > len(value) // 2 else _SEPARATORS.sub("", value)).lower()


def repeating(plain: str) -> bool:
    """Whether a value is one part again and again."""
    half = len(plain) // 2
    return any(plain.startswith(plain[size:]) for size in (*range(2, 13), 16, 20, 32, half) if 2 <= size <= half)


def counting(plain: str) -> bool:
    """Whether nearly every character is the one after, or before, its neighbour."""
    steps = len(plain) - 1
    return sum(plain[at : at + 2] in _NEXT for at in range(steps)) >= 0.8 * steps


def wordy(value: str) -> bool:
    """Whether a value reads as words, names or a path: ``my-cluster-2``, ``LeaderElectionConfig``, ``prod/db/main``."""
    runs = [run.lower() for run in _LETTERS.findall(value) if len(run) > 1]
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    ink = sum(map(str.isalnum, value))
    if not ink or len(pairs) < 0.4 * ink or _scattered(value, ink):
        return False
    return sum(pair in _PAIRS for pair in pairs) >= 0.66 * len(pairs)


def _scattered(value: str, ink: int) -> bool:
    """Whether numbers stand between the letters as they do in no name: a name has one at its end, or one a word."""
    numbers = len(_NUMBERS.findall(value))
    return numbers > 2 + ink // 16 or (numbers > 1 and ink == len(value))


def mixed(value: str) -> float:
    """How often the class of a character changes to the next: about 0.1 in words, 0.4 and more in random text."""
    return (sum(1 for _ in _RUN.finditer(value)) - 1) / max(1, len(value) - 1)


def random(value: str) -> bool:
    """Whether nobody could have thought this value up: digits among letters, no words, no order."""
    if not any(map(str.isdigit, value)) or not any(map(str.isalpha, value)):
        return len(value) >= 16 and value.isalpha() and entropy(value) >= 3.2 and not wordy(value)
    return entropy(value) >= min(3.3, 0.72 * math.log2(len(value))) and not wordy(value)
