"""Web addresses in plain text: GitHub Flavored Markdown, "Autolinks (extension)"."""

import pytest

from runbook_lint.documents import markdown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://example.com.", ["https://example.com"]),
        ("see https://example.com/a_b_c, or", ["https://example.com/a_b_c"]),
        ("(https://example.com/a)", ["https://example.com/a"]),
        ("https://example.com/a(b)", ["https://example.com/a(b)"]),
        ("https://example.com/a(b))).", ["https://example.com/a(b)"]),
        ("**https://example.com/a**", ["https://example.com/a"]),
        ("https://example.com/a?b=c&amp;", ["https://example.com/a?b=c"]),
        ("https://example.com/a;", ["https://example.com/a"]),
        ("https://example.com/<b>", ["https://example.com/"]),
        ("www.example.com/a!", ["http://www.example.com/a"]),
        ("http://localhost:9090/graph", ["http://localhost:9090/graph"]),
        ("http://prometheus:9090/x", ["http://prometheus:9090/x"]),
        ("ftp://example.com", ["ftp://example.com"]),
        ("# https://example.com/a", ["https://example.com/a"]),
        ("| https://example.com/a | b |\n|---|---|\n", ["https://example.com/a"]),
        ("Please see\n[x]: https://example.com/a\n", ["https://example.com/a"]),
        ("ahttps://example.com", []),
        ("https://a_b.example_com", []),
        ("xwww.example.com", []),
        ("https:// example.com", []),
        ("`https://example.com`", []),
        ("    https://example.com", []),
        ("```\nhttps://example.com\n```", []),
        ("<!-- https://example.com -->", []),
        ("[x]: https://example.com", []),
    ],
)
def test_what_github_links(text: str, found: list[str]) -> None:
    assert [link.target for link in markdown.read(text).links] == found


def test_what_is_a_link_already_is_not_linked_again() -> None:
    text = "[https://a.example](https://b.example) <https://c.example> ![https://d.example](e.png)\n"
    assert [link.target for link in markdown.read(text).links] == [
        "https://b.example",
        "https://c.example",
        "e.png",
    ]
