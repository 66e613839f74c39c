"""The structure of markdown, held against markdown-it-py, and the places of all that was found."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll

from runbook_lint.documents import markdown, offsets
from runbook_lint.places import Lines

AUTHORITY = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Destinations as they are meant, not as they are encoded for HTML; none is refused.
AUTHORITY.normalizeLink = lambda url: url  # type: ignore[method-assign]
AUTHORITY.validateLink = lambda url: True  # type: ignore[method-assign]

TORTURE = [
    "# One\n\n## Two ##\n\n####### no heading\n\n#no heading\n\n### *Three* `code` [link](x) ![image](y)\n",
    "Title\n===\n\nSub\ntitle\n---\n\npara\n\n---\n",
    "> # In a quote\n> text\n\n- # In a list\n  - ## Deeper\n\n1. ### Numbered\n",
    "```sh\n# no heading\n```\n\n# Heading\n",
    "````md\n```\n# no heading\n```\n````\n# Heading\n",
    "~~~\n```\n~~~\n# Heading\n",
    "# Before\n```\n# never closed\n\n[no](link)\n",
    "- item\n\n  ```yaml\n  a: b\n\n  c: d\n  ```\n\n> ```\n> quoted\n> ```\n",
    "para\n\n    # indented code\n\n    [no](link)\n\npara\n    no code\n",
    '```yaml {.line-numbers} title="x"\na\n```\n',
    "```\ncode\n```\t\n# Heading after a tab\n",
    "[inline](a.md) [angles](<b c.md>) [title](d.md \"Title [x](y)\") [empty]() ![img](e.png 'T')\n",
    '[full][ref] [ref][] [ref] [Ref] [none]\n\n[ref]: /target "Title"\n[unused]: /other\n',
    "Please see\n[this is no definition]: https://example.com/x\n",
    "[![badge](https://example.com/b.svg)](https://example.com/a)\n",
    "<https://example.com/a?b=c&d=e> <mailto:a@example.com>\n",
    "\\[no](x) [a\\](b) [p(a)r](x(y)z) [esc](a\\_b.md) [ent](a&amp;b.md)\n",
    "`[no](link)` ``` `` [no](x) ` ``` *[yes](z)*\n",
    "| a | b |\n|---|---|\n| [x](y) | `p \\| q` |\n| # no heading | \\| |\n",
    "<div>\n\n# Heading\n\n</div>\n\n<div>\n# no heading\n[no](x)\n</div>\n",
    "<!-- # no heading\n\n[no](x)\n-->\n\n# Heading <!-- note --> end\n",
    "<details><summary>More</summary>\n\n## Inside\n\n</details>\n",
    "{{< note >}}\n# Heading\n{{< /note >}}\n\n{{% x %}} [yes](x)\n",
    "# Größe 😀 日本\n\n[Übersicht](größe.md) `é` [x](y)\n\n```é\nü\n```\n",
    "# Heading\\\n# Two\\\\\n\nSetext\\\nbreak\n===\n",
    "* * *\n_ _ _\n- - -\n# A\n#\n##\n",
    "- [ ] task [x](y)\n- [x] done\n",
    "~~[struck](x)~~\n\n# ~~Old~~ new\n",
    "1) a\n2) b\n\n   # in two\n",
    "",
    "\n\n\n",
    "#",
]
PIECES = [
    "# ", "## ", "a", "b c", "\n", "\n\n", "> ", "- ", "1. ", "    ", "  ", "```", "`", "``", "*", "**", "_", "[", "]",
    "(", ")", "](", "[x](y)", "![i](j.png)", "[x]", "\n\n[x]: /u 't'\n\n", "</a>", "-->", "<div>", "<http://a.b>",
    "---", "\n---\n", "\n===\n", "é", "日", "😀", "\\", "&amp;", "{{< x >}}", '"', "'", "<", ">",
    "```yaml\n", "\n```\n",
]  # fmt: skip


def told(token: Any) -> Iterator[str]:
    """The words of an inline token."""
    if token.type in ("text", "code_inline"):
        yield token.content
    if token.type in ("softbreak", "hardbreak"):
        yield " "
    for child in token.children or ():
        yield from told(child)


def targets(token: Any) -> Iterator[str]:
    """The destinations of an inline token."""
    if token.type in ("link_open", "image"):
        yield token.attrs["href" if token.type == "link_open" else "src"]
    for child in token.children or ():
        yield from targets(child)


def authority(text: str) -> tuple[list[Any], list[Any], list[str]]:
    """Headings, code blocks and link targets as markdown-it-py reads them."""
    tokens = AUTHORITY.parse(text)
    headings: list[Any] = []
    code: list[Any] = []
    links: list[str] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        if token.type == "heading_open":
            assert following is not None
            headings.append(((token.map or [0])[0] + 1, int(token.tag[1]), "".join(told(following)).strip()))
        elif token.type in ("fence", "code_block"):
            code.append(((token.map or [0])[0] + 1, unescapeAll(token.info).strip(), token.content.rstrip()))
        elif token.type == "inline":
            links.extend(targets(token))
    return headings, code, sorted(links)


def ours(text: str) -> tuple[list[Any], list[Any], list[str]]:
    """The same as we read them; links that only GitHub makes are left out."""
    page, lines = markdown.read(text), Lines(text)
    headings = [(lines.position(each.start)[0], each.level, each.text) for each in page.headings]
    code = [(lines.position(each.span.start)[0], each.info, content(text, each)) for each in page.code]
    inside = [link for link in page.links if link.whole not in page.html and not is_bare(text, link)]
    return headings, code, sorted(link.target for link in inside)


def is_bare(text: str, link: markdown.Link) -> bool:
    return link.whole == link.span and text[link.whole.start] not in "[!<"


def content(text: str, code: markdown.Code) -> str:
    return re.sub(r"\r\n?", "\n", "".join(text[part.start : part.end] for part in code.parts)).rstrip()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("text", TORTURE, ids=lambda text: text[:20])
def test_torture_texts_are_read_as_markdown_it_reads_them(text: str, end: str) -> None:
    text = text.replace("\n", end)
    assert ours(text) == authority(text)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_texts_of_pieces_are_read_as_markdown_it_reads_them(text: str) -> None:
    # `[[]]` is no link label (CommonMark, section 6.3), so the reference before it stands alone; markdown-it drops it.
    assume("][[" not in text)
    text = f"\n{text}"
    assert ours(text) == authority(text)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*PIECES, "\r\n", "\r", "\t", "|", "\n|-|-|\n", "<!--", "{#id}", "\0"]) | st.text(max_size=3)
    )
)
def test_places_hold_what_was_said(pieces: list[str]) -> None:
    text = "".join(pieces)
    page = markdown.read(text)
    for link in page.links:
        assert 0 <= link.whole.start <= link.span.start <= link.span.end <= link.whole.end <= len(text)
        said = text[link.span.start : link.span.end]
        assert link.target in (said, f"mailto:{said}", f"http://{said}") or link.span == link.whole or "&" in said
    for heading in page.headings:
        assert heading.start <= heading.span.start <= heading.span.end <= heading.end <= len(text)
    for code in page.code:
        assert all(code.span.start <= part.start <= part.end <= code.span.end for part in code.parts)
    for span in (*page.inline_code, *page.html, *(cell for row in page.rows for cell in row.cells)):
        assert 0 <= span.start <= span.end <= len(text)


def test_a_destination_is_found_where_it_stands() -> None:
    text = "é [a.md](a.md \"see a.md\") [b](<b c.md>) <https://x.example> ![😀](c.png 'T') [d](d\\_.md)\n"
    places = [text[link.span.start : link.span.end] for link in markdown.read(text).links]
    assert places == ["a.md", "b c.md", "https://x.example", "c.png", "[d](d\\_.md)"]
    assert markdown.read(text).links[0].span.start == text.index("(a.md") + 1


def test_a_reference_is_placed_where_it_is_used() -> None:
    text = "See [the page][p].\n\n[p]: /page.md\n"
    (link,) = markdown.read(text).links
    assert (link.target, text[link.span.start : link.span.end]) == ("/page.md", "[the page][p]")


def test_a_heading_is_placed_at_its_words() -> None:
    text = "## The *big* `disk` ##\n\nTwo\nlines\n---\n"
    places = [text[each.span.start : each.span.end] for each in markdown.read(text).headings]
    assert places == ["The *big* `disk`", "Two\nlines"]


def test_pieces_of_code_leave_out_the_marks_around_them() -> None:
    text = "> - ```yaml\n>   a: 1\n>\n>   b: 2\n>   ```\n"
    (code,) = markdown.read(text).code
    assert content(text, code) == "a: 1\n\nb: 2"


def test_tables_have_rows_and_a_head() -> None:
    text = "| a | b |\n|---|---|\n| `p \\| q` | é |\n"
    page = markdown.read(text)
    cells = [[text[cell.start : cell.end].strip() for cell in row.cells] for row in page.rows]
    assert cells == [["a", "b"], ["`p \\| q`", "é"]]
    assert [row.head for row in page.rows] == [True, False]


class TestFrontMatter:
    """Between marks at the very beginning; CommonMark knows none."""

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize(("begin", "close"), [("---", "---"), ("---", "..."), ("+++", "+++"), ("--- ", "---\t")])
    def test_its_content_and_its_marks(self, begin: str, close: str, end: str) -> None:
        text = end.join([begin, "title: x", "# comment", close, "# Heading", ""])
        page = markdown.read(text)
        assert page.front is not None
        assert text[page.front.start : page.front.end] == f"title: x{end}# comment{end}"
        assert text[page.front_whole.start : page.front_whole.end] == end.join([begin, "title: x", "# comment", close])
        assert [heading.text for heading in page.headings] == ["Heading"]
        assert Lines(text).position(page.headings[0].start) == (5, 1)

    @pytest.mark.parametrize(
        "text",
        [
            "---\ntitle: x\n# Heading\n",  # not closed
            "\n---\ntitle: x\n---\n# Heading\n",  # not at the beginning
            "---\n\n# Heading\n\n---\n",  # a rule
            "---\nThis text begins with a rule.\n\n# Heading\n\n---\n",
            "----\ntitle: x\n----\n# Heading\n",
            "+++\ntitle = 1\n---\n# Heading\n",
        ],
    )
    def test_what_is_none(self, text: str) -> None:
        page = markdown.read(text)
        assert page.front is None
        assert page.headings[-1].text == "Heading"

    def test_an_empty_one(self) -> None:
        page = markdown.read("---\n---\n# Heading\n")
        assert page.front == (4, 4)
        assert len(page.headings) == 1

    def test_a_rule_inside_of_a_value_does_not_end_it(self) -> None:
        text = "---\nnote: a --- b\n ---: c\n---\n"
        page = markdown.read(text)
        assert page.front is not None
        assert page.front.end == text.rindex("---")


class TestHtml:
    """Links and blocks of HTML."""

    def test_links_and_images(self) -> None:
        text = '<p>\n<a\nhref="a.md?x&amp;y">A</a> <img src=\'b.png\' data-src="no">\n</p>\n\n<!-- <a href="no"> -->\n'
        links = markdown.read(text).links
        assert [(link.target, link.image) for link in links] == [("a.md?x&y", False), ("b.png", True)]
        assert text[links[1].span.start : links[1].span.end] == "b.png"

    def test_a_comment_over_several_lines_is_one_block(self) -> None:
        text = "<!-- one\n\ntwo -->\n\nx <!-- a\nb --> y\n"
        spans = markdown.read(text).html
        assert [text[span.start : span.end].strip() for span in spans] == ["<!-- one\n\ntwo -->", "<!-- a\nb -->"]


def test_a_footnote_is_no_link() -> None:
    assert markdown.read("See[^1].\n\n[^1]: word\n").links == []


def test_an_alert_of_github_is_no_link() -> None:
    assert markdown.read("> [!NOTE]\n> text\n\n[!note]: x\n").links == []


@given(st.text())
def test_offsets_are_those_of_characters(text: str) -> None:
    at = offsets.characters(text)
    size = 0
    for index, letter in enumerate(text):
        assert at(size) == index
        size += len(letter.encode())
    assert at(size) == len(text)


MILLION = 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        *(piece * (MILLION // len(piece)) for piece in (
            "[", "*", "<", "`", "_", "](", "![", "[a](", "<a ", "<!--", "<a id ", "> ", "- ", "# ", "|", "a|", "~",
            "\\", "&", "\r", "\t", "é[", "{#a", "www.", "http://a", "[a]: b\n", "+++\n",
        )),
        "a" * 10 * MILLION,
        "# a" + " " * MILLION + "b",
        "# a {#" + "a" * MILLION + "}}",
        "a" + "\t" * MILLION + "b",
        "https://a.example/" + ")" * MILLION,
        "https://a.example/" + "&amp;" * 200_000,
        "[a](b" + " " * MILLION + ")",
        "![" * 100_000 + "a" + "](b\\_)" * 100_000,
        "---\n" + "--- x\n" * 150_000,
        "---\n" + "\n" * MILLION,
        "".join("`" * size + " " for size in range(1, 1400)),
        "<p>" + "<a id=" * 150_000,
    ],
    ids=lambda text: ascii(text[:12]),
)  # fmt: skip
def test_hostile_texts_take_no_more_than_linear_time(text: str) -> None:
    began = time.process_time()
    markdown.read(text)
    assert time.process_time() - began < 5 * len(text) / MILLION + 5
