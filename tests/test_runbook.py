"""What a runbook is made of: its title, its sections, the rules in its fences, its front matter; and files that are
runbooks, rosters or rules by more than the usual names."""

import time

import pytest

from runbook_lint import documents
from runbook_lint.documents import runbook
from runbook_lint.model import Item
from tests.conftest import ALERTS, Run, Write, found

STEPS = "\n1. Grow the volume.\n"


def items(text: str, noun: str = "runbook") -> list[Item]:
    return [item for item in runbook.read(text, "runbooks/disk.md") if item.noun == noun]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: ⟦Disk full\n---\n\n## Steps\n", "Disk full"),
        ("---\ntitle: ⟦Disk full\n---\nGrow it.\n", "Disk full"),
        ('+++\ntitle = "⟦Disk full"\n+++\n\n## Steps\n', "Disk full"),
        ("---\ntitle: Other\n---\n# ⟦Disk full\n", "Disk full"),
        ("## Note\n\n# ⟦Disk full\n", "Disk full"),
        ("---\ntitle: ''\n---\n## ⟦Disk full\n", "Disk full"),
        ("## ⟦Disk full\n", "Disk full"),
    ],
)
def test_the_title(text: str, title: str) -> None:
    [item] = items(text.replace("⟦", ""))
    assert item.text("title") == title
    assert text.replace("⟦", "").startswith(title, item.place.start)
    assert item.place.start in (text.index("⟦"), text.index("⟦") - 1) or text.find("'") > 0


def test_no_title() -> None:
    assert "title" not in items("---\ntitle:\n---\nGrow it.\n")[0].fields


@pytest.mark.parametrize(
    "body",
    [
        "---",
        "***",
        "_ _ _",
        "[a]: https://example.com",
        "<br>",
        "<br/>&nbsp;",
        "-",
        "1.",
        "- [ ]",
        "```yaml\n```",
        "~~~\n\n~~~",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_an_empty_section(body: str, end: str) -> None:
    text = f"# Disk\n\n## Impact\n\n{body}\n\n## Steps\n{STEPS}".replace("\n", end)
    assert [section.title for section in items(text)[0].raw("sections", ()) if section.empty] == ["Impact"]


@pytest.mark.parametrize("body", ["x", "- x", "[^1]: a note", "[a](b)", "```\ndf\n```", "<b>x</b>", "a --- b", "-- "])
def test_a_section_with_something_in_it(body: str) -> None:
    sections = items(f"# Disk\n\n## Impact\n\n{body}\n\n## Steps\n{STEPS}")[0].raw("sections", ())
    assert not any(section.empty for section in sections)


def test_the_title_of_a_runbook_of_first_headings_is_no_empty_section() -> None:
    sections = items(f"# Disk full\n\n# Impact\n\n# Steps\n{STEPS}")[0].raw("sections", ())
    assert [section.title for section in sections if section.empty] == ["Impact"]


@pytest.mark.parametrize("line", ["~" * 500_000 + "`", "- " * 500_000 + "x", " " * 500_000 + "x", "[" * 500_000])
def test_a_hostile_section_takes_linear_time(line: str) -> None:
    began = time.process_time()
    assert not runbook._shows_nothing(f"{line}\nx")
    assert time.process_time() - began < 10


RULE = "- alert: A\n  expr: x\n"
BROKEN = RULE + " oops: [\n"


@pytest.mark.parametrize(
    ("fence", "faults"),
    [
        (f"```yaml\n{BROKEN}```\n", 1),
        (f"```yml title=x\n{BROKEN}```\n", 1),
        (f"```\n{BROKEN}```\n", 1),
        ('```json\n{"alert": "A", "expr": "x",,\n```\n', 1),
        (f"```yaml\n{RULE}```\n", 0),
        (f"```yaml\n...\n{BROKEN}```\n", 0),
        (f"```yaml\n{BROKEN}  …\n```\n", 0),
        (f"```yaml\n{BROKEN}# ...\n```\n", 0),
        (f"```yaml\n{BROKEN}  # ... more rules\n```\n", 0),
        (f"```\n$ kubectl get rules -o yaml\n{BROKEN}```\n", 0),
        (f"```promql\n{BROKEN}```\n", 0),
        ("```yaml\n- name: [\n```\n", 0),
        ("    - alert: A\n      expr: x\n     oops: [\n", 0),
        ("```yaml\n- alert: A\n  expr: {{ .Values.x }}\n```\n", 0),
        ("```yaml\n- alert: A\n  alert: A\n  expr: x\n```\n", 0),
    ],
)
def test_a_fence_that_cannot_be_read_is_a_fault(fence: str, faults: int) -> None:
    text = f"# Disk\n\n{fence}"
    seen = items(text, "fault")
    assert [item.key for item in seen] == ["syntax"] * faults
    assert all(item.place.start > text.index("alert") for item in seen)


def test_templates_in_front_matter_are_said_once(write: Write, run: Run) -> None:
    front = "---\nowner: {{ team }}\nseverity: {{ sev }}\nrunbook_id: {{ id }}\nlast_reviewed_at: {{ date }}\n---\n"
    write({"runbooks/disk.md": f"{front}# Disk full\n{STEPS}"})
    rules = {each.split(": ")[1].split(" ")[1] for each in found(run)}
    assert rules == {"runbook/unexpanded-template"}


def test_front_matter_that_is_broken_besides_its_templates_is_a_fault() -> None:
    assert [item.key for item in items("---\nowner: {{ team }}\na: [\n---\n# Disk\n", "fault")] == ["syntax"]


@pytest.mark.parametrize(
    "text",
    ["1. Grow it.\n", "```sh\ndf\n```\n", "1. Grow it.\n\n# Disk full\n", "---\ntitle: Disk\n---\n1. Grow it.\n"],
)
def test_steps_outside_of_sections_count(text: str, write: Write, run: Run) -> None:
    write({"runbooks/disk.md": text})
    assert not any("runbook/sections" in each for each in found(run))


def test_a_list_in_front_matter_is_no_step(write: Write, run: Run) -> None:
    write({"runbooks/disk.md": "---\nowner:\n  - web\n---\n# Disk full\n\nIt is full.\n"})
    assert any("runbook/sections" in each for each in found(run))


@pytest.mark.parametrize(
    "name", ["oncall.yaml", "on-call.yml", "ops/on_call.json", "oncall-roster.yaml", "Roster.yaml"]
)
@pytest.mark.parametrize("text", ["", "# later\n", "teams: [\n", "teams: {web: ada}\n", "web: {primary: ada}\n"])
def test_a_roster_by_its_name_is_never_silent(name: str, text: str, write: Write, run: Run) -> None:
    assert documents.recognise(name, text) == "roster"
    write({name: text})
    assert any(rule in each for each in found(run) for rule in ("read/syntax", "owner/roster"))


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("oncall.yaml", ALERTS, "alerts"),
        ("oncall.yaml", "apiVersion: v1\nkind: Service\n", ""),
        ("oncall.json", '{\n  "apiVersion": "v1"\n}\n', ""),
        ("oncall.yaml", "- hosts: all\n", ""),
        (".github/workflows/oncall.yml", "on: push\n", ""),
        ("rosters.yaml", "a: 1\n", ""),
        ("settings.yaml", "teams: {web: ada}\n", ""),
    ],
)
def test_no_roster(path: str, text: str, kind: str) -> None:
    assert documents.recognise(path, text) == kind


