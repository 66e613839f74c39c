"""Which file is which, which runbook an entry names, and what counts as a change of instructions."""

import random
import time

import pytest

from runbook_lint import identity, moves
from runbook_lint.documents import instructions
from runbook_lint.identity import Named, World

DISK = "# Disk full\n\n1. Find what grows.\n2. Grow the volume by a tenth.\n3. Tell the owner of the volume.\n"
MAIL = "# Mail stuck\n\n1. Look at the queue.\n2. Flush the queue of the relay.\n3. Tell the sender.\n"


def found(before: dict[str, str], after: dict[str, str], common: frozenset[str] = frozenset()) -> dict[str, str]:
    """Where each text went; texts stand for their own content ids."""
    sides = [
        moves.Files({path: str(hash(text)) for path, text in side.items()}, side, side.get) for side in (before, after)
    ]
    return moves.find(sides[0], sides[1], lambda: common)  # type: ignore[arg-type]


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_path_that_stays_is_the_same_file_whatever_it_says() -> None:
    assert found({"a.md": DISK}, {"a.md": MAIL}) == {"a.md": "a.md"}


def test_the_same_text_elsewhere_is_the_same_file() -> None:
    assert found({"a.md": DISK}, {"b/c.md": DISK, "new.md": MAIL}) == {"a.md": "b/c.md"}


def test_of_equal_texts_the_one_of_the_same_name_is_meant() -> None:
    before = {"one/a.md": DISK, "one/b.md": DISK}
    assert found(before, {"two/b.md": DISK, "two/a.md": DISK}) == {"one/a.md": "two/a.md", "one/b.md": "two/b.md"}


def test_a_difference_in_case_alone_is_the_same_file_even_with_another_text() -> None:
    assert found({"Disk.md": DISK}, {"disk.md": MAIL}) == {"Disk.md": "disk.md"}


def test_a_text_that_was_moved_and_edited() -> None:
    edited = DISK.replace("a tenth", "a fifth")
    assert found({"a.md": DISK, "b.md": MAIL}, {"x.md": edited, "y.md": MAIL + "4. Go.\n"}) == {
        "a.md": "x.md",
        "b.md": "y.md",
    }


def test_another_text_is_another_file() -> None:
    assert found({"a.md": DISK}, {"b.md": MAIL}) == {}


def test_what_a_template_gives_to_all_makes_no_two_texts_alike() -> None:
    template = "".join(f"This line number {number} stands in every runbook of ours.\n" for number in range(9))
    before, after = {"a.md": template + "Grow it.\n"}, {"b.md": template + "Flush it.\n"}
    assert found(before, after) == {"a.md": "b.md"}
    assert found(before, after, moves.common_lines([template] * 3)) == {}


def test_many_moves_at_once_take_no_time_that_anybody_would_notice() -> None:
    chance = random.Random(1)
    words = [str(number) * 5 for number in range(400)]
    texts = ["\n".join(" ".join(chance.choices(words, k=8)) for _ in range(40)) for _ in range(600)]
    before = {f"a/{number}.md": text for number, text in enumerate(texts)}
    after = {f"b/{number}.md": f"{text}\nedited" for number, text in enumerate(texts)}
    start = time.process_time()
    assert found(before, after) == {f"a/{number}.md": f"b/{number}.md" for number in range(600)}
    assert time.process_time() - start < 10


# --- runbooks ---------------------------------------------------------------------------------------------------------


def named(path: str, anchor: str = "", url: str = "", title: str = "", text: str = "") -> Named:
    return Named(path, anchor, url or path, title, lambda: text)


def same(former: Named, present: Named, was: dict[str, str], there: dict[str, str]) -> bool | None:
    """Whether two entries name one runbook, in a change that has not moved anything on its own."""
    moved = {path: path for path in was if path in there}
    world = World(
        moved,
        was,
        lambda path: ("full", "filled"),
        lambda path: ("full", "slow"),
        lambda path, anchor: there.get(path, ""),
        frozenset,
    )
    return identity.same(former, present._replace(text=lambda: there.get(present.path, "")), world)


