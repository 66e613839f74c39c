"""What a runbook says of itself, in each of the ways that people write it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lint.documents import metadata, runbook
from runbook_lint.model import Span


def said(text: str) -> dict[str, object]:
    """The metadata of a runbook by our names."""
    fields = runbook.read(text, "runbook.md")[0].fields
    return {name.removeprefix("metadata."): each.value for name, each in fields.items() if name.startswith("metadata.")}


def written(text: str, name: str) -> str:
    """The part of the source that is marked as the value."""
    return text[slice(*runbook.read(text, "runbook.md")[0].fields[f"metadata.{name}"].span)]


@pytest.mark.parametrize(
    "line",
    [
        "**Owner**: SRE",
        "**Owner:** SRE",
        "**Owner: SRE**",
        "__Owner__: SRE",
        "- **Owner**: SRE",
        "* **Owner**: SRE.",
        "1. **Owner**: SRE",
        "> **Owner:** SRE",
        "Owner: SRE",
        "- Owner: SRE",
        "_Owner: SRE_",
        "*Owner: SRE*",
        "owner: SRE",
        "Owning team: SRE",
        "Runbook owner: `SRE`",
        "**Owner**: **SRE**",
        "**Owner**: SRE  ",
        "**Owner**: SRE\\",
        "**Owner**: SRE<br>",
        "**Owner**: SRE <!-- since May -->",
        "**Owner**: [SRE](https://example.com/teams/sre)",
        "**Owner**: [SRE][teams]",
        "Owner: SRE,",
        "**Status**: live | **Owner**: SRE | **Severity**: P1",
        "**Owner**: SRE · **Severity**: P1",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_owner_in_a_line_of_prose(line: str, end: str) -> None:
    text = end.join(["# Disk full", "", line, "", "## Steps", ""])
    assert said(text)["owner"] == "SRE"
    assert written(text, "owner") == "SRE"


@pytest.mark.parametrize(
    "table",
    [
        "| Key | Value |\n|---|---|\n| Owner | SRE |\n| Service | disks |\n",
        "| **Owner** | `SRE` |\n|---|---|\n| Last reviewed | 2026-01-02 |\n",
        "| | |\n|---|---|\n| **Owner:** | [SRE](https://example.com) |\n",
        "| Owner | Last reviewed |\n|---|---|\n| SRE | 2026-01-02 |\n",
        "| Service | Owner | Severity |\n|---|---|---|\n| disks | SRE | P1 |\n",
        "| Owner | SRE |\n|---|---|\n",
    ],
)
def test_an_owner_in_a_table(table: str) -> None:
    text = f"# Disk full\n\n{table}"
    assert said(text)["owner"] == "SRE"
    assert written(text, "owner") == "SRE"


@pytest.mark.parametrize(
    "table",
    [
        "| Severity | Meaning |\n|---|---|\n| P1 | all is down |\n| P2 | some is down |\n",
        "| Owner | Part |\n|---|---|\n| a | disks |\n| b | nets |\n",
        "| Alert | Owner |\n|---|---|\n| Down | a |\n| Slow | b |\n",
    ],
)
def test_a_table_of_other_things_says_nothing_of_the_document(table: str) -> None:
    assert said(f"# Disk full\n\n{table}") == {}


def test_front_matter_wins_over_prose_and_the_first_over_the_second() -> None:
    text = "---\nowner: a\n---\n# Disk full\n\n**Owner**: b\n\n**Severity**: P1\n\n**Severity**: P2\n"
    assert said(text) == {"owner": "a", "severity": "P1"}


def test_front_matter_in_yaml() -> None:
    text = (
        "---\ntitle: Disk full\nlast_reviewed_on: 2026-01-02\nreview_in: 6 months\nowner_team: storage\n"
        "params:\n  severity: P1\nrunbook_id: ops.disk.full\nunknown: x\n---\n# Disk full\n"
    )
    assert said(text) == {
        "title": "Disk full",
        "last_reviewed_at": "2026-01-02",
        "review_in": "6 months",
        "owner": "storage",
        "severity": "P1",
        "runbook_id": "ops.disk.full",
    }


def test_several_owners_are_one_text() -> None:
    assert said("---\nowners: [sre, storage]\n---\n# Disk full\n")["owner"] == "sre, storage"


@pytest.mark.parametrize(
    ("written_date", "date"), [("02/09/2026", "2026-02-09"), ("2/9/2026", "2026-02-09"), ("2026-02-09", "2026-02-09")]
)
def test_the_date_of_microsoft_learn_has_its_month_first(written_date: str, date: str) -> None:
    text = f"---\nms.date: {written_date}\n---\n# Disk full\n"
    assert runbook.read(text, "runbook.md")[0].text("last_reviewed_at") == date
    assert written(text, "last_updated_at") == written_date


def test_a_date_of_another_key_stays_as_it_is_written() -> None:
    assert said("---\nlast_reviewed: 02/09/2026\n---\n# Disk full\n")["last_reviewed_at"] == "02/09/2026"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_in_toml(end: str) -> None:
    lines = [
        "+++",
        'owner = "SRE # 1"',
        "lastReviewed = 2026-01-02 # yearly",
        "status = ''",
        "x = 1",
        "+++",
        "# Disk full",
    ]
    text = end.join([*lines, ""])
    assert said(text) == {"owner": "SRE # 1", "last_reviewed_at": "2026-01-02"}
    assert written(text, "owner") == "SRE # 1"


def test_a_list_in_toml() -> None:
    assert said("+++\nowners = ['SRE']\n+++\n# Disk full\n")["owner"] == "SRE"


@pytest.mark.parametrize(
    "line",
    [
        "Team: we should restart the disks.",
        "Note: the owner is away",
        "status: 500",
        "Updated: please see the page of the vendor before you go on",
        "Owner:",
        "Owner - SRE",
        "* Owner - SRE",
        "the Owner: SRE",
        "Owner:SRE",
        "    Owner: SRE",
        "`Owner: SRE`",
        "<!-- Owner: SRE -->",
        "```\nOwner: SRE\n```",
        "https://example.com/Owner: SRE",
    ],
)
def test_a_line_that_only_looks_like_metadata(line: str) -> None:
    assert said(f"# Disk full\n\n{line}\n\n## Steps\n") == {}


def test_a_plain_line_below_a_section_is_about_that_section() -> None:
    assert (
        said("# Runbooks\n\n## Disk full\n\n### Escalation\n\n- Owner: API maintainer.\n\n---\n\n## Net down\n") == {}
    )


def test_a_bold_line_counts_anywhere() -> None:
    assert said("# Disk full\n\n## Escalation\n\n**Owner**: SRE\n") == {"owner": "SRE"}


@pytest.mark.parametrize(
    "text",
    [
        "# Disk full\n\n## Steps\n\n1. Go.\n\n---\n\nOwner: SRE\n",
        "# Disk full\n\n## Metadata\n\nOwner: SRE\n\n## Steps\n",
        "# Disk full\n\n## Document control\n\n- Owner: SRE\n",
        "Owner: SRE\n\n# Disk full\n",
        "Disk full\n=========\n\nOwner: SRE\n\nSteps\n-----\n",
        "## Disk full\n\nOwner: SRE\n\n## Steps\n",
    ],
)
def test_a_plain_line_where_a_document_speaks_of_itself(text: str) -> None:
    assert said(text) == {"owner": "SRE"}


@pytest.mark.parametrize("value", ["[Contact]", "TODO", "TBD", "<owner>", "$(date)", "{{ owner }}", "__________"])
def test_a_placeholder_stays_as_it_is(value: str) -> None:
    assert said(f"# Disk full\n\n**Owner**: {value}\n") == {"owner": value}


def test_marks_inside_a_value_stay() -> None:
    assert said("# Disk full\n\n**Severity**: `P1` or `P2`\n") == {"severity": "`P1` or `P2`"}


def test_places_are_right_after_letters_of_several_bytes() -> None:
    text = "# Größe 😀\n\n**Owner**: Straße 日本\n"
    assert written(text, "owner") == "Straße 日本"


@given(st.text(alphabet="ab:*_|`[]()<>-# \n\r\t\\é.", max_size=60))
def test_any_text_is_read_and_values_have_their_places(text: str) -> None:
    text = f"**Owner**: x{text}"
    for name, each in metadata.from_prose(text, text):
        assert name
        assert 0 <= each.start <= each.end <= len(text)
        assert "](" in text or text[each.start : each.end] == each.value or "[" in text


@pytest.mark.parametrize(
    "text",
    [
        "Owner: " * 140_000,
        "**Owner**: " + "**x: " * 200_000,
        "**Owner**: " * 90_000,
        "Owner: x" + " " * 1_000_000 + "y",
        "Owner: " + "[" * 1_000_000,
        "Owner: " + "[a](" * 250_000,
        "Owner: " + "<!--" * 250_000,
        "Owner: " + "`" * 1_000_000,
        "Owner: x\n" + "\n\n---" * 200_000,
        "Owner: x\n" + "# a\n" * 250_000,
        "Owner: x\n" + "a\n" * 500_000,
        ">" * 1_000_000,
        "owner = " + " " * 1_000_000 + "x",
        "owner = " + "'" * 1_000_000,
    ],
    ids=lambda text: text[:14],
)
def test_hostile_lines_take_no_more_than_linear_time(text: str) -> None:
    began = time.process_time()
    list(metadata.from_prose(text, text))
    list(metadata.from_toml(text, Span(0, len(text))))
    assert time.process_time() - began < 10
