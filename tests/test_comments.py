"""Inline waivers: which comments are some, what they say, and what they cover."""

import time
from textwrap import dedent
from typing import Any

import pytest

from runbook_lint import documents
from runbook_lint.documents import comments, markdown
from runbook_lint.model import Item

WHY = 'until=2027-01-31 owner=web reason="soon"'


def in_yaml(text: str) -> list[Item]:
    """The waivers of a YAML text."""
    return list(comments.in_yaml(text, "rules.yaml"))


def in_markdown(text: str) -> list[Item]:
    """The waivers of a markdown text."""
    page = markdown.read(text)
    code = [block.span for block in page.code] + page.inline_code
    return list(comments.in_markdown(text, "disk.md", code))


def covered(text: str, waivers: list[Item]) -> list[tuple[str, str]]:
    """The rules of each waiver, and the text that it covers."""
    return [(waiver.key, text[slice(*waiver.raw("covers"))].strip()) for waiver in waivers]


# --- YAML -------------------------------------------------------------------------------------------------------------

YAML: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "on the line": ("""
        - alert: A # runbook-lint: ignore[a/b]
          expr: x
        """, [("a/b", "- alert: A # runbook-lint: ignore[a/b]")]),
    "on the line above": ("""
        # runbook-lint: ignore[a/b]
        - alert: A
          expr: x
        """, [("a/b", "- alert: A")]),
    "stacked, with another comment and a blank line between": ("""
        # runbook-lint: ignore[a/b]
        # runbook-lint: ignore[c/d]
        # Why is this here?

        - alert: A
        """, [("a/b", "- alert: A"), ("c/d", "- alert: A")]),
    "several rules": ("""
        # runbook-lint: ignore[ a/b , c/d,e/f ]
        - alert: A
        """, [("a/b,c/d,e/f", "- alert: A")]),
    "no rules": ("""
        # runbook-lint: ignore
        - alert: A
        """, [("", "- alert: A")]),
    "at the end": ("""
        a: b
        # runbook-lint: ignore[a/b]
        """, [("a/b", "# runbook-lint: ignore[a/b]")]),
    "text in quotes is no comment": ("""
        a: "see # runbook-lint: ignore[a/b]"
        b: 'see
          # runbook-lint: ignore[a/b]'
        """, []),
    "text in a block is no comment": ("""
        a: |
          text
          # runbook-lint: ignore[a/b]
        b: >-
          # runbook-lint: ignore[a/b]
        # runbook-lint: ignore[c/d]
        c: 1
        """, [("c/d", "c: 1")]),
    "a comment in a block of alert rules is one": ("""
        data:
          rules.yaml: |
            # runbook-lint: ignore[a/b]
            - alert: A
              expr: "x # runbook-lint: ignore[c/d]"
        """, [("a/b", "- alert: A")]),
    "in a template": ("""
        {{ if .x }}
        # runbook-lint: ignore[a/b]
        - alert: {{ .name }}
          expr: "x # runbook-lint: ignore[c/d]"
        {{ end }}
        """, [("a/b", "- alert: {{ .name }}")]),
    "in a text that cannot be read": ("""
        # runbook-lint: ignore[a/b]
        - alert: [
        """, [("a/b", "- alert: [")]),
    "part of a word": ("a: b# runbook-lint: ignore[a/b]", []),
}  # fmt: skip


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(("text", "expected"), YAML.values(), ids=YAML.keys())
def test_in_yaml(text: str, expected: list[tuple[str, str]], line_end: str) -> None:
    text = dedent(text).replace("\n", line_end)
    assert covered(text, in_yaml(text)) == expected


def test_json_has_no_comments() -> None:
    assert in_yaml('{"a": "# runbook-lint: ignore[a/b]"}') == []


OPTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "all": (WHY, {"until": "2027-01-31", "owner": "web", "reason": "soon"}),
    "in any order": ("reason=soon owner=web", {"owner": "web", "reason": "soon"}),
    "single quotes": ("reason='do not \"wait\"'", {"reason": 'do not "wait"'}),
    "an apostrophe": ('reason="don\'t"', {"reason": "don't"}),
    "quotes inside quotes": (r'reason="say \"no\" # twice"', {"reason": 'say "no" # twice'}),
    "a quote that nobody closed": ('owner=web reason="soon ', {"owner": "web", "reason": "soon"}),
    "empty": ('owner= reason=""', {}),
    "blank": ('reason="  "', {}),
    "none": ("", {}),
}  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), OPTIONS.values(), ids=OPTIONS.keys())
@pytest.mark.parametrize("form", ["# runbook-lint: ignore[a/b] {}\na: 1", "<!-- runbook-lint-disable-file a/b {} -->"])
def test_options(form: str, options: str, expected: dict[str, str]) -> None:
    text = form.format(options)
    [waiver] = in_yaml(text) if text.startswith("#") else in_markdown(text)
    said: dict[str, Any] = {name: waiver.text(name) for name in ("until", "owner", "reason") if name in waiver.fields}
    assert said == expected
    assert waiver.key.split(",")[0] == "a/b"


