"""What a change is judged by: its own findings and no others, on real repositories through the command line."""

import json
from collections.abc import Mapping
from pathlib import Path

import fakes
import pytest
from conftest import ALERTS, CATALOG, CLEAN, ENTRY, RUNBOOK, Run, Write, change_to, commit, git, report

OLD_DEBTS = {
    **CLEAN,
    "old.yaml": ALERTS.replace("DiskFull", "Old"),
    "runbooks/old.md": "# Old\n\nTODO\n",
    "runbooks/runbooks.catalog.json": CATALOG.replace("2026-02-20", "2025-01-01"),
}


def gate(run: Run, *words: str) -> list[str]:
    """The findings of the change as ``path:line: rule``."""
    document = report(run, "--base", "HEAD", *words)[1]
    return [f"{each['path']}:{each['line']}: {each['rule']}" for each in document["findings"]]


def older(run: Run, *words: str) -> int:
    number: int = report(run, "--base", "HEAD", *words)[1]["summary"]["older"]
    return number


# --- only what the change did -----------------------------------------------------------------------------------------


def test_nobody_pays_for_the_debts_of_others(write: Write, run: Run) -> None:
    commit(write(OLD_DEBTS))
    assert run("check").code == 1
    ran = run("check", "--base", "HEAD")
    assert ran.code == 0
    assert ran.out.endswith("older findings are not the change's (--all shows them)\n")
    assert older(run) == len(report(run)[1]["findings"])


def test_all_shows_everything_and_says_what_is_older(write: Write, run: Run) -> None:
    commit(write(OLD_DEBTS))
    write({"old.yaml": OLD_DEBTS["old.yaml"] + "      - {alert: New, expr: b}\n"})
    code, document = report(run, "--base", "HEAD", "--all")
    assert code == 1
    assert {each["rule"]: each.get("older", False) for each in document["findings"]} == {
        "alert/runbook-id": True,
        "catalog/unlisted-runbook": True,
        "change/alert-mapped": False,
        "review/overdue": True,
        "runbook/placeholder": True,
        "runbook/sections": True,
    }
    assert "no runbook_id  alert/runbook-id (older)" in run("check", "--base", "HEAD", "--all").out


