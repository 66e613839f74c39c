"""No part of a secret is printed, stored or shown: all outputs are searched for all values of all examples at once.

A leak is any eight characters in a row of a secret, but for those that also stand around secrets in the examples, or in
the tool's own words.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import fakes
import pytest
from conftest import ALERTS, CLEAN, DAY, RUNBOOK, Ran, Run, Write, process
from fakes import BEGIN, END, KEY, PASSWORD, TOKEN

from runbook_lint import engine
from runbook_lint.cli import main
from runbook_lint.model import UserError
from runbook_lint.reporters import FORMATS

WIDTH = 8
# What may stand in a path, an id, the name of an alert, and is cut short nowhere.
PLAIN = re.compile(r"[A-Za-z0-9._-]{8,90}")


def windows(text: str) -> Iterator[str]:
    """All that stands in a row in a text."""
    return (text[at : at + WIDTH] for at in range(len(text) - WIDTH + 1))


def parts(secret: str) -> list[str]:
    """What must not be shown: all of it, or of one that has lines the long words of these."""
    return re.findall(r"[A-Za-z0-9+/=]{16,}", secret) if re.search(r"\n|\\n", secret) else [secret]


@cache
def telltale() -> dict[str, str]:
    """What stands in a row in a secret, and nowhere in the open; each with the example that it is of."""
    own = (str(entry[key]) for entry in fakes.entries() for key in ("id", "message", "why", "hint", "source"))
    around = (part for example in fakes.bad() for part in (example.before, example.after))
    known = {window for text in (*own, *around) for window in windows(text)}
    every = {window: each.name for each in fakes.bad() for part in parts(each.secret) for window in windows(part)}
    return {window: name for window, name in every.items() if window not in known}


def leaks(*texts: str) -> set[str]:
    """The examples of whose secrets a text shows a part."""
    return {telltale()[window] for text in texts for window in windows(text) if window in telltale()}


def test_a_leak_is_noticed() -> None:
    assert all(leaks(f"x {example.secret} y") for example in fakes.bad())
    assert leaks("Revoke it first, then remove it; the history still has it.") == set()


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with every example, and what stands in it again where other rules, and people, see it."""
    root = tmp_path_factory.mktemp("everything")
    entries, alerts = [], []
    for number, example in enumerate(fakes.bad()):
        short = example.secret if PLAIN.fullmatch(example.secret) else f"x{number}"
        quoted = json.dumps(example.secret)
        _put(
            root,
            f"runbooks/n{number}.md",
            f"# {short}\n\nOwner: {short}\n\nTODO: {short}\n\n```\n{example.text}\n```\n",
        )
        if number % 10 == 0:
            _put(root, f"runbooks/{short}/{short}.md", f"# {short}\n\n## {short}\n\n## {short}\n\n[a](no/{short}.md)\n")
        alerts.append(
            f"- alert: {quoted}\n  expr: up == 0\n  annotations: {{runbook_id: {quoted}, summary: {quoted}}}\n"
        )
        entries.append({"id": short, "title": short, "url": f"runbooks/{short}.md", "owner_team": short})
    _put(root, "alerts.yaml", "".join(alerts))
    _put(root, "runbooks/runbooks.catalog.json", json.dumps({"version": 1, "runbooks": entries}))
    return root