def test_every_rule_has_its_own_place() -> None:
    text = "# runbook-lint: ignore[a/b-c, a/b] owner=a/b\nx: 1"
    [waiver] = in_yaml(text)
    assert [(rule.value, text[slice(*rule.span)], rule.start) for rule in waiver.raw("rules")] == [
        ("a/b-c", "a/b-c", 23),
        ("a/b", "a/b", 30),
    ]


# --- markdown ---------------------------------------------------------------------------------------------------------

MARKDOWN: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "the next line": ("""
        <!-- runbook-lint-disable-next-line a/b -->
        one
        two
        """, [("a/b", "one")]),
    "the same line": ("""
        one <!-- runbook-lint-disable-line a/b -->
        two
        """, [("a/b", "one <!-- runbook-lint-disable-line a/b -->")]),
    "the file": ("one <!-- runbook-lint-disable-file a/b -->", [("a/b", "one <!-- runbook-lint-disable-file a/b -->")]),
    "a pair": ("""
        <!-- runbook-lint-disable a/b -->
        one
        <!-- runbook-lint-enable a/b -->
        two
        """, [("a/b", "one")]),
    "a pair that nobody closed": ("""
        <!-- runbook-lint-disable a/b -->
        one

        two
        """, [("a/b", "one\n\ntwo")]),
    "a pair that closes all": ("""
        <!-- runbook-lint-disable a/b, c/d -->
        one
        <!-- runbook-lint-enable -->
        two
        """, [("a/b,c/d", "one")]),
    "a pair that is closed by its own rule only": ("""
        <!-- runbook-lint-disable a/b -->
        <!-- runbook-lint-enable c/d -->
        one
        <!-- runbook-lint-enable a/b -->
        """, [("c/d", ""), ("a/b", "<!-- runbook-lint-enable c/d -->\none")]),
    "two rules that end apart": ("""
        <!-- runbook-lint-disable a/b c/d -->
        one
        <!-- runbook-lint-enable a/b -->
        <!-- runbook-lint-enable c/d -->
        """, [("a/b", "one"), ("c/d", "one\n<!-- runbook-lint-enable a/b -->")]),
    "a pair in a pair": ("""
        <!-- runbook-lint-disable a/b -->
        <!-- runbook-lint-disable c/d -->
        two
        <!-- runbook-lint-enable c/d -->
        <!-- runbook-lint-enable a/b -->
        """, [("a/b", "<!-- runbook-lint-disable c/d -->\ntwo\n<!-- runbook-lint-enable c/d -->"), ("c/d", "two")]),
    "a comment over several lines": ("""
        <!-- runbook-lint-disable-next-line
             a/b
             owner=web -->
        one
        """, [("a/b", "one")]),
    "a form that does not exist covers nothing": ("""
        <!-- runbook-lint-disable-nextline a/b -->
        one
        """, [("", "")]),
    "a fence below, and one further below": ("""
        <!-- runbook-lint-disable-next-line a/b -->
        ```yaml
        one
        ```
        <!-- runbook-lint-disable-next-line a/b -->
        two `code`

        ```yaml
        three
        ```
        """, [("a/b", "```yaml\none\n```"), ("a/b", "two `code`")]),
    "a fence in a quote and one in a list": ("""
        > <!-- runbook-lint-disable-next-line a/b -->
        > ~~~
        > one
        > ~~~

        <!-- runbook-lint-disable-next-line c/d -->
        1. ```
           two
           ```
        """, [("a/b", "> ~~~\n> one\n> ~~~"), ("c/d", "1. ```\n   two\n   ```")]),
    "an end of nothing": ("""
        <!-- runbook-lint-enable a/b -->
        <!-- runbook-lint-disable a/b -->
        one
        """, [("a/b", ""), ("a/b", "one")]),
    "shown in code": ("""
        ```html
        <!-- runbook-lint-disable-file a/b -->
        ```
        Write `<!-- runbook-lint-disable-file a/b -->`.

            <!-- runbook-lint-disable-file a/b -->
        """, []),
    "a YAML comment in prose or in a fence without alert rules": ("""
        # runbook-lint: ignore[a/b]

        ```yaml
        # runbook-lint: ignore[a/b]
        a: b
        ```
        """, []),
    "a YAML comment in a fence with alert rules": ("""
        ```yaml
        # runbook-lint: ignore[a/b]
        - alert: A
          expr: "x # runbook-lint: ignore[c/d]"
        ```
        """, [("a/b", "- alert: A")]),
    "a YAML comment in a quoted fence": ("""
        > ```yaml
        > # runbook-lint: ignore[a/b]
        > - alert: A
        >   expr: x
        > ```
        """, [("a/b", "> - alert: A")]),
}  # fmt: skip


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("text", "expected"), MARKDOWN.values(), ids=MARKDOWN.keys())
def test_in_markdown(text: str, expected: list[tuple[str, str]], line_end: str) -> None:
    text = dedent(text).replace("\n", line_end)
    found = [(key, cover.replace(line_end, "\n")) for key, cover in covered(text, in_markdown(text))]
    assert found == expected