@pytest.mark.parametrize(("former", "present", "expected"), [
    (named("a.md"), named("a.md"), True),
    (named("a.md", "full"), named("a.md", "full"), True),
    (named("a.md"), named("a.md", "full"), True),
    (named("a.md", "full"), named("a.md", "slow"), False),
    (named("a.md", "filled"), named("a.md", "slow"), True),
    (named("a.md"), named("b.md"), False),
])  # fmt: skip
def test_in_files_that_were_there_before(former: Named, present: Named, expected: bool) -> None:
    files = {"a.md": DISK, "b.md": MAIL}
    assert same(former, present, files, files) is expected


def test_a_text_that_left_a_stub_behind_is_where_it_went() -> None:
    there = {"a.md": "# Moved\n\nTo b.md.\n", "b.md": DISK}
    assert same(named("a.md", text=DISK), named("b.md"), {"a.md": DISK}, there) is True


def test_a_copy_beside_its_original_is_another_runbook() -> None:
    assert same(named("a.md", text=DISK), named("b.md"), {"a.md": DISK}, {"a.md": DISK, "b.md": DISK}) is False


def test_a_text_written_anew_is_the_same_runbook_under_the_same_heading_only() -> None:
    old = named("a.md", text=DISK)
    assert same(old, named("b.md"), {"a.md": DISK}, {"b.md": "# Disk  FULL\n\nNothing as before.\n"}) is True
    assert same(old, named("b.md"), {"a.md": DISK}, {"b.md": "# Mail stuck\n\nNothing as before.\n"}) is False


@pytest.mark.parametrize(("former", "present", "expected"), [
    (("https://docs.example.com/disk", ""), ("https://docs.example.com/Disk/", ""), True),
    (("https://docs.example.com/disk", "disk full"), ("https://wiki.example.com/x", "disk full"), True),
    (("https://docs.example.com/disk", "disk full"), ("https://docs.example.com/mail", "mail stuck"), False),
    (("runbooks/lost.md", "disk full"), ("runbooks/other.md", "mail stuck"), None),
    (("", ""), ("https://docs.example.com/disk", "disk"), None),
])  # fmt: skip
def test_what_lies_in_no_file_is_known_by_its_address_and_title(
    former: tuple[str, str], present: tuple[str, str], expected: bool | None
) -> None:
    first, second = (Named("", "", url, title, str) for url, title in (former, present))
    assert same(first, second, {}, {}) is expected


# --- instructions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "---\nlast_reviewed_at: 2026-01-01\n---\n# Disk\n\nGrow the volume, then tell its owner.\n",
    "# Disk\n\n**Owner**: storage\n\nGrow the volume,\nthen tell its owner.\n",
    "# Disk\n\nLast reviewed: 2026-01-01\n\nGrow the volume, then tell its owner.\n",
    "# Disk\n\n| Owner | storage |\n|---|---|\n\nGrow the volume, then tell its owner.\n",
    "# Disk\r\n\r\n<!-- runbook-lint-disable-line x -->\r\nGrow the volume,  then tell its owner.",
])  # fmt: skip
def test_what_a_document_says_of_itself_and_its_layout_are_no_instructions(text: str) -> None:
    told = instructions.read(text)[""].replace("|-", "").replace("|", "").split()
    assert " ".join(told) == "# Disk Grow the volume, then tell its owner."


def test_every_section_has_instructions_of_its_own_with_those_below_it() -> None:
    told = instructions.read("# Disk\n\n## Full\n\nGrow.\n\n### Later\n\nShrink.\n\n## Slow\n\nWait.\n")
    assert told["full"] == "## Full Grow. ### Later Shrink."
    assert told["slow"] == "## Slow Wait."
    assert told["disk"] == told[""]


@pytest.mark.parametrize(("old", "new"), [
    ("Grow it.", "Shrink it."),
    ("```\nrm a\n```", "```\nrm b\n```"),
    ("[graph](https://a)", "[graph](https://b)"),
    ("| step | what |\n|---|---|\n| 1 | grow |", "| step | what |\n|---|---|\n| 1 | shrink |"),
])  # fmt: skip
def test_what_the_reader_does_otherwise_is_a_change(old: str, new: str) -> None:
    assert instructions.read(f"# Disk\n\n{old}\n") != instructions.read(f"# Disk\n\n{new}\n")