def _put(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(text.encode())


CHECKS = {
    "for people": ["--format", "text", "--statistics", "--limit", "0"],
    "without the rules for secrets": ["--format", "json", "--ignore", "secret"],
    "only other rules": ["--limit", "0", "--select", "alert,catalog,runbook,link"],
    "a part of it": ["runbooks/n0.md", "alerts.yaml"],
}


def in_all_formats(run: Run, folder: Path, *words: str, cwd: Path | None = None) -> dict[str, str]:
    """What one run says in each format; the files are put into a folder."""
    folder.mkdir(exist_ok=True)
    forms = [word for form in FORMATS for word in ("--format", f"{form}:{folder / form}")]
    ran = run("check", *forms, *words, **({"cwd": cwd} if cwd is not None else {}))
    return {"the screen": ran.out + ran.err, **{form: (folder / form).read_text() for form in FORMATS}}


def test_no_format_shows_a_secret(everything: Path, run: Run, tmp_path: Path) -> None:
    said = in_all_formats(run, tmp_path / "reports", cwd=everything)
    # What is the format's own looks like some examples: the first line of XML, names of rules, what pages say of them.
    said["sarif"] = json.dumps(json.loads(said["sarif"])["runs"][0]["results"])
    own = re.compile(r"<(?:\?xml|checkstyle|testsuites).*|secret/[a-z0-9-]+")
    said = {form: own.sub("", text) for form, text in said.items()}
    assert {form: leaks(text) for form, text in said.items() if leaks(text)} == {}


@pytest.mark.parametrize("words", CHECKS.values(), ids=CHECKS)
def test_no_report_shows_a_secret(everything: Path, run: Run, words: list[str]) -> None:
    ran = run("check", *words, cwd=everything)
    assert ran.code == 1
    assert leaks(ran.out, ran.err) == set()


def test_no_inventory_shows_a_secret(everything: Path, run: Run) -> None:
    outs = [run("inventory", "--format", form, cwd=everything) for form in ("text", "json")]
    assert leaks(*(ran.out + ran.err for ran in outs)) == set()


def test_no_file_is_written_with_a_secret_in_it(everything: Path, run: Run, tmp_path: Path) -> None:
    before = set(everything.rglob("*"))
    run("check", "--format", "json", "--output", str(tmp_path / "report.json"), cwd=everything)
    assert leaks((tmp_path / "report.json").read_text()) == set()
    assert set(everything.rglob("*")) == before


def test_rules_that_are_off_hide_all_the_same(everything: Path, run: Run, tmp_path: Path) -> None:
    off = "".join(f"  {entry['id']}: off\n" for entry in fakes.entries())
    _put(tmp_path, "off.yaml", f"version: 1\nrules:\n{off}")
    ran = run("check", "--config", str(tmp_path / "off.yaml"), "--limit", "0", cwd=everything)
    assert "secret/" not in ran.out
    assert leaks(ran.out, ran.err) == set()


# A secret that is shown in another file, and where.
AGAIN = {
    "headings": {"runbooks/other.md": f"# Other {PASSWORD}\n\n## {PASSWORD}\n\n## {PASSWORD}\n\nTODO: {PASSWORD}x\n"},
    "an alert": {
        "alerts.yaml": ALERTS.replace("DiskFull", f"A{PASSWORD}").replace("disk_free", f'd{{key="{PASSWORD}"}}')
    },
    "metadata": {"runbooks/other.md": f"---\nowner: {PASSWORD}\n{PASSWORD}: [a, {{b: x{PASSWORD}}}]\n---\n{RUNBOOK}"},
    "a path": {f"runbooks/{PASSWORD}/{PASSWORD}.md": "# A\n\n## B\n\nTODO: c\n"},
    "an address": {"runbooks/other.md": f"# A\n\n[x](https://{PASSWORD}.example.com/) [y](no-{PASSWORD}.md)\n"},
    "a broken catalog": {"runbooks/more.catalog.json": f'{{"version": 1, "runbooks": [{{"id": "{PASSWORD}"'},
    "a waiver": {
        "runbooks/other.md": f'# A\n\n<!-- runbook-lint-disable-line {PASSWORD} reason="{PASSWORD}" -->\n',
    },
    "two catalogs": {
        "a.catalog.yaml": f"version: 1\nrunbooks: [{{id: {PASSWORD}}}, {{id: {PASSWORD}}}]\n",
    },
}
SAID = f"password: {PASSWORD}"
WAYS = {
    "found": (SAID, []),
    "ignored": (SAID, ["--ignore", "secret"]),
    "not selected": (SAID, ["--select", "runbook,alert,catalog,waiver,read,link"]),
    "waived": (
        '<!-- runbook-lint-disable-next-line secret/password until=2026-06-30 owner=ops reason="revoked" -->\n' + SAID,
        ["--statistics"],
    ),
    "not shown": (SAID, ["alerts.yaml"]),
}


@pytest.mark.parametrize(("said", "words"), WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("files", AGAIN.values(), ids=AGAIN)
def test_what_is_found_in_one_file_is_shown_of_none(
    write: Write,
    run: Run,
    tmp_path_factory: pytest.TempPathFactory,
    files: dict[str, str],
    said: str,
    words: list[str],
) -> None:
    write({**CLEAN, "runbooks/disk.md": f"{RUNBOOK}\n{said}\n", **files})
    outs = in_all_formats(run, tmp_path_factory.mktemp("reports"), *words)
    outs |= {form: (ran := run("inventory", "--format", form)).out + ran.err for form in ("text", "json")}
    assert [name for name, text in outs.items() if PASSWORD in text] == []


def test_each_line_of_a_key_is_a_secret(write: Write, run: Run) -> None:
    key = "\n".join(f"> {line}" for line in (BEGIN, *KEY, END))
    write({"runbooks/disk.md": f"{RUNBOOK}\n{key}\n", "alerts.yaml": ALERTS.replace("DiskFull", f"A {KEY[1]}")})
    outs = [run(command, "--format", form).out for command in ("check", "inventory") for form in ("text", "json")]
    assert not [out for out in outs if any(line in out for line in KEY)]


def test_a_file_with_a_veiled_path_is_still_checked_by_its_name(write: Write, run: Run) -> None:
    write({"runbooks/disk.md": f"{RUNBOOK}\n{SAID}\n", f"runbooks/{PASSWORD}/a.md": "# A\n\nTODO: c\n"})
    for path in (f"runbooks/{PASSWORD}/a.md", f"runbooks/{PASSWORD}", "runbooks"):
        ran = run("check", "--select", "runbook/placeholder", path, "--fail-on", "info", "--format", "json")
        assert ran.code == 1
        (finding,) = json.loads(ran.out)["findings"]
        assert finding["path"] == "runbooks/***/a.md"
    assert "TODO: c\n" in run("check", "--select", "runbook/placeholder").out


# Examples that are found at the start of a line only, or where a line break is none of two letters.
LINES = frozenset(f"secret/{name}-0" for name in ("pgpass-password", "putty-private-key", "announced-password"))
QUOTABLE = [example.text for example in fakes.bad() if example.name not in LINES]
# Those that Python's own way of quoting leaves as they are.
PLAIN_QUOTED = [text for text in QUOTABLE if not re.search(r"['\n\\]", text)]
# Those that no message cuts short, and no path makes another of.
SHORT = [text for text in QUOTABLE if len(text) < 50 and "//" not in text]


def portions(texts: list[str], size: int) -> Iterable[str]:
    """Many texts in one."""
    return ["\n\n".join(texts[start : start + size]) for start in range(0, len(texts), size)]


def wrong(run: Run, *words: str) -> Ran:
    """A request that is refused with a sentence."""
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    return ran


REQUESTS = {
    "a path": ["check", "@"],
    "a rule": ["check", "--select", "@"],
    "a rule to ignore": ["check", "--ignore", "@"],
    "a day": ["check", "--as-of=@"],
    "a format": ["check", "--format", "@"],
    "a number": ["check", "--limit", "@"],
    "a configuration": ["check", "--config", "@"],
    "a rule to explain": ["explain", "@"],
    "a path of the inventory": ["inventory", "@"],
}


@pytest.mark.parametrize("words", REQUESTS.values(), ids=REQUESTS)
def test_no_answer_to_a_wrong_request_shows_a_secret(write: Write, run: Run, words: list[str]) -> None:
    write(CLEAN)
    for text in portions(PLAIN_QUOTED, 240):
        ran = wrong(run, *(word.replace("@", text) for word in words))
        assert leaks(ran.err) == set()


# Wrong files of ours that hold `@`, a text with secrets as a string of YAML.
FILES = {
    "an unknown key": {".runbook-lint.yaml": "version: 1\n? @\n: x\n"},
    "an unknown rule": {".runbook-lint.yaml": "version: 1\nrules:\n  ? @\n  : off\n"},
    "a value": {".runbook-lint.yaml": "version: 1\nprofiles: @\n"},
    "a pack that is not there": {".runbook-lint.yaml": "version: 1\npacks: [@]\n"},
    "a pack": {
        ".runbook-lint.yaml": "version: 1\npacks: [a.yaml]\n",
        "a.yaml": "version: 1\nrules:\n  - {id: house/a, each: alert, must: {match: {pattern: a, ? @ : b}},"
        " severity: error, message: m, why: w}\n",
    },
    "a check": {
        ".runbook-lint.yaml": "version: 1\npacks: [a.yaml]\n",
        "a.yaml": "version: 1\nrules:\n  - {id: house/a, each: alert, must: @, severity: error, message: m, why: w}\n",
    },
}


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_no_answer_to_a_wrong_file_shows_a_secret(write: Write, run: Run, files: dict[str, str]) -> None:
    for text in SHORT[::25]:
        write({**CLEAN, **{name: written.replace("@", json.dumps(text)) for name, written in files.items()}})
        assert leaks(wrong(run, "check").err) == set()


def test_no_list_of_mistakes_shows_a_secret(write: Write, run: Run) -> None:
    for name in (".runbook-lint.yaml", ".runbook-lint-waivers.yaml"):
        write({**CLEAN, name: "version: 1\n" + "".join(f"? {json.dumps(text)}\n: x\n" for text in SHORT)})
        ran = run("check")
        assert leaks(ran.out, ran.err) == set()


@pytest.mark.parametrize("debug", ["", "1"])
@pytest.mark.parametrize("kind", [RuntimeError, UserError, KeyError])
def test_no_crash_shows_a_secret(
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    debug: str,
    kind: type[Exception],
) -> None:
    def crash(*given: object) -> None:
        raise kind("\n\n".join(PLAIN_QUOTED))

    monkeypatch.chdir(write(CLEAN))
    monkeypatch.setenv("RUNBOOK_LINT_DEBUG", debug)
    monkeypatch.setattr(engine, "run", crash)
    with pytest.raises(SystemExit):
        main(["check", "--as-of", DAY])
    out, err = capfd.readouterr()
    assert err
    assert leaks(out, err) == set()


def test_a_process_shows_none_either(write: Write) -> None:
    root = write({"runbooks/disk.md": f"{RUNBOOK}\n{SAID} {TOKEN}\n", "alerts.yaml": ALERTS})
    ran = process("check", cwd=root, env={"RUNBOOK_LINT_DEBUG": "1"})
    assert (ran.code, PASSWORD in ran.out + ran.err, TOKEN in ran.out + ran.err) == (1, False, False)