def test_a_comment_of_html_ends_at_its_first_end() -> None:
    [waiver] = in_markdown('<!-- runbook-lint-disable-file a/b reason="from --> to" -->')
    assert (waiver.key, waiver.text("reason")) == ("a/b", "from")


def test_a_waiver_is_an_item_of_every_kind_that_is_yaml() -> None:
    items = documents.read("alerts", f"- alert: A # runbook-lint: ignore[a/b] {WHY}\n  expr: x\n", "rules.yaml")
    assert [item.noun for item in items] == ["text", "alert", "waiver"]


def test_a_yaml_comment_in_front_matter_covers_its_line() -> None:
    text = "---\n# runbook-lint: ignore[a/b]\nowner: x\ntitle: y # runbook-lint: ignore[c/d]\n---\n# Disk\n"
    expected = [("a/b", "owner: x"), ("c/d", "title: y # runbook-lint: ignore[c/d]")]
    assert covered(text, in_markdown(text)) == expected
    text = text.replace("\n", "\r\n")
    assert covered(text, in_markdown(text)) == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# runbook-lint: ignroe[a/b] {}", "runbook-lint: ignroe"),
        ("# runbook-lint: ignored[a/b] {}", "runbook-lint: ignored"),
        ("# runbook-lint: [a/b] {}", "runbook-lint: "),
        ("# runbook-lint-disable-next-line a/b {}", "runbook-lint-disable-next-line"),
        ("<!-- runbook-lint-disable-nextline a/b {} -->", "runbook-lint-disable-nextline"),
        ("<!-- runbook-lint-Disable a/b {} -->", "runbook-lint-Disable"),
        ("<!-- runbook-lint- disable a/b {} -->", "runbook-lint-"),
        ("<!-- runbook-lint: ignore[a/b] {} -->", "runbook-lint: ignore"),
    ],
)
def test_an_unknown_form_is_kept_and_names_nothing(text: str, form: str) -> None:
    [waiver] = in_yaml(text.format(WHY)) if text.startswith("#") else in_markdown(text.format(WHY))
    assert (waiver.raw("form"), waiver.raw("rules"), waiver.text("owner")) == (form, [], "")


@pytest.mark.parametrize(
    "text", ["# see runbook-lint for more", "# runbook-lint-cache is not kept", "# runbook-linting"]
)
def test_what_only_speaks_of_the_tool_is_no_waiver(text: str) -> None:
    assert in_yaml(text) == []
    assert in_markdown(f"<!-- {text} -->") == []


def test_attributes_that_are_strange_or_given_twice() -> None:
    [waiver] = in_yaml('# runbook-lint: ignore[a/b] team="a b=c" owner=x until=1 owner=y\nx: 1')
    assert (waiver.raw("strange"), waiver.raw("twice"), waiver.key) == (["team"], ["owner"], "a/b")


HOSTILE = [
    "a-" * 100,
    "<!-- runbook-lint-disable-a-a-a-a a=b --> runbook-lint-",
    "<!-- runbook-lint-disable-next-line a/b " + "a-" * 30,
    "---\n# runbook-lint: ignroe[a/b] a=b\n",
    "<!-- runbook-lint-disable a/b\n",
    "<!-- runbook-lint-disable a/b -->\n",
    "<!-- runbook-lint-disable-line a/b -->",
    "<!-- runbook-lint-enable a/b -->\n",
    "# runbook-lint: ignore[a/b\n",
    'x: y # runbook-lint: ignore[a/b] reason="\n',
]


@pytest.mark.parametrize("line", HOSTILE)
def test_many_comments_take_no_more_than_their_length(line: str) -> None:
    text = line * 10_000
    start = time.process_time()
    list(comments.in_markdown(text, "disk.md", []))
    list(comments.in_yaml(text, "rules.yaml"))
    assert time.process_time() - start < 10
