"""Secrets in all that the tool reads: each is found, at exactly its place, and what only looks like one is let pass.

No value here was given out by anybody, and its halves meet only when the tests run.
"""

import base64
import datetime
import json
from pathlib import Path
from urllib.parse import quote

import fakes
import pytest
from conftest import ALERTS, CATALOG, CLEAN, ENTRY, LINKED, RUNBOOK, Run, Write, git, process
from fakes import PASSWORD, RANDOM, TOKEN

from runbook_lint import engine, snapshot
from runbook_lint.config import Config
from runbook_lint.model import Finding

WAIVER = "{rule: alert/runbook-id, paths: [alerts.yaml], until: 2026-06-30, owner: ops, reason: 'was %s'}"


def findings(root: Path) -> list[Finding]:
    """What the rules for secrets find in a folder."""
    world = snapshot.working_tree(str(root))
    return list(engine.run(world, Config(), fakes.rules(), datetime.date(2026, 3, 1)).findings)


def spot(path: str, text: str, secret: str) -> str:
    """Where a secret stands in a file: ``path:line:column-line:column``."""
    start = text.index(secret)
    ends = (
        f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}" for at in (start, start + len(secret))
    )
    return f"{path}:{'-'.join(ends)}"


def spots(run: Run) -> list[str]:
    """The places of the secrets that the command line reports."""
    ran = run("check", "--select", "secret", "--format", "json")
    return [
        "{path}:{line}:{column}-{end_line}:{end_column}".format_map(each) for each in json.loads(ran.out)["findings"]
    ]