def test_a_document_that_nobody_touched_never_reddens_a_change(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    write({"alerts.yaml": CLEAN["alerts.yaml"] + "      # a comment\n"})
    assert gate(run, "--as-of", "2027-01-01") == []
    assert older(run, "--as-of", "2027-01-01") == 1


def test_a_renamed_file_keeps_its_findings(write: Write, run: Run) -> None:
    folder = commit(write(OLD_DEBTS))
    git(folder, "mv", "old.yaml", "new.yaml")
    git(folder, "mv", "runbooks/old.md", "runbooks/very-old.md")
    write({"runbooks/very-old.md": "# Old\n\nTODO\n\n"})
    assert gate(run) == []
    assert older(run) == len(report(run)[1]["findings"])


def test_an_alert_and_an_entry_that_move_to_another_file_keep_their_findings(write: Write, run: Run) -> None:
    debts = {
        **CLEAN,
        "alerts.yaml": ALERTS,
        "runbooks/runbooks.catalog.json": CATALOG.replace("2026-02-20", "2025-01-01"),
    }
    folder = commit(write({**debts, "a.yaml": ALERTS.replace("DiskFull", "Other")}))
    entry = json.loads(debts["runbooks/runbooks.catalog.json"])["runbooks"][0]
    change_to(folder, {
        "b.yaml": ALERTS + "      - {alert: Other, expr: disk_free < 1}\n",
        "ops/storage.catalog-of-runbooks.json": json.dumps([entry]),
        "runbooks/disk.md": RUNBOOK,
    })  # fmt: skip
    assert [each for each in gate(run) if "owner-approval" not in each] == []


def test_of_equal_findings_the_one_on_the_new_line_is_the_change_s(write: Write, run: Run) -> None:
    commit(write({**CLEAN, "runbooks/disk.md": "# Disk full\n\n## Steps\n\n1. TODO\n"}))
    write({"runbooks/disk.md": "# Disk full\n\n## Steps\n\nTODO: ask\n\n1. TODO\n"})
    assert "runbooks/disk.md:5: runbook/placeholder" in gate(run)
    assert "runbooks/disk.md:7: runbook/placeholder" not in gate(run)


def test_what_got_worse_is_the_change_s(write: Write, run: Run) -> None:
    url = ALERTS + "        annotations: {runbook_url: runbooks/disk.md}\n"
    commit(write({**CLEAN, "alerts.yaml": url}))
    entry = json.loads(ENTRY)
    write({"runbooks/runbooks.catalog.json": json.dumps([{**entry, "status": "retired"}])})
    assert [each for each in gate(run) if each.startswith("alerts.yaml")] == [
        "alerts.yaml:4: alert/runbook-id",
        "alerts.yaml:6: alert/retired-runbook",
    ]


def test_another_secret_in_the_place_of_one_is_a_new_finding(write: Write, run: Run) -> None:
    def runbook(secret: str) -> Mapping[str, str]:
        return {"runbooks/disk.md": RUNBOOK + f"2. Log in with `password={secret}`.\n"}

    commit(write({**CLEAN, **runbook(fakes.PASSWORD)}))
    write(runbook(fakes.PASSWORD[::-1]))
    found = [each for each in gate(run) if "secret/" in each]
    assert len(found) == 1
    write(runbook(fakes.PASSWORD + "`, the `old one"))
    assert [each for each in gate(run) if "secret/" in each] == []
    assert fakes.PASSWORD not in run("check", "--base", "HEAD", "--all").out


def test_a_secret_that_the_change_removes_is_shown_nowhere(write: Write, run: Run) -> None:
    token = fakes.TOKEN
    entry = f'{{"id": "ops.{token}", "title": "{token}", "owner_team": "ops", "url": "runbooks/disk.md"}}'
    commit(write({**CLEAN, "runbooks/runbooks.catalog.json": f"[{entry}]"}))
    write({"runbooks/runbooks.catalog.json": "[]"})
    for form in ("text", "json"):
        out = run("check", "--base", "HEAD", "--format", form).out
        assert "change/id-kept" in out
        assert token not in out


# --- one fault, one finding -------------------------------------------------------------------------------------------


def test_a_new_alert_without_a_runbook_is_one_finding(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    write({"new.yaml": ALERTS.replace("DiskFull", "New")})
    assert gate(run) == ["new.yaml:4: change/alert-mapped"]
    assert gate(run, "--all") == ["new.yaml:4: change/alert-mapped"]


def test_an_id_that_is_gone_is_one_finding_whoever_names_it(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    write({"runbooks/runbooks.catalog.json": '{"version": 1, "runbooks": []}'})
    assert gate(run, "--ignore", "change/owner-approval") == ["runbooks/runbooks.catalog.json:1: change/id-kept"]


def test_a_waiver_of_the_alert_s_fault_excuses_it_in_the_gate_too(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    waiver = ' # runbook-lint: ignore[alert/runbook-id] until=2026-05-01 owner=ops reason="being written"'
    write({"new.yaml": ALERTS.replace("DiskFull", f"New{waiver}")})
    assert gate(run) == []
    write({"new.yaml": ALERTS.replace("DiskFull", f"New{waiver.replace('2026-05', '2026-01')}")})
    assert gate(run) == ["new.yaml:4: change/alert-mapped", "new.yaml:4: waiver/expired"]


def test_a_waiver_that_is_taken_away_leaves_its_finding_to_the_change(write: Write, run: Run) -> None:
    waiver = ' # runbook-lint: ignore[alert/runbook-id] until=2026-05-01 owner=ops reason="being written"'
    commit(write({**CLEAN, "old.yaml": ALERTS.replace("DiskFull", f"Old{waiver}")}))
    write({"old.yaml": ALERTS.replace("DiskFull", "Old")})
    assert gate(run) == ["old.yaml:4: alert/runbook-id"]


def test_a_waiver_of_a_change_is_never_called_unused(write: Write, run: Run) -> None:
    waiver = ' # runbook-lint: ignore[change/alert-altered] until=2026-05-01 owner=ops reason="same steps"'
    commit(write(CLEAN))
    write({"alerts.yaml": CLEAN["alerts.yaml"].replace("disk_free < 1", f"disk_free < 2{waiver}")})
    assert [each for each in gate(run) if "owner-approval" not in each] == []
    assert report(run)[1]["findings"] == []


# --- gone only if readable --------------------------------------------------------------------------------------------


def test_a_catalog_that_breaks_is_its_own_finding_and_no_deletion(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    write({"runbooks/runbooks.catalog.json": CATALOG[:-3]})
    assert gate(run) == ["runbooks/runbooks.catalog.json:1: read/syntax"]


def test_a_catalog_that_breaks_and_moves_is_no_deletion_either(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    (folder / "runbooks/runbooks.catalog.json").unlink()
    write({"ops.catalog-runbooks.json": CATALOG[:-3]})
    assert [each for each in gate(run) if "change/" in each] == []


def test_a_catalog_that_is_repaired_does_not_bring_the_debts_that_it_hid(write: Write, run: Run) -> None:
    wrong = CLEAN["alerts.yaml"].replace("ops.disk", "ops.dsk")
    commit(write({**CLEAN, "wrong.yaml": wrong, "runbooks/runbooks.catalog.json": CATALOG[:-3]}))
    write({"runbooks/runbooks.catalog.json": CATALOG})
    assert [each for each in gate(run) if "owner-approval" not in each] == [
        "runbooks/runbooks.catalog.json:1: change/comparable"
    ]
    assert "alert/runbook-known" in [each["rule"] for each in report(run)[1]["findings"]]


def test_alerts_that_could_not_be_read_are_not_new(write: Write, run: Run) -> None:
    commit(write({**CLEAN, "old.yaml": ALERTS + "  }\n"}))
    write({"old.yaml": ALERTS})
    assert gate(run) == ["old.yaml:1: change/comparable", "old.yaml:4: alert/runbook-id"]


# --- what is in force -------------------------------------------------------------------------------------------------


def test_a_configuration_that_hides_the_catalog_hides_no_loss(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    write({".runbook-lint.yaml": "version: 1\nexclude: ['**/*.json']\n"})
    assert "runbooks/runbooks.catalog.json:1: change/id-kept" in gate(run)


def test_a_rule_that_the_change_switches_on_does_not_bring_old_debts(write: Write, run: Run) -> None:
    commit(write({**CLEAN, ".runbook-lint.yaml": "version: 1\nrules: {alert/runbook-id: off}\n", "old.yaml": ALERTS}))
    write({".runbook-lint.yaml": "version: 1\n"})
    assert gate(run) == []
    assert older(run) == 1


def test_a_base_with_a_wrong_configuration(write: Write, run: Run) -> None:
    commit(write({**CLEAN, ".runbook-lint.yaml": "version: 2\n"}))
    write({".runbook-lint.yaml": "version: 1\n"})
    ran = run("check", "--base", "HEAD")
    assert ran.code == 0
    assert "hint: the configuration of the base is wrong, so the present one holds for it too:" in ran.out


@pytest.mark.parametrize(("words", "code"), [(("--head", "HEAD"), 0), (("--staged",), 0), ((), 1)])
def test_what_is_in_force_is_written_in_the_state_that_is_judged(
    write: Write, run: Run, words: tuple[str, ...], code: int
) -> None:
    pack = (
        "version: 1\nrules:\n- {id: house/team, each: alert, field: labels.team, must: be-present, severity: SEVERITY,"
        " message: no team, why: The pager.}\n"
    )
    commit(
        write(
            {
                **CLEAN,
                ".runbook-lint.yaml": "version: 1\npacks: [house.yaml]\n",
                "house.yaml": pack.replace("SEVERITY", "info"),
            }
        )
    )
    write({"house.yaml": pack.replace("SEVERITY", "error")})
    ran = run("check", *words)
    assert (ran.code, "house/team" in ran.out) == (code, True)


# --- three states -----------------------------------------------------------------------------------------------------


def test_staged_and_unstaged_changes_are_judged_apart(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    write({"a.yaml": ALERTS.replace("DiskFull", "Staged")})
    git(folder, "add", "a.yaml")
    write({"b.yaml": ALERTS.replace("DiskFull", "Unstaged")})
    assert gate(run) == ["a.yaml:4: change/alert-mapped", "b.yaml:4: change/alert-mapped"]
    assert gate(run, "--staged") == ["a.yaml:4: change/alert-mapped"]
    assert gate(run, "--head", "HEAD") == []


def test_two_commits_are_compared_without_touching_the_disk(write: Write, run: Run) -> None:
    folder = commit(write(CLEAN))
    commit(write({"a.yaml": ALERTS.replace("DiskFull", "Second")}))
    commit(write({"b.yaml": ALERTS.replace("DiskFull", "Third")}))
    change_to(folder, {})
    document = report(run, "--base", "HEAD~2", "--head", "HEAD~1")[1]
    assert [each["path"] for each in document["findings"]] == ["a.yaml"]
    assert document["base"] == git(folder, "rev-parse", "HEAD~2").strip()


@pytest.mark.parametrize(("words", "said"), [
    (("--head", "HEAD", "--staged"), "--head and --staged are two states; name one of them."),
    (("--staged", "--tracked"), "--staged and --tracked are two states; name one of them."),
    (("--all",), "--all goes with --base; without it everything is shown."),
])  # fmt: skip
def test_requests_that_contradict_themselves(write: Write, run: Run, words: tuple[str, ...], said: str) -> None:
    commit(write(CLEAN))
    ran = run("check", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_path_shows_a_part_of_the_change(write: Write, run: Run, tmp_path: Path) -> None:
    commit(write({**CLEAN, "sub/old.yaml": ALERTS}))
    write({"a.yaml": ALERTS.replace("DiskFull", "A"), "sub/b.yaml": ALERTS.replace("DiskFull", "B")})
    assert gate(run, "sub") == ["sub/b.yaml:4: change/alert-mapped"]
    assert older(run, "a.yaml") == 0
    assert older(run, "sub") == 1


# --- ids in a repository that lives -----------------------------------------------------------------------------------

WEB = "# Web down\n\n## Steps\n\n1. Look at the load balancer.\n2. Restart what does not answer.\n"
MAIL = "# Mail stuck\n\n## Steps\n\n1. Count the queue.\n2. Flush the relay and wait.\n"


def catalog(*entries: str, signals: str = "{}") -> dict[str, str]:
    """A catalog of ``id url`` with more fields behind them."""
    listed = []
    for each in entries:
        name, url, *more = each.split(" ", 2)
        listed.append(f"  - {{id: {name}, url: {url}{''.join(more) and ', ' + more[0]}}}")
    return {"runbooks.catalog.yaml": "runbooks:\n" + "\n".join(listed) + f"\nsignals: {signals}\n"}


def ids(run: Run, *words: str) -> list[str]:
    """What the change does to ids, as ``rule: message``, up to the first comma or semicolon."""
    document = report(run, "--base", "HEAD", "--select", "change/id-kept,change/id-renamed,change/id-reused", *words)[1]
    return [f"{each['rule']}: {each['message'].partition(';')[0]}" for each in document["findings"]]


TWO = {**catalog("ops.web web.md", "ops.mail mail.md", signals="{a: [ops.web]}"), "web.md": WEB, "mail.md": MAIL}


@pytest.mark.parametrize(("files", "expected"), [
    pytest.param(catalog("ops.web web.md", signals="{a: [ops.web], b: [ops.mail]}"),
                 ["change/id-kept: the id 'ops.mail' is gone"], id="lost while a signal names it"),
    pytest.param(catalog("ops.web web.md", "ops.post mail.md"),
                 ["change/id-renamed: the id 'ops.mail' of this runbook is 'ops.post' now"], id="renamed"),
    pytest.param(catalog("ops.web web.md aliases: [ops.mail]"),
                 ["change/id-kept: the id 'ops.mail' led to mail.md and leads to web.md now"],
                 id="an alias elsewhere, while the runbook is still there"),
    pytest.param({**catalog("ops.web web.md aliases: [ops.mail]"), "mail.md": "# Moved\n\nSee web.md.\n"}, [],
                 id="an alias elsewhere, where only a stub is left"),
    pytest.param({"web.md": MAIL, "mail.md": WEB},
                 ["change/id-kept: the id 'ops.web' led to web.md (now at mail.md) and leads to web.md now",
                  "change/id-kept: the id 'ops.mail' led to mail.md (now at web.md) and leads to mail.md now"],
                 id="texts swapped"),
    pytest.param({**catalog("ops.web mail.md", "ops.mail web.md"), "web.md": MAIL, "mail.md": WEB}, [],
                 id="texts swapped and the catalog with them"),
    pytest.param({**catalog("ops.new web.md", "ops.web mail.md", "ops.mail more.md"),
                  "web.md": "# New\n\nAnother page.\n", "mail.md": WEB, "more.md": MAIL}, [],
                 id="shifted into one another's names"),
    pytest.param({**catalog("ops.web web.md", "ops.mail mail.md", "ops.old web-old.md"),
                  "web.md": "# Cache\n\nSomething else.\n", "web-old.md": WEB},
                 ["change/id-kept: the id 'ops.web' led to web.md (now at web-old.md) and leads to web.md now"],
                 id="another text in the place of one that moved"),
    pytest.param({**catalog("ops.web web.md", "ops.mail mail.md"), "web.md": WEB + "3. Done.\n", "web-old.md": WEB}, [],
                 id="a copy kept beside an edit"),
    pytest.param({**catalog("ops.web all.md#web-down", "ops.mail all.md#mail-stuck"), "all.md": WEB + "\n" + MAIL,
                  "web.md": None, "mail.md": None}, [], id="joined"),
])  # fmt: skip
def test_what_a_change_does_to_ids(write: Write, run: Run, files: dict[str, str | None], expected: list[str]) -> None:
    folder = commit(write(TWO))
    change_to(folder, {name: text for name, text in {**TWO, **files}.items() if text is not None})
    assert ids(run) == expected


def test_a_runbook_that_is_split_keeps_the_ids_of_its_sections(write: Write, run: Run) -> None:
    entries = catalog("ops.web all.md#web-down", "ops.mail all.md#mail-stuck")
    folder = commit(write({**entries, "all.md": WEB + "\n" + MAIL}))
    split = {**catalog("ops.web web.md", "ops.mail mail.md"), "web.md": WEB, "mail.md": MAIL}
    change_to(folder, split)
    assert ids(run) == []
    change_to(folder, {**split, **catalog("ops.web mail.md", "ops.mail web.md")})
    assert len(ids(run)) == 2


def test_a_section_that_is_gone_is_not_another_one_of_its_file(write: Write, run: Run) -> None:
    commit(write({**catalog("ops.web all.md#web-down", "ops.mail all.md#mail-stuck"), "all.md": WEB + "\n" + MAIL}))
    write({**catalog("ops.web all.md#mail-stuck", "ops.mail all.md#mail-stuck"), "all.md": MAIL})
    assert ids(run) == ["change/id-kept: the id 'ops.web' led to all.md#web-down and leads to all.md#mail-stuck now"]
    write({**catalog("ops.web all.md#web-is-down", "ops.mail all.md#mail-stuck"),
           "all.md": WEB.replace("Web down", "Web is down") + "\n" + MAIL})  # fmt: skip
    assert ids(run) == []


def test_what_was_deleted_or_retired_comes_back_for_nothing_else(write: Write, run: Run) -> None:
    folder = commit(write(TWO))
    change_to(folder, {**catalog("ops.web web.md"), "web.md": WEB})
    commit(folder)
    for files in (
        {**catalog("ops.web web.md aliases: [ops.mail]")},
        {**catalog("ops.web web.md", "ops.mail mail.md"), "mail.md": "# Cache\n\nAnother page.\n"},
    ):
        write(files)
        assert [each.partition(":")[0] for each in ids(run)] == ["change/id-reused"]
    write({**catalog("ops.web web.md", "ops.mail post.md"), "post.md": MAIL})
    assert ids(run) == []
    write(catalog("ops.web web.md", "ops.mail mail.md status: retired"))
    assert ids(run) == []
    commit(folder)
    write(catalog("ops.web web.md aliases: [ops.mail]"))
    assert [each.partition(":")[0] for each in ids(run)] == ["change/id-reused"]


# --- debts ------------------------------------------------------------------------------------------------------------


def test_an_entry_renamed_as_advised_keeps_its_debts_and_its_reviews(write: Write, run: Run) -> None:
    old = 'last_reviewed_at: 2025-01-01, severity_hint: sev2, owner_team: ops, signals: [], title: "Web down"'
    commit(write({**catalog(f"ops.web web.md {old}"), "web.md": WEB}))
    write(catalog(f"shop.web web.md aliases: [ops.web], {old}"))
    assert [each for each in gate(run) if "owner-approval" not in each] == []
    write({"web.md": WEB + "3. Go home.\n"})
    assert [each for each in gate(run) if "owner-approval" not in each] == ["runbooks.catalog.yaml:2: change/reviewed"]


def test_a_file_that_stays_broken_hides_nothing_of_the_change(write: Write, run: Run) -> None:
    folder = commit(write({**CLEAN, "broken.alerts.yaml": ALERTS + "  }\n"}))
    (folder / "runbooks/disk.md").unlink()
    assert "runbooks/runbooks.catalog.json:1: catalog/target-exists" in gate(run)


def test_a_repaired_catalog_does_not_excuse_what_the_change_breaks_beside_it(write: Write, run: Run) -> None:
    folder = commit(write({**CLEAN, "runbooks/runbooks.catalog.json": CATALOG[:-3]}))
    write({"runbooks/runbooks.catalog.json": CATALOG})
    (folder / "runbooks/disk.md").unlink()
    assert "runbooks/runbooks.catalog.json:1: catalog/target-exists" in gate(run)


def test_a_change_cannot_switch_off_what_judges_it(write: Write, run: Run) -> None:
    commit(write(CLEAN))
    off = "version: 1\nrules: {change/id-kept: off, change/alert-mapped: off, alert/runbook-id: off}\n"
    write(
        {".runbook-lint.yaml": off, "runbooks/runbooks.catalog.json": "[]", "new.yaml": ALERTS.replace("Disk", "New")}
    )
    rules = {each.rpartition(" ")[2] for each in gate(run)}
    assert {"change/id-kept", "change/alert-mapped"} <= rules
    assert "the rules of the family change are in force as they were before" in run("check", "--base", "HEAD").out
    commit(Path.cwd())
    write({"newer.yaml": ALERTS.replace("Disk", "Newer")})
    assert gate(run) == []


def test_alerts_of_one_name_are_known_by_their_severity(write: Write, run: Run) -> None:
    def two(warning: str, critical: str) -> str:
        rule = "- alert: Disk\n  expr: {}\n  labels: {{severity: {}}}\n  annotations: {{runbook_id: ops.disk}}\n"
        return rule.format(critical, "critical") + rule.format(warning, "warning")

    commit(write({**CLEAN, "alerts.yaml": two("free < 5", "free < 1")}))
    write({"alerts.yaml": two("free < 6", "free < 2")})
    said = [
        each["message"] for each in report(run, "--base", "HEAD", "--select", "change/alert-altered")[1]["findings"]
    ]
    assert (
        said == ["the expression of alert 'Disk' changed and runbooks/disk.md was not touched: it may be wrong now"] * 2
    )


def test_a_document_whose_own_date_moves_backwards(write: Write, run: Run) -> None:
    commit(write({**CLEAN, "runbooks/disk.md": RUNBOOK + "\n**Last reviewed**: 2026-02-20\n"}))
    write({"runbooks/disk.md": RUNBOOK + "\n**Last reviewed**: 2026-01-20\n"})
    assert "runbooks/disk.md:7: change/reviewed" in gate(run)
