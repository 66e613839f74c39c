"""``check --fix`` and ``--diff``: what is repaired, what is left alone, and that nothing else changes."""

import json
import os
import re
import stat
from pathlib import Path

import fakes
import pytest
import yaml
from conftest import CATALOG, CLEAN, RUNBOOK, Run, Write, commit, git
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_lint import documents, fixes
from runbook_lint.model import Edit, Item, Sibling

URL = "https://github.com/example/ops/blob/main/runbooks/disk.md"
# An alert that links to its runbook without an id, in all the ways in which rules are written; and what is added.
LAYOUTS = {
    "block": (
        "groups:\n  - name: a\n    rules:\n      - alert: DiskFull\n        annotations:\n"
        f"          runbook_url: {URL} # here\n        expr: a\n",
        f"          runbook_id: ops.disk\n          runbook_url: {URL} # here\n",
    ),
    "first key": (
        f"- annotations:\n    runbook_url: {URL}\n  alert: DiskFull\n  expr: a\n",
        "    runbook_id: ops.disk\n    runbook_url",
    ),
    "flow": (
        f"- {{alert: DiskFull, expr: a, annotations: {{runbook_url: '{URL}'}}}}\n",
        "{runbook_id: ops.disk, runbook_url",
    ),
    "label": (
        f"- alert: DiskFull\n  expr: a\n  labels: {{playbook: '{URL}'}}\n",
        "  annotations:\n    runbook_id: ops.disk\n  labels: {playbook",
    ),
    "resource": (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  groups:\n  - name: a\n    rules:\n"
        f"    - alert: DiskFull\n      annotations:\n        runbook_url: |\n          {URL}\n      expr: a\n",
        "        runbook_id: ops.disk\n        runbook_url: |\n",
    ),
    "template": (
        "{{- if .Values.on }}\ngroups:\n  - name: {{ .Release.Name }}\n    rules:\n      - alert: DiskFull\n"
        "        expr: a > {{ .Values.b }}\n        annotations:\n          {{- toYaml .Values.more | nindent 10 }}\n"
        f"          runbook_url: {URL}\n{{{{- end }}}}\n",
        "          runbook_id: ops.disk\n          runbook_url",
    ),
    "config map": (
        "kind: ConfigMap\ndata:\n  a.rules: |\n    groups:\n      - name: a\n        rules:\n"
        "          - alert: DiskFull\n"
        f"            expr: a\n            annotations:\n              runbook_url: {URL}\n",
        "              runbook_id: ops.disk\n              runbook_url",
    ),
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_an_id_is_added_however_an_alert_is_written(write: Write, run: Run, name: str, ends: str) -> None:
    before, part = (text.replace("\n", ends) for text in LAYOUTS[name])
    folder = write({**CLEAN, "alerts.yaml": before})
    ran = run("check", "--fix")
    after = (folder / "alerts.yaml").read_bytes().decode()
    assert "hint: repaired 1 file" in ran.out
    assert part in after
    added = [line for line in after.split(ends) if line not in before.split(ends)]
    assert len(added) <= 2
    assert "alert/runbook-id" not in run("check").out
    assert run("check", "--fix").out.count("nothing that can be repaired safely") == 1
    assert (folder / "alerts.yaml").read_bytes().decode() == after


def test_json_rules_stay_json(write: Write, run: Run) -> None:
    rule = {"alert": "DiskFull", "expr": "a", "annotations": {"runbook_url": URL}}
    document = {"groups": [{"name": "a", "rules": [rule]}]}
    folder = write({**CLEAN, "alerts.json": json.dumps(document, indent=2), "more.json": json.dumps(document)})
    run("check", "--fix")
    rule["annotations"] = {"runbook_id": "ops.disk", "runbook_url": URL}
    assert (folder / "alerts.json").read_text() == json.dumps(document, indent=2)
    assert (folder / "more.json").read_text() == json.dumps(document)


@pytest.mark.parametrize("text", [
    f"x: &a {{runbook_url: '{URL}'}}\ngroups:\n- rules:\n  - {{alert: A, expr: a, annotations: *a}}\n"
    "  - {alert: B, expr: b, annotations: *a}\n",
    f"x: &a\n  annotations: {{runbook_url: '{URL}'}}\n  expr: a\ngroups:\n- rules:\n  - {{<<: *a, alert: A}}\n",
])  # fmt: skip
def test_what_several_alerts_share_is_left_alone(write: Write, run: Run, text: str) -> None:
    folder = write({**CLEAN, "alerts.yaml": text})
    assert "nothing that can be repaired safely" in run("check", "--fix").out
    assert (folder / "alerts.yaml").read_text() == text


def test_a_diff_shows_what_would_be_written_and_writes_nothing(write: Write, run: Run) -> None:
    folder = write({**CLEAN, "alerts.yaml": LAYOUTS["flow"][0]})
    ran = run("check", "--diff")
    assert ran.code == 1
    assert ran.out.splitlines()[:2] == ["--- a/alerts.yaml", "+++ b/alerts.yaml"]
    assert "+- {alert: DiskFull, expr: a, annotations: {runbook_id: ops.disk" in ran.out
    assert (folder / "alerts.yaml").read_text() == LAYOUTS["flow"][0]
    run("check", "--fix")
    assert (run("check", "--diff").code, run("check", "--diff").out) == (0, "")


def test_a_diff_shows_no_secret(write: Write, run: Run) -> None:
    write({**CLEAN, "alerts.yaml": LAYOUTS["flow"][0] + f"# password: {fakes.PASSWORD}\n"})
    out = run("check", "--diff").out
    assert "+- {alert" in out
    assert fakes.PASSWORD not in out


def test_only_what_is_asked_for_is_repaired(write: Write, run: Run) -> None:
    folder = write({**CLEAN, "alerts.yaml": LAYOUTS["flow"][0], "sub/more.yaml": LAYOUTS["block"][0]})
    run("check", "--fix", "sub")
    run("check", "--fix", "--select", "runbook")
    assert (folder / "alerts.yaml").read_text() == LAYOUTS["flow"][0]
    assert "runbook_id: ops.disk" in (folder / "sub/more.yaml").read_text()


def test_ids_secrets_and_dates_are_never_repaired(write: Write, run: Run) -> None:
    wrong = {
        "alerts.yaml": "- {alert: A, expr: a, annotations: {runbook_id: Ops.Disk}}\n",
        "runbooks/runbooks.catalog.json": CATALOG.replace("2026-02-20", "2020-02-20").replace("ops.disk", "Ops Disk"),
        "runbooks/disk.md": RUNBOOK + f"2. Log in with `password={fakes.PASSWORD}`.\n",
    }
    folder = write(wrong)
    assert "nothing that can be repaired safely" in run("check", "--fix").out
    assert {name: (folder / name).read_text() for name in wrong} == wrong


def test_a_new_runbook_gets_its_entry_and_its_alert_the_id(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    write({"runbooks/mail.md": RUNBOOK.replace("Disk full", "Mail stuck")})
    write({"mail.yaml": "- alert: MailStuck\n  expr: a\n  labels: {severity: critical, team: mail}\n"})
    commit(folder)
    shown = run("check", "--diff").out
    assert "hint: repaired 2 files" in run("check", "--fix").out
    assert shown == "".join(_plainer(git(folder, "diff")))
    entry = json.loads((folder / "runbooks/runbooks.catalog.json").read_text())["runbooks"][-1]
    day = git(folder, "log", "-1", "--format=%as").strip()
    assert entry == {
        "id": "ops.mail", "title": "Mail stuck", "severity_hint": "sev1", "owner_team": "mail",
        "last_reviewed_at": day, "url": "runbooks/mail.md", "signals": ["mail_stuck"], "x-reviewed-from": "git",
    }  # fmt: skip
    assert yaml.safe_load((folder / "mail.yaml").read_text())[0]["annotations"] == {"runbook_id": "ops.mail"}
    assert "nothing that can be repaired safely" in run("check", "--fix").out


def _plainer(diff: str) -> list[str]:
    """The lines of git's diff that any diff has."""
    lines = [re.sub(r"^(@@ .* @@).*", r"\1", line, flags=re.S) for line in diff.splitlines(keepends=True)]
    return [line if line.endswith("\n") else f"{line}\n" for line in lines if not line.startswith(("diff ", "index "))]


def test_a_file_is_old_or_new_and_keeps_its_mode(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write({**CLEAN, "alerts.yaml": b"\xef\xbb\xbf" + LAYOUTS["flow"][0].encode()})
    path = folder / "alerts.yaml"
    path.chmod(0o751)

    def killed(*names: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        assert run("check", "--fix").code == 130
    assert path.read_bytes() == b"\xef\xbb\xbf" + LAYOUTS["flow"][0].encode()
    assert [each.name for each in folder.iterdir() if each.name.endswith(".part")] == []
    run("check", "--fix")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf- {alert: DiskFull, expr: a, annotations: {runbook_id")
    assert stat.S_IMODE(path.stat().st_mode) == 0o751


@pytest.mark.parametrize("words", [("--staged",), ("--head", "HEAD"), ("--diff",)])
def test_only_files_on_disk_are_repaired(write: Write, run: Run, words: tuple[str, ...]) -> None:
    commit(write(CLEAN))
    ran = run("check", "--fix", *words)
    assert (ran.code, "--fix and --diff repair the files on disk, and only one of them." in ran.err) == (2, True)


# --- any layout -------------------------------------------------------------------------------------------------------


def rules(margin: int, comment: str, order: list[str], flow: list[bool], quote: str) -> str:
    """Alert rules in one of very many layouts."""
    fields = {"alert": "DiskFull", "expr": "a > 1", "for": "5m", "annotations": "", "labels": "{severity: page}"}
    lines = [f"groups:{comment}", "- name: a", "  rules:"]
    for in_flow in flow:
        url = f"{quote}{URL}{quote}"
        notes = (
            f"{{runbook_url: {url}, summary: x}}" if in_flow else f"\n{' ' * (margin + 6)}runbook_url: {url}{comment}"
        )
        values = {**fields, "annotations": notes}
        body = [f"{name}: {values[name]}" for name in order]
        lines += [f"{' ' * margin}- {body[0]}", *(f"{' ' * margin}  {line}" for line in body[1:])]
    return "\n".join(lines) + "\n"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    margin=st.integers(2, 8),
    comment=st.sampled_from(["", " # why", "  #"]),
    order=st.permutations(["alert", "expr", "for", "annotations", "labels"]),
    flow=st.lists(st.booleans(), min_size=1, max_size=4),
    quote=st.sampled_from(["", "'", '"']),
)
def test_a_repair_changes_nothing_but_what_it_adds(
    margin: int, comment: str, order: list[str], flow: list[bool], quote: str
) -> None:
    text = rules(margin, comment, order, flow, quote)
    alerts = [item for item in documents.read("alerts", text, "a.yaml") if item.noun == "alert"]
    after = fixes.applied(text, "a.yaml", "alerts", [_with_id(alert) for alert in alerts])
    old, new = yaml.safe_load(text), yaml.safe_load(after)
    for rule in old["groups"][0]["rules"]:
        rule["annotations"]["runbook_id"] = "ops.disk"
    assert new == old
    kept = after.splitlines()
    assert all(line in kept for line in text.splitlines() if "{runbook_url" not in line)


def _with_id(alert: Item) -> Sibling:
    return Sibling(alert.fields["annotations.runbook_url"], "runbook_id", "ops.disk")


def test_of_two_edits_of_one_place_one_is_made() -> None:
    edits = [Edit(2, 5, "abc"), Edit(3, 4, "x"), Edit(8, 9, "y")]
    assert fixes.applied("# 0123456", "a.md", "page", edits) in ("# abc345y", "# 0x2345y")


def test_an_edit_that_would_lose_something_is_not_made(tmp_path: Path) -> None:
    text = "- {alert: A, expr: a}\n- {alert: B, expr: b}\n"
    assert fixes.applied(text, "a.yaml", "alerts", [Edit(22, 43, "")]) == text