# Every text that the tool reads; `@` is where the secret stands.
PLACES = {
    "prose": ("runbooks/disk.md", RUNBOOK + "\nThe password is `@`.\n"),
    "a fence": ("runbooks/disk.md", RUNBOOK + "\n```sh\nexport DB_PASSWORD='@'\n```\n"),
    "an indented block": ("runbooks/disk.md", RUNBOOK + "\nRun:\n\n    export DB_PASSWORD='@'\n"),
    "a table": ("runbooks/disk.md", RUNBOOK + "\n| User | Password |\n|---|---|\n\n| password | `@` |\n|---|---|\n"),
    "a column of a table": (
        "runbooks/disk.md",
        RUNBOOK + "\n| Host | User | Password |\n|:--|---|--:|\n| db-1 | ops | `@` |\n| db-2 | ops | see the vault |\n",
    ),
    "an HTML comment": ("runbooks/disk.md", RUNBOOK + "\n<!-- password: @ -->\n"),
    "front matter": ("runbooks/disk.md", "---\nowner: ops\ndb_password: '@'\n---\n" + RUNBOOK),
    "a link target": ("runbooks/disk.md", RUNBOOK + "\nSee [the queue](https://ops:@@queue.example.com/).\n"),
    "a link definition": ("runbooks/disk.md", RUNBOOK + "\n[queue]: https://ops:@@queue.example.com/\n"),
    "a page that is no runbook": ("docs/notes.md", "# Notes\n\npassword: @\n"),
    "a catalog in JSON": (
        "runbooks/runbooks.catalog.json",
        CATALOG.replace('"signals"', '"x-note": "password: @", "signals"'),
    ),
    "a catalog in YAML": (
        "runbooks/runbooks.catalog.yaml",
        f"# password: '@'\nversion: 1\nrunbooks:\n  - {ENTRY}\n",
    ),
    "an annotation": ("alerts.yaml", LINKED.replace("ops.disk}", "ops.disk, summary: \"run `db --password '@'`\"}")),
    "a comment in YAML": ("alerts.yaml", LINKED + "        # password: '@'\n"),
    "an expression": ("alerts.yaml", ALERTS.replace("disk_free", "disk_free{password=\"@\"}")),
    "a ConfigMap": (
        "alerts.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: rules}\ndata:\n  rules.yml: |\n"
        + "    # password: '@'\n"
        + "".join(f"    {line}\n" for line in LINKED.splitlines()),
    ),
    "a template": ("chart/alerts.yaml.tpl", "{{ if .Values.on }}\n# password: '@'\n{{ end }}\n" + LINKED),
    "a roster": ("ops/oncall.yaml", "teams:\n  ops:\n    primary: ann\n    backup: bob\n    pager_password: '@'\n"),
    "CODEOWNERS": (".github/CODEOWNERS", "# password: '@'\n* @acme/ops\n"),
    "the configuration": (".runbook-lint.yaml", "# password: '@'\nversion: 1\n"),
    "a value of the configuration": (
        ".runbook-lint.yaml",
        "version: 1\nurl_prefixes: {'https://ops:@@queue.example.com/': runbooks/}\n",
    ),
    "waivers": (".runbook-lint-waivers.yaml", f"version: 1\nwaivers:\n  - {WAIVER % 'password: @'}\n"),
    "a baseline": (".runbook-lint-baseline.json", '{"version": 1, "findings": [{"note": "password: @"}]}\n'),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text"), PLACES.values(), ids=PLACES)
def test_a_secret_is_found_wherever_it_stands(write: Write, run: Run, path: str, text: str) -> None:
    text = text.replace("@", PASSWORD, 1)
    write({**CLEAN, path: text})
    assert spots(run) == [spot(path, text, PASSWORD)]


def test_what_is_staged_is_judged_and_not_what_lies_on_the_disk(write: Write, run: Run) -> None:
    text = RUNBOOK + f"\npassword: '{PASSWORD}'\n"
    root = write({**CLEAN, "runbooks/disk.md": text})
    git(root, "init", "-q")
    git(root, "add", ".")
    write({"runbooks/disk.md": RUNBOOK})
    assert run("check", "--staged", "--select", "secret").code == 1
    assert run("check", "--select", "secret").code == 0


# How a token is written that is longer than a line, or that a tool has put into another form.
HALVES = TOKEN[:30], TOKEN[30:]
WRITTEN = {
    "a line that goes on": "\\\n".join(HALVES),
    "a line that goes on, with margin": "\\\n    ".join(HALVES),
    "a line that goes on, in a quotation": "\\\n> ".join(HALVES),
    "a line that goes on, of Windows": "\\\r\n".join(HALVES),
    "two strings": '"{}" +\n    "{}"'.format(*HALVES),
    "two strings, the sign before the second": '"{}"\n    + "{}"'.format(*HALVES),
    "two strings, nothing between them": '"{}"\n  "{}"'.format(*HALVES),
    "two strings of one mark": "'{}' +\n '{}'".format(*HALVES),
    "three strings": f'"{TOKEN[:20]}" +\n"{TOKEN[20:40]}" +\n"{TOKEN[40:]}"',
    "per cent signs": quote(TOKEN).replace("_", "%5F"),
    "base64": base64.b64encode(f"token is {TOKEN}!".encode()).decode(),
    "base64 of a line": base64.b64encode(f"DO_TOKEN={TOKEN}\n".encode()).decode(),
}


@pytest.mark.parametrize("opening", ["API = @", "doctl auth init @", "use(@)"])
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_token_in_another_form_is_found(tmp_path: Path, written: str, opening: str) -> None:
    text = fakes.in_fence(opening.replace("@", written)).text
    (tmp_path / "disk.md").write_bytes(text.encode())
    assert [text[each.place.start : each.place.end] for each in findings(tmp_path)] == [written.strip("\"'")]


@pytest.mark.parametrize("placement", fakes.PLACEMENTS)
def test_every_bad_example_is_found_once_and_at_its_place(tmp_path: Path, placement: str) -> None:
    pattern, place = fakes.PLACEMENTS[placement]
    expected = {}
    for example in fakes.bad():
        path = pattern.format(example.name)
        expected[path] = place(example.before, example.secret, example.after)
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(expected[path].text.encode())
    found: dict[str, list[tuple[int, int]]] = {path: [] for path in expected}
    for each in findings(tmp_path):
        found[each.place.path].append((each.place.start, each.place.end))
    assert {path for path, placed in expected.items() if found[path] != [(placed.start, placed.end)]} == set()


@pytest.mark.parametrize("placement", fakes.PLACEMENTS)
def test_no_good_example_is_taken_for_a_secret_by_any_rule(tmp_path: Path, placement: str) -> None:
    pattern, place = fakes.PLACEMENTS[placement]
    for number, (rule, piece) in enumerate(fakes.good()):
        path = tmp_path / pattern.format(f"{rule}-{number}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(place(piece).text.encode())
    assert {f"{each.place.path} {each.rule}" for each in findings(tmp_path)} == set()


def test_two_secrets_of_one_line_are_two_findings(tmp_path: Path) -> None:
    (tmp_path / "disk.md").write_text(f"# Disk\n\nlogin --password '{PASSWORD}' --token {TOKEN}\n")
    assert [each.rule for each in findings(tmp_path)] == ["secret/password", "secret/digitalocean-token"]


def test_a_key_is_one_secret_however_many_lines_it_has(tmp_path: Path) -> None:
    (tmp_path / "vpn.md").write_text("\n".join(("# VPN", "", fakes.BEGIN, *fakes.KEY, fakes.END, "")))
    (found,) = findings(tmp_path)
    assert (found.rule, found.place.line, found.place.end_line) == ("secret/private-key", 3, 6)


@pytest.mark.parametrize("before", ["", "> ", "# ", "* ", "- ", "| ", "    ", "\t", "> > ", "  # ", "// "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_private_key_in_a_quotation_is_found(before: str, end: str) -> None:
    text = end.join(["# VPN", "", *(before + line for line in (fakes.BEGIN, *fakes.KEY, fakes.END)), "", "Words."])
    (secret,) = fakes.scanned(text)
    assert all(line in secret for line in fakes.KEY)


# One may be an example and the other not: the first is a warning, which does not fail a run.
SURENESS = [
    (f"api_key: {RANDOM}", "error"),
    (f"password: '{PASSWORD}'", "error"),
    ("api_key: " + "abcdef0123456789" * 2, "warning"),
    ("password: 'Password" + "123!'", "warning"),
]


@pytest.mark.parametrize(("text", "severity"), SURENESS)
def test_what_is_less_sure_is_a_warning(write: Write, run: Run, text: str, severity: str) -> None:
    write({"runbooks/disk.md": f"{RUNBOOK}\n{text}\n"})
    ran = run("check", "--select", "secret", "--format", "json")
    assert [each["severity"] for each in json.loads(ran.out)["findings"]] == [severity]
    assert ran.code == (severity == "error")


def test_a_finding_says_what_to_do_first(write: Write, run: Run) -> None:
    write({"runbooks/disk.md": f"{RUNBOOK}\nUse {TOKEN} for it.\n"})
    (finding,) = json.loads(run("check", "--select", "secret", "--format", "json").out)["findings"]
    assert "Revoke it first, then remove it; the history still has it." in finding["help"]


WAIVED = 'until={} owner=ops reason="revoked, kept for the trial"'


@pytest.mark.parametrize(("until", "code"), [("2026-06-30", 0), ("2026-02-28", 1)])
def test_a_secret_can_be_waived_until_a_day(write: Write, run: Run, until: str, code: int) -> None:
    comment = f"<!-- runbook-lint-disable-next-line secret/password {WAIVED.format(until)} -->"
    write({"runbooks/disk.md": f"{RUNBOOK}\n{comment}\nThe password is `{PASSWORD}`.\n"})
    ran = run("check", "--select", "secret")
    assert ran.code == code
    assert PASSWORD not in ran.out + ran.err


def test_the_tool_as_a_process_finds_the_same(write: Write) -> None:
    ran = process("check", "--select", "secret", cwd=write({"runbooks/disk.md": f"{RUNBOOK}\nUse {TOKEN} now.\n"}))
    assert (ran.code, TOKEN in ran.out + ran.err) == (1, False)
    assert "secret/digitalocean-token" in ran.out


# Ways of writing a password down that have no sign of their own between the name and the value, or a strange one.
WAYS = [
    "**Password:** {}",
    "- name: DB_PASSWORD\n  value: {}",
    '{{"name": "DB_PASSWORD", "value": "{}"}}',
    "rootpw: {}",
    "SSHPASS={} ssh db-1",
    "Password for root: {}",
    "create user ops identified by '{}';",
    "rabbitmqctl add_user ops {}",
    "az login --service-principal -u ops -p {}",
    'client.setPassword("{}")',
    "sshpass -p {} ssh db-1",
]


@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_writing_a_password_down(tmp_path: Path, way: str) -> None:
    text = RUNBOOK + "\n```text\n" + way.format(PASSWORD) + "\n```\n"
    (tmp_path / "disk.md").write_text(text)
    assert [text[each.place.start : each.place.end] for each in findings(tmp_path)] == [PASSWORD]


def test_a_page_in_another_encoding_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_bytes(f"# Z\xfcrich\n\npassword: {PASSWORD}\n".encode("latin-1"))
    assert [finding.place.line for finding in findings(tmp_path)] == [3]


def test_a_waiver_excuses_a_secret_in_a_page(write: Write, run: Run) -> None:
    waiver = '<!-- runbook-lint-disable-next-line secret/password until=2026-06-30 owner=ops reason="a demo" -->'
    write({**CLEAN, "notes.md": f"# Notes\n\n{waiver}\npassword: {PASSWORD}\n"})
    assert spots(run) == []


def test_a_waiver_of_an_alert_excuses_a_secret_in_it(write: Write, run: Run) -> None:
    waiver = "# runbook-lint: ignore[secret/password] until=2026-06-30 owner=ops reason='a demo'"
    alert = ALERTS.replace("- alert: DiskFull", f"- alert: DiskFull  {waiver}")
    write(
        {
            **CLEAN,
            "alerts.yaml": alert + f"        annotations: {{runbook_id: ops.disk, summary: 'password={PASSWORD}'}}\n",
        }
    )
    assert spots(run) == []


def test_a_frame_shows_nothing_of_what_may_still_belong_to_a_password(tmp_path: Path, run: Run) -> None:
    (tmp_path / "disk.md").write_text(f"{RUNBOOK}\ncurl -u 'ops:{PASSWORD} Zt82WqRs' https://db.example.com\n")
    assert "Zt82" not in run("check", "--select", "secret", cwd=tmp_path).out