NAMES = ["a.rules.j2", "a.rules.tmpl", "a.rules.erb", "a.rules.tpl", "a.rules.jinja2", "a.yaml.tftpl", "a.yml.tftpl"]
NAMES += ["a.j2", "a.tpl", "a.tmpl", "a.erb", "a.jinja2", "a.rule", "a.alerts", "A.ALERTS"]


@pytest.mark.parametrize("name", NAMES)
def test_rules_by_their_content(name: str) -> None:
    assert documents.may_be(name)
    assert documents.recognise(name, ALERTS) == "alerts"
    assert documents.recognise(name, "server { listen {{ port }}; }\n") == ""


SECTIONS = "## Meaning\n\nIt crashes.\n\n## Impact\n\nNo pod.\n\n## Diagnosis\n\n1. Look.\n\n## Mitigation\n\n1. Fix.\n"
ALERT = f"# KubePodCrash\n\n{SECTIONS}"


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("runbooks/KubePodCrash", ALERT, "runbook"),
        ("docs/run-books/team/KubePodCrash", ALERT, "runbook"),
        ("docs/KubePodCrash", ALERT, ""),
        ("KubePodCrash", ALERT, ""),
        ("runbooks/LICENSE", ALERT, ""),
        ("runbooks/OWNERS", ALERT, ""),
        ("runbooks/CODEOWNERS", ALERT, ""),
        ("runbooks/Makefile", ALERT, ""),
        ("runbooks/Dockerfile", ALERT, ""),
        ("runbooks/templates/KubePodCrash", ALERT, ""),
        ("runbooks/run", "#!/bin/sh\n" + ALERT, ""),
        ("runbooks/notes", "# Notes\n\n## Ideas\n", ""),
        ("runbooks/notes", "Meaning\n", ""),
    ],
)
def test_a_runbook_without_an_ending(path: str, text: str, kind: str) -> None:
    assert documents.recognise(path, text) == kind


def test_a_runbook_without_an_ending_is_read(write: Write, run: Run) -> None:
    write(
        {
            "runbooks/KubePodCrash": ALERT.replace("1. Fix.", ""),
            "runbooks/LICENSE": "# MIT\n",
        }
    )
    assert [each.split(": ")[0] for each in found(run)] == ["runbooks/KubePodCrash:15:4"]
