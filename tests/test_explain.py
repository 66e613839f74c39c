"""`explain` says everything that a pack entry says."""

import re
from pathlib import Path
from typing import Any

import pytest

from runbook_lint import cli, packs
from runbook_lint.reporters import rulefacts

ENTRIES = packs.full_entries()


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `explain NAME` in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def run(name: str) -> tuple[Any, str, str]:
        with pytest.raises(SystemExit) as leaving:
            cli.main(["explain", name])
        return leaving.value.code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["id"]))
def test_every_rule(explain: Any, entry: dict[str, Any]) -> None:
    code, out, err = explain(entry["id"])
    assert (code, err) == (0, "")
    said = " ".join(out.split())
    assert out.startswith(f"{entry['id']} ({entry['severity']})\n")
    for part in ("why", "hint", "source"):
        assert " ".join(entry.get(part, "").split()) in said
    if entry["message"] not in ("{value}", "{words}"):
        assert entry["message"] in out
    assert ("(the policy: docs/policy.md)" in out) == ("policy" in entry.get("source", "").lower())
    assert f"{entry['id']}: off" in out
    assert out.count("\nGood") + out.count("\nBad") == len(entry["examples"])
    for example in entry["examples"]:
        piece = example.get("bad", example.get("good"))
        found = example.get("found", ()) if isinstance(piece, dict) else [f"found: {entry['message']}"] * ("«" in piece)
        for line in found:
            assert line in out
    assert not {"«", "»", "runbooks/example.md"} & {*out.split(), *out}


def test_an_example_that_is_a_piece_of_text(explain: Any) -> None:
    _, out, _ = explain("secret/aws-access-key-id")
    good, bad, *_ = out.partition("\nGood\n")[2].split("\n\n")
    assert good == "  | The key id begins with `AKIA` and is shown by `aws iam list-access-keys`."
    title, text, carets, found = bad.split("\n")
    assert re.fullmatch(r"  \| export AWS_ACCESS_KEY_ID=AKIA\(\+\)\w{16}", text)
    assert carets == "  | " + " " * len("export AWS_ACCESS_KEY_ID=") + "^" * len("AKIA(+)0123456789abcdef")
    assert (title, found) == ("Bad", "  found: an AWS access key id stands here")
    assert out.endswith("\n`(+)` stands in a made-up secret, so that scanners pass over this text.\n")


def test_a_long_piece_of_text_is_folded_over_its_carets() -> None:
    lines = list(rulefacts.marked("key: «" + "a" * 10 + "» and so on\n\nno key, however long it is\n«b\nc»", 8))
    assert lines == [
        "key: aaa", "     ^^^", "aaaaaaa ", "^^^^^^^", "and so o", "n",
        "", "no key, however long it is", "b", "^", "c", "^",
    ]  # fmt: skip


def test_options_have_their_defaults(explain: Any) -> None:
    _, out, _ = explain("review/overdue")
    assert "days         the limit in days; the last of them is still in time [90]" in out
    assert "review/overdue: {severity: warning, days: 90}" in out


@pytest.mark.parametrize("name", ["read/syntax", "waiver/expired"])
def test_what_cannot_be_waived(explain: Any, name: str) -> None:
    _, out, _ = explain(name)
    assert "not possible" in out
    assert "until=" not in out.partition("\nGood")[0]


def test_a_waiver_is_shown_in_the_language_of_the_file(explain: Any) -> None:
    _, alert, _ = explain("alert/runbook-id")
    _, link, _ = explain("link/target")
    _, key, _ = explain("secret/private-key")
    assert "# runbook-lint: ignore[alert/runbook-id] until=" in alert
    assert "<!--" not in alert.partition("\nGood")[0]
    assert "<!-- runbook-lint-disable-next-line link/target until=" in link
    assert "<!-- runbook-lint-disable-next-line secret/private-key" in key
    assert "# runbook-lint: ignore[secret/private-key]" in key
    assert "shown nowhere" in key


def test_a_family_lists_its_rules(explain: Any) -> None:
    code, out, _ = explain("alert")
    assert code == 0
    ids = [entry["id"] for entry in ENTRIES if entry["id"].startswith("alert/")]
    assert [line.split()[0] for line in out.splitlines()] == ids


@pytest.mark.parametrize("words", [["rules"], *(["explain", name] for name in ("catalog", "read", "runbook"))])
def test_a_list_shows_examples_in_no_more_than_100_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        cli.main(words)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    assert not [line for line in lines if "{" in line]


def test_a_family_has_the_severities_in_force(explain: Any, tmp_path: Path) -> None:
    (tmp_path / ".runbook-lint.yaml").write_text(
        "version: 1\nrules: {owner/backup: {severity: info}, owner/known: off}\n"
    )
    severities = dict(line.split()[:2] for line in explain("owner")[1].splitlines())
    assert severities == {
        "owner/known": "off",
        "owner/backup": "info",
        "owner/roster": "error",
        "owner/codeowners": "warning",
    }


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("catalogue", "did you mean 'catalog'?"),
        ("Config", "did you mean 'config'?"),
        (
            "zzz",
            "there are baseline, catalog, config, incident, inventory, nightly, pack, report, roster, runbook, waivers",
        ),
    ],
)
def test_an_unknown_schema(capsys: pytest.CaptureFixture[str], name: str, hint: str) -> None:
    with pytest.raises(SystemExit) as leaving:
        cli.main(["schema", name])
    assert (leaving.value.code, *capsys.readouterr()) == (2, "", f"runbook-lint: there is no schema '{name}'; {hint}\n")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("alert/runbok-id", "did you mean 'alert/runbook-id'?"),
        ("Alert/Runbook-ID", "did you mean 'alert/runbook-id'?"),
        ("catalogue", "did you mean 'catalog'?"),
        ("zzz", "`runbook-lint rules` lists all"),
    ],
)
def test_an_unknown_name(explain: Any, name: str, hint: str) -> None:
    assert explain(name) == (2, "", f"runbook-lint: there is no rule '{name}'; {hint}\n")


def test_a_house_rule_and_what_is_configured(explain: Any, tmp_path: Path) -> None:
    (tmp_path / ".runbook-lint.yaml").write_text(
        "version: 1\npacks: [house.yaml]\nrules: {review/overdue: {severity: info, days: 60}, house/team: off}\n"
    )
    (tmp_path / "house.yaml").write_text(
        "version: 1\nrules:\n  - {id: house/team, each: [alert], field: labels.team, must: [be-present],\n"
        '     severity: error, message: "no \\e[31mteam", why: Somebody must answer.}\n'
    )
    assert "in force here: severity info, days 60" in explain("review/overdue")[1]
    code, out, _ = explain("house/team")
    assert code == 0
    assert "in force here: off" in out
    assert "no \\x1b[31mteam" in out
    assert "each alert by itself: its labels.team" in out
