"""Texts that are badly written, or too large: each is said with its place, and hides nothing of the others."""

import time

import pytest
from conftest import ALERTS, CATALOG, CLEAN, RUNBOOK, Run, Write, found

UNLINKED = "error alert/runbook-id: alert 'DiskFull' has no runbook_id"
NESTED = 10_000

TEXTS: dict[str, tuple[str, str | bytes, list[str]]] = {
    "UTF-8 with a mark": (
        "a.yaml",
        b"\xef\xbb\xbf" + ALERTS.encode(),
        [f"a.yaml:4:9: {UNLINKED}"],
    ),
    "CRLF": ("a.yaml", ALERTS.replace("\n", "\r\n"), [f"a.yaml:4:9: {UNLINKED}"]),
    "lone CR": ("a.yaml", ALERTS.replace("\n", "\r"), [f"a.yaml:4:9: {UNLINKED}"]),
    "UTF-16 with a mark": (
        "a.yaml",
        ALERTS.encode("utf-16"),
        ["a.yaml:1:1: error read/encoding: it is written in UTF-16; save it as UTF-8"],
    ),
    "UTF-16 big-endian with a mark": (
        "a.yaml",
        b"\xfe\xff" + ALERTS.encode("utf-16-be"),
        ["a.yaml:1:1: error read/encoding: it is written in UTF-16; save it as UTF-8"],
    ),
    "UTF-16 little-endian without a mark": (
        "a.yaml",
        ALERTS.encode("utf-16-le"),
        ["a.yaml:1:1: error read/encoding: it is written in UTF-16; save it as UTF-8"],
    ),
    "UTF-16 big-endian without a mark": (
        "a.yaml",
        ALERTS.encode("utf-16-be"),
        ["a.yaml:1:1: error read/encoding: it is written in UTF-16; save it as UTF-8"],
    ),
    "UTF-32": (
        "a.yaml",
        ALERTS.encode("utf-32"),
        ["a.yaml:1:1: error read/encoding: it is written in UTF-32; save it as UTF-8"],
    ),
    "Latin-1": (
        "a.yaml",
        (ALERTS + "        # caf\xe9\n").encode("latin-1"),
        ["a.yaml:6:14: error read/encoding: byte 0xe9 is no UTF-8 here; save the file as UTF-8"],
    ),
    "Latin-1 after a character that was lost before": (
        "a.yaml",
        ("# \ufffd\n" + ALERTS).encode() + b"# caf\xe9\n",
        ["a.yaml:7:6: error read/encoding: byte 0xe9 is no UTF-8 here; save the file as UTF-8"],
    ),
    "NUL": (
        "a.yaml",
        ALERTS + "\0",
        ["a.yaml:6:1: error read/encoding: it holds a NUL byte: it is binary or damaged"],
    ),
    "binary under the name of a rule file": (
        "alerts.yaml",
        bytes(range(256)) * 40,
        ["alerts.yaml:1:1: error read/encoding: it holds a NUL byte: it is binary or damaged"],
    ),
    "binary under a name that says nothing": ("photo.yaml", b"\x00\xff\xfe" * 999, []),
    "empty catalog": (
        "runbooks.catalog.json",
        "",
        ["runbooks.catalog.json:1:1: error read/syntax: the file is empty"],
    ),
    "empty YAML catalog": (
        "runbook-catalog.yaml",
        "\n# nothing\n",
        ["runbook-catalog.yaml:1:1: error read/syntax: the file is empty; a catalog needs at least `[]`"],
    ),
    "truncated catalog": (
        "runbooks.catalog.json",
        CATALOG[:40],
        ["runbooks.catalog.json:1:36: error read/syntax: not valid JSON: this text has no closing quote"],
    ),
    "truncated rule file": (
        "a.yaml",
        ALERTS + '        labels: {severity: "pa',
        [
            "a.yaml:6:31: error read/syntax: not valid YAML: found unexpected end of stream"
            " (while scanning a quoted scalar)"
        ],
    ),
    "tabs and all other spaces in JSON": (
        "runbooks.catalog.json",
        '{\t"version":\t1,\r\n\t"runbooks": [ ]\n}\t',
        [],
    ),
    "NaN": (
        "runbooks.catalog.json",
        '{"version": 1, "runbooks": [], "x-a": NaN}',
        ["runbooks.catalog.json:1:39: error read/syntax: not valid JSON: JSON has no NaN and no Infinity"],
    ),
    "a number of 5,000 digits": (
        "runbooks.catalog.json",
        '{"version": 1, "runbooks": [], "x-a": ' + "9" * 5000 + "}",
        ["runbooks.catalog.json:1:39: error read/syntax: not valid JSON: a number of 5000 digits"],
    ),
    "a number that is infinite": ("runbooks.catalog.json", '{"version": 1, "runbooks": [], "x-a": 1e999}', []),
    "a deep JSON text": (
        "runbooks.catalog.json",
        '{"version": 1, "runbooks": ' + "[" * NESTED,
        ["runbooks.catalog.json:1:227: error read/syntax: not valid JSON: nested deeper than 200 levels"],
    ),
    "a deep YAML flow": (
        "a.yaml",
        ALERTS + "x: " + "[" * NESTED,
        ["a.yaml:6:203: error read/syntax: nested deeper than 200 levels"],
    ),
    "a deep YAML block": (
        "a.yaml",
        ALERTS + "x:\n" + "".join(" " * (n + 1) + "a:\n" for n in range(1500)),
        ["a.yaml:206:201: error read/syntax: nested deeper than 200 levels"],
    ),
    "a YAML bomb": (
        "a.yaml",
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)) + ALERTS,
        ["a.yaml:7:40: error read/syntax: aliases expand it to more than 1000000 values"],
    ),
    "an alias inside its own value": (
        "a.yaml",
        ALERTS + "x: &x [*x]\n",
        [
            f"a.yaml:4:9: {UNLINKED}",
            "a.yaml:6:8: error read/syntax: not valid YAML: the alias '*x' stands inside the value that it names",
        ],
    ),
    "a key that is a list": (
        "a.yaml",
        ALERTS + "? [a, b]\n: c\n",
        [
            f"a.yaml:4:9: {UNLINKED}",
            "a.yaml:6:3: error read/syntax: a mapping key that is itself a list or a mapping",
        ],
    ),
    "a merge key": (
        "a.yaml",
        "x: &x {runbook_id: ops.disk}\n" + ALERTS + "        annotations: {<<: *x}\n",
        [],
    ),
    "several documents, empty ones among them": (
        "a.yaml",
        "---\n---\n" + ALERTS + "---\n...\n---\n" + ALERTS.replace("DiskFull", "DiskSlow"),
        [f"a.yaml:6:9: {UNLINKED}", f"a.yaml:14:9: {UNLINKED}".replace("Full", "Slow")],
    ),
    "a broken document before a good one": (
        "a.yaml",
        "x: [\n---\n" + ALERTS,
        [
            "a.yaml:2:1: error read/syntax: not valid YAML: did not find expected node content"
            " (while parsing a flow node)",
            f"a.yaml:6:9: {UNLINKED}",
        ],
    ),
}


