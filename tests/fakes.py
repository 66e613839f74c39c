"""Fake secrets: those of the packs' examples, and a few by hand. Their halves meet only when the tests run."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from runbook_lint import packs, rulebook
from runbook_lint.config import Config
from runbook_lint.model import Rule
from runbook_lint.secrets import judgement
from runbook_lint.secrets.scanner import Scanner

# What people think up, what a provider gives out, what only a machine makes.
PASSWORD = "kR8wq2-" + "Vt0pL"
TOKEN = "dop_v1_" + "b9c4f0d17a3e4c52a1d86f0e93b7c2d5" + "5e8f1a6b0c9d4e7f2a3b8c1d6e5f4a90"
RANDOM = "q7Vb2xKdZp9" + "Xw4RtLs8Yh3Jm5Nc1Fd6G"
KEY = ("MIIEowIBAAKCAQEAq7BF" + "UpkGp3LQmlQmYx", "EqsxnVTuEt5sQNpWkwdb" + "WlPZtcQ2X0xz")
BEGIN, END = "-----BEGIN RSA " + "PRIVATE KEY-----", "-----END RSA " + "PRIVATE KEY-----"


class Example(NamedTuple):
    """A piece of text of a pack with a secret in it; ``before`` and ``after`` are the rest of it."""

    name: str
    before: str
    secret: str
    after: str

    @property
    def rule(self) -> str:
        """The rule that it is an example of."""
        return self.name.rpartition("-")[0]

    @property
    def text(self) -> str:
        """The whole piece."""
        return self.before + self.secret + self.after


class Placed(NamedTuple):
    """A file and where in it the secret starts and ends."""

    text: str
    start: int
    end: int


@cache
def entries() -> list[dict[str, Any]]:
    """The entries of the pack of secrets."""
    return [entry for entry in packs.full_entries() if entry["id"].startswith("secret/")]


@cache
def rules() -> list[Rule]:
    """All shipped rules for secrets, as they are by default."""
    return rulebook.load("", Config(), ["secret"])


@cache
def bad() -> list[Example]:
    """The bad examples that are a piece of text."""
    pieces = ((entry["id"], number, piece) for entry in entries() for number, piece in enumerate(_pieces(entry, "bad")))
    return [Example(f"{rule}-{number}", *_parts(piece)) for rule, number, piece in pieces]


@cache
def good() -> list[tuple[str, str]]:
    """The good examples that are a piece of text, each with its rule."""
    return [(entry["id"], piece) for entry in entries() for piece in _pieces(entry, "good")]


def in_fence(before: str, secret: str = "", after: str = "") -> Placed:
    """In a code fence of a runbook."""
    return _between("# Disk full\n\n## Steps\n\n```text\n", before, secret, after, "\n```\n\nThen wait.\n")


def in_prose(before: str, secret: str = "", after: str = "") -> Placed:
    """As a paragraph of a runbook."""
    return _between("# Disk full\n\n## Steps\n\nDo this first.\n\n", before, secret, after, "\n\nThen wait.\n")


def in_annotation(before: str, secret: str = "", after: str = "") -> Placed:
    """In an annotation of an alert, as a block."""
    opening = "- alert: DiskFull\n  expr: disk_free < 1\n  annotations:\n    description: |\n      "
    before, secret, after = (re.sub(r"\n(?!\n|$)", "\n      ", part) for part in (before, secret, after))
    return _between(opening, before, secret, after, "\n    summary: The disk is full.\n")


# The three places in which the tool is measured.
PLACEMENTS: dict[str, tuple[str, Callable[..., Placed]]] = {
    "fence": ("runbooks/{}.md", in_fence),
    "prose": ("runbooks/{}.md", in_prose),
    "annotation": ("alerts/{}.yaml", in_annotation),
}


@cache
def scanner() -> Scanner:
    """All shipped rules over a text, but for manifests."""
    return Scanner([whole(entry) for entry in entries() if isinstance(entry["must"], dict)])


def whole(entry: dict[str, Any]) -> dict[str, Any]:
    """All options that an entry gives to its check."""
    (given,) = entry["must"].values()
    absent = {"token": "", "pattern": "", "keywords": (), "anchored": False, "names": (), "called": "", "kind": "token"}
    published = [each.replace("(+)", "") for each in given.get("published", ())]
    return {**absent, **given, "published": published}


def scanned(text: str) -> list[str]:
    """The secrets that all rules together find in a text, each with ``?`` behind it where it is only likely."""
    return [text[slice(*hit.span)] + "?" * (hit.verdict == judgement.WEAK) for hit in scanner().scan(text)]


def _between(opening: str, before: str, secret: str, after: str, ending: str) -> Placed:
    start = len(opening + before)
    return Placed(opening + before + secret + after + ending, start, start + len(secret))


def _pieces(entry: dict[str, Any], kind: str) -> list[str]:
    return [each[kind].replace("(+)", "") for each in entry["examples"] if isinstance(each.get(kind), str)]


def _parts(piece: str) -> tuple[str, str, str]:
    before, _, rest = piece.partition("«")
    secret, _, after = rest.partition("»")
    return before, secret, after
