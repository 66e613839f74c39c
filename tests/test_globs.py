"""Path patterns of the configuration, and CODEOWNERS."""

import time

import pytest

from runbook_lint import globs
from runbook_lint.checks.owners import codeowners as owners_by
from runbook_lint.documents import codeowners


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        # A name is itself, and if it is a folder all below it.
        ("docs/disk.md", "docs/disk.md", True),
        ("docs/disk.md", "old/docs/disk.md", False),
        ("/docs/disk.md", "docs/disk.md", True),
        ("vendor", "vendor/a/b.md", True),
        ("vendor/", "vendor/a/b.md", True),
        ("vendor/", "vendor", False),
        ("vendor", "vendors/a.md", False),
        # A star and a question mark stay inside a folder.
        ("docs/*.md", "docs/disk.md", True),
        ("docs/*.md", "docs/old/disk.md", False),
        ("docs/*", "docs/old/disk.md", False),
        ("*.md", "docs/disk.md", False),
        ("d?sk.md", "disk.md", True),
        ("docs?disk.md", "docs/disk.md", False),
        ("*a*b*c", "xaxbxbxc", True),
        ("*a*b", "ba", False),
        # Two stars between slashes cross folders, none included; elsewhere they are one.
        ("**/*.md", "disk.md", True),
        ("**/*.md", "a/b/disk.md", True),
        ("docs/**", "docs/a/b", True),
        ("docs/**", "docs", False),
        ("docs/**/x/*.md", "docs/x/a.md", True),
        ("docs/**/x/*.md", "docs/x/y/x/a.md", True),
        ("docs/**/x/*.md", "docs/x/y/a.md", False),
        ("a/**/b/**/c", "a/b/b/x/c", True),
        ("a/**/**/c", "a/c", True),
        ("**", "a/b", True),
        ("**/node_modules", "a/node_modules/b/c.md", True),
        ("docs/**.md", "docs/a/b.md", False),
        # Sets, alternatives and escapes; what is none of these is text.
        ("[ab].md", "a.md", True),
        ("[!ab].md", "a.md", False),
        ("[^ab].md", "c.md", True),
        ("[!a]b", "/b", False),
        ("[z-a].md", "[z-a].md", True),
        ("[.md", "[.md", True),
        ("a[]].md", "a[]].md", True),
        ("*.{yaml,yml}", "a.yml", True),
        ("{docs,ops/**}/*.md", "ops/a/b.md", True),
        ("{docs}/*.md", "{docs}/b.md", True),
        (r"\*.md", "*.md", True),
        (r"\*.md", "a.md", False),
        ("a+b (1).md", "a+b (1).md", True),
        # Exact in case, and any character may be in a name.
        ("Docs/*", "docs/a", False),
        ("docs/*", "docs/a\nb", True),
    ],
)
def test_pattern(pattern: str, path: str, expected: bool) -> None:
    assert globs.matches(path, [pattern]) is expected


@pytest.mark.parametrize("pattern", ["*a" * 40 + "b", "**/a*/" * 30 + "b", "**/" * 50 + "x", "{a,b}" * 40, "[" * 500])
def test_no_pattern_is_slow(pattern: str) -> None:
    start = time.process_time()
    globs.matches("a" * 200 + "/" + "a/" * 300 + "c", [pattern])
    assert time.process_time() - start < 10


def owners(text: str, path: str) -> list[str]:
    """Who owns a path by a CODEOWNERS text."""
    return list(owners_by(codeowners.read(text, "CODEOWNERS"))(path))


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        # The last line that matches wins, also one without owners.
        ("* @all\n*.md @docs\n", "a/b.md", ["@docs"]),
        ("*.md @docs\n* @all\n", "a/b.md", ["@all"]),
        ("* @all\n/docs/old\n", "docs/old/a.md", []),
        # Without a slash inside at any depth, with one only from the root.
        ("disk.md @a\n", "docs/disk.md", ["@a"]),
        ("/disk.md @a\n", "docs/disk.md", []),
        ("docs/disk.md @a\n", "old/docs/disk.md", []),
        ("/* @a\n", "disk.md", ["@a"]),
        ("/* @a\n", "docs/disk.md", []),
        # A folder means all below it; `docs/*` only what is directly in it.
        ("runbooks/ @a\n", "ops/runbooks/x/disk.md", ["@a"]),
        ("/runbooks/ @a\n", "ops/runbooks/disk.md", []),
        ("/runbooks @a\n", "runbooks/x/disk.md", ["@a"]),
        ("docs/* @a\n", "docs/disk.md", ["@a"]),
        ("docs/* @a\n", "docs/old/disk.md", []),
        ("**/logs @a\n", "a/b/logs/c.md", ["@a"]),
        ("/docs/**/disk.md @a\n", "docs/disk.md", ["@a"]),
        # Several owners, comments, escaped spaces, blank lines, CRLF.
        ("* @a b@example.com # and a word\r\n", "x.md", ["@a", "b@example.com"]),
        ("# * @a\n\n  \n", "x.md", []),
        ("docs/disk\\ full.md @a\n", "docs/disk full.md", ["@a"]),
        ("docs/disk full.md @a\n", "docs/disk", ["full.md", "@a"]),
        # GitLab: each section counts for itself, and its owners hold for the lines that name none.
        ("[Docs]\n*.md @docs\n[Ops]\n/runbooks/ @ops\n", "runbooks/a.md", ["@docs", "@ops"]),
        ("^[Docs][2] @docs\n*.md\n*.txt @text\n", "a.md", ["@docs"]),
        ("^[Docs][2] @docs\n*.md\n*.txt @text\n", "a.txt", ["@text"]),
        ("[Docs]\n* @a\n[docs]\n*.md @b\n", "a.md", ["@b"]),
    ],
)
def test_codeowners(text: str, path: str, expected: list[str]) -> None:
    assert owners(text, path) == expected


def test_of_two_codeowners_files_the_forge_reads_one() -> None:
    lines = [*codeowners.read("* @root\n", "CODEOWNERS"), *codeowners.read("* @github\n", ".github/CODEOWNERS")]
    assert owners_by(lines)("a.md") == ("@github",)