@pytest.mark.parametrize(("name", "content", "expected"), TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_badly_written(
    write: Write, run: Run, name: str, content: str | bytes, expected: list[str]
) -> None:
    write({name: content})
    began = time.process_time()
    assert [line for line in found(run, "--ignore", "catalog,owner,review") if "cannot-tell" not in line] == expected
    assert time.process_time() - began < 10


def test_a_fault_in_one_file_hides_nothing_of_the_others(write: Write, run: Run) -> None:
    write({**CLEAN, "b.yaml": ALERTS, "broken.yaml": ALERTS + "  x: [", "latin.yaml": ALERTS.encode() + b"# \xe9"})
    ran = run("check", "--select", "alert,read")
    assert ran.code == 1
    assert "alert 'DiskFull' has no runbook_id" in ran.out
    assert "2 files not readable" in ran.out


def test_an_unreadable_file_alone_is_a_finding_and_not_nothing(write: Write, run: Run) -> None:
    write({"alerts.yaml": ALERTS.encode("utf-16")})
    assert run("check").code == 1


BIG = 20_000_000
SIZES = {
    "alert rules": ("a.yaml", ALERTS + "# x\n" * 9, True),
    "catalog by its name": ("runbooks.catalog.json", "[", True),
    "catalog by its beginning": ("list.json", '[{"id": "a", "owner_team": "b", "last_reviewed_at": ""},', True),
    "runbook": ("runbooks/disk.md", RUNBOOK, True),
    "CODEOWNERS": (".github/CODEOWNERS", "* @a\n", True),
    "UTF-16": ("a.yaml", ALERTS.encode("utf-16").decode("latin-1"), True),
    "some data": ("data.json", "[1,", False),
    "some page": ("notes.md", "# Notes\n", False),
    "some log": ("out.log", "x", False),
}


@pytest.mark.parametrize(("name", "beginning", "ours"), SIZES.values(), ids=SIZES)
def test_twenty_megabytes(write: Write, run: Run, name: str, beginning: str, ours: bool) -> None:
    folder = write({**CLEAN, name: beginning.encode("latin-1")})
    with (folder / name).open("r+b") as handle:
        handle.truncate(BIG)
    began = time.process_time()
    expected = f"{name}:1:1: error read/too-large: it has 20,000,000 bytes and no more than 5,000,000 are read"
    assert found(run, "--select", "read") == [expected] * ours
    assert time.process_time() - began < 10
