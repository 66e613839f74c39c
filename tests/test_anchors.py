"""What may stand after ``#`` in a link: slugs as GitHub makes them, and written ids."""

import pytest

from runbook_lint.documents import anchors, markdown


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Simple Heading", "simple-heading"),
        ("What's up?  Doc", "whats-up--doc"),
        ("snake_case & more", "snake_case--more"),
        ("A — B", "a--b"),
        ("1.2.3 Release", "123-release"),
        ("🚀 Launch", "-launch"),
        ("⚠️ Warning", "\ufe0f-warning"),
        ("日本語 の 見出し", "日本語-の-見出し"),
        ("Größe", "größe"),
        ("हिन्दी", "हिन्दी"),
        ("x² + y½", "x--y"),
        (":rocket: Go", "rocket-go"),
    ],
)
def test_slugs_are_those_of_github(heading: str, slug: str) -> None:
    assert anchors.slug(heading) == slug


def test_code_and_links_count_by_their_words() -> None:
    page = markdown.read("# Use `kubectl get` and [the docs](x) *now*\n")
    assert list(page.anchors) == ["use-kubectl-get-and-the-docs-now"]


def test_repeated_headings_are_numbered() -> None:
    page = markdown.read("# A\n# A\n# a!\n# A-1\n")
    assert list(page.anchors) == ["a", "a-1", "a-2", "a-1-1"]


@pytest.mark.parametrize("heading", ["# Disk {#full}", "# Disk {: #full}", "# Disk {#full .big}", "Disk {#full}\n==="])
def test_a_written_id_is_no_part_of_the_heading(heading: str) -> None:
    page = markdown.read(f"{heading}\n")
    assert page.anchors == {"full": "Disk", "disk": "Disk"}
    assert page.headings[0].text == "Disk"
    assert heading[slice(*page.headings[0].span)] == "Disk"


@pytest.mark.parametrize(
    "html",
    [
        '<a id="Full"></a>',
        "<a name='full'></a>",
        "<a class=x ID=full>",
        '<h2\n  class="x"\n  id="full">',
        'text <span id="full">x</span>',
    ],
)
def test_ids_in_html(html: str) -> None:
    assert "full" in markdown.read(f"{html}\n").anchors


@pytest.mark.parametrize(
    "html", ['<!-- <a id="full"> -->', '`<a id="full">`', '<a data-id="full">', "```\n<a id=full>\n```"]
)
def test_what_is_no_anchor(html: str) -> None:
    assert markdown.read(f"{html}\n").anchors == {}
