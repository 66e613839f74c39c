"""Where the runbook references of alerts lead."""

import datetime
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runbook_lint import config, engine, links, rulebook, snapshot
from runbook_lint.model import Estate, Item, Link, Report, Span, Value

ENTRIES = [
    {"id": "ops.disk.full", "url": "runbooks/disk.md", "severity_hint": "sev1", "aliases": ["ops.disk"]},
    {"id": "ops.mail.queue", "url": "runbooks/mail.md#queue"},
    {"id": "ops.mail.spool", "url": "runbooks/mail.md#spool"},
    {"id": "ops.web.down", "url": "https://wiki.example.com/Ops/Web?view=full"},
    {"id": "ops.forge.away", "url": "https://github.com/example/shop/blob/main/runbooks/forge%20away.md"},
    {"id": "ops.tape.old", "url": "runbooks/tape.md", "status": "retired", "replaced_by": "ops.disk.full"},
]
FILES = {
    "runbooks.catalog.yaml": yaml.safe_dump(ENTRIES),
    "runbooks/disk.md": "# Disk full\n\n## Grow it\n\n1. Grow it.\n",
    "runbooks/mail.md": "# Mail\n\n## Queue\n\n## Spool\n\n## Other\n",
    "runbooks/tape.md": "# Tape\n",
    "runbooks/forge away.md": "# Forge\n",
    "runbooks/lone.md": "# Lone\n",
    "runbooks/db/README.md": "# Database runbook\n",
    "README.md": "# A repository\n",
    "docs/page.md": "# A page\n",
}
CONFIG = {"url_prefixes": {"https://runbooks.example.com": "runbooks"}}


def run(root: Path, files: dict[str, str], settings: dict[str, object] = CONFIG, select: str = "alert") -> Report:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    given = config.parse(yaml.safe_dump({"version": 1, **settings}), "config")
    rules = rulebook.load(str(root), given, [select])
    return engine.run(snapshot.working_tree(str(root)), given, rules, datetime.date(2026, 3, 1))


def alert(**fields: object) -> str:
    return yaml.safe_dump([{"alert": "Down", "expr": "up == 0", "annotations": fields}], width=1000)


def references(root: Path, files: dict[str, str], settings: dict[str, object] = CONFIG) -> list[Link]:
    (each,) = run(root, files, settings).estate.links.values()
    return list(each)


def said(report: Report) -> list[str]:
    return [f"{finding.rule}: {finding.message}" for finding in report.findings]


FORGE = "https://github.com/example/ops"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # Ids and aliases are exact.
        ("ops.disk.full", "ops.disk.full runbooks/disk.md"),
        ("ops.disk", "ops.disk.full runbooks/disk.md"),
        # Paths: from the root, from the alert's folder, without case, ending, slash, query.
        ("runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        ("/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        ("../runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        ("Runbooks/DISK", "ops.disk.full runbooks/disk.md"),
        ("runbooks/disk.html", "ops.disk.full runbooks/disk.md"),
        ("runbooks/disk/\n", "ops.disk.full runbooks/disk.md"),
        ("runbooks/disk.md?plain=1", "ops.disk.full runbooks/disk.md"),
        ("runbooks/forge%20away.md", "ops.forge.away runbooks/forge away.md"),
        # A bare file name, a folder with an index, a file that has no entry, a page that is no runbook.
        ("disk.md", "ops.disk.full runbooks/disk.md"),
        ("Disk", "ops.disk.full runbooks/disk.md"),
        ("runbooks/db/", " runbooks/db/README.md"),
        ("lone.md", " runbooks/lone.md"),
        ("docs/page.md", " docs/page.md"),
        # Anchors choose among the entries of a file; without one it is the file, whoever's it is.
        ("runbooks/mail.md#queue", "ops.mail.queue runbooks/mail.md"),
        ("runbooks/mail.md#Spool", "ops.mail.spool runbooks/mail.md"),
        ("runbooks/mail.md", " runbooks/mail.md"),
        ("runbooks/mail.md#other", " runbooks/mail.md"),
        ("runbooks/disk.md#grow-it", "ops.disk.full runbooks/disk.md"),
        # Forges: any ref, also with slashes.
        (f"{FORGE}/blob/main/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        (f"{FORGE}/tree/feature/x/y/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        (f"{FORGE}/raw/0123abcd/Runbooks/Disk.md?raw=true", "ops.disk.full runbooks/disk.md"),
        (f"{FORGE}/blob/main/runbooks/mail.md#spool", "ops.mail.spool runbooks/mail.md"),
        ("https://raw.githubusercontent.com/example/ops/main/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        (
            "https://raw.githubusercontent.com/example/ops/refs/heads/main/runbooks/disk.md",
            "ops.disk.full runbooks/disk.md",
        ),
        ("https://gitlab.example.com/a/b/c/-/blob/main/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        ("https://gitlab.example.com/a/b/-/raw/v1.2/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        ("https://bitbucket.org/a/b/src/main/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        ("https://git.example.com/projects/A/repos/b/browse/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        ("https://gitea.example.com/a/b/src/branch/main/runbooks/disk.md", "ops.disk.full runbooks/disk.md"),
        (f"{FORGE}/blob/main/runbooks/forge%20away.md", "ops.forge.away runbooks/forge away.md"),
        # A prefix of the configuration, whose end is the end of a word.
        ("https://runbooks.example.com/disk/", "ops.disk.full runbooks/disk.md"),
        ("https://RUNBOOKS.example.com/Mail#queue", "ops.mail.queue runbooks/mail.md"),
        ("https://runbooks.example.com.evil.example/disk", "cannot-tell"),
        # An entry's own URL, without case, slash, query or the alert's anchor.
        ("https://wiki.example.com/ops/web?VIEW=full", "ops.web.down "),
        ("https://wiki.example.com/Ops/Web?view=full#steps", "ops.web.down "),
        ("https://wiki.example.com/Ops/Mail", "cannot-tell"),
        # What is elsewhere, and what a template fills in, nobody can tell.
        ("https://github.com/other/thing/blob/main/runbooks/gone.md", "cannot-tell"),
        ("https://github.com/other/thing/blob/main/README.md", "cannot-tell"),
        ("https://example.com/a b/c", "cannot-tell"),
        ("https://runbooks.example.com/{{ $labels.alertname }}", "cannot-tell"),
        ("[[ .Values.url ]]/disk", "cannot-tell"),
        ("<%= url %>", "cannot-tell"),
        ("${url}/disk.md", "cannot-tell"),
        ("some/other/place", "cannot-tell"),
        # What is shown to be here, and is not.
        ("https://runbooks.example.com/gone", "unknown file"),
        ("https://runbooks.example.com/../../etc/passwd", "unknown file"),
        ("runbooks/gone", "unknown file"),
        ("gone.md", "unknown file"),
        ("../../disk.md", "unknown file"),
        ("https://github.com/example/shop/blob/v2/runbooks/gone.md", "unknown file"),
        ("https://raw.githubusercontent.com/example/shop/main/docs/README.md", "unknown file"),
        ("https://github.com/example/shop/blob/main/docs/page.md", " docs/page.md"),
        ("runbooks/disk.md#gone", "ops.disk.full runbooks/disk.md anchor"),
        # What is no reference at all.
        ("TODO", "unknown placeholder"),
        ("todo: write it", "unknown placeholder"),
        ("TBD.", "unknown placeholder"),
        ("N/A", "unknown placeholder"),
        ("<runbook url>", "unknown placeholder"),
        ("https://runbooks.example.com/TODO", "unknown placeholder"),
        ("https://TBD/", "unknown placeholder"),
        ("", "unknown placeholder"),
        (None, "unknown placeholder"),
        (False, "unknown placeholder"),
        ("---", "unknown placeholder"),
        ([], "unknown placeholder"),
        ({"a": "b"}, "unknown placeholder"),
        ("Restart: kill the pod", "unknown prose"),
        ("see https://runbooks.example.com/disk", "unknown prose"),
        # What looks like an id and is none.
        ("ops.disc.full", "unknown near ops.disk.full"),
        ("OPS.Disk.Full", "unknown near ops.disk.full"),
        ("todo.app.restart", "unknown id"),
        (12, "unknown id"),
    ],
)
def test_a_url_leads_to(tmp_path: Path, value: object, expected: str) -> None:
    (link,) = references(tmp_path, {**FILES, "deploy/alerts.yaml": alert(runbook_url=value)})
    if link.verdict == "resolved":
        assert f"{link.id} {link.path} {link.why}".rstrip(" ") == expected.rstrip(" ")
    else:
        assert f"{link.verdict} {link.why} {link.hint}".strip() == expected


@pytest.mark.parametrize(
    ("value", "with_catalog", "without"),
    [
        ("ops.disk.full", "resolved", "cannot-tell"),
        ("ops.disk", "resolved", "cannot-tell"),
        ("ops.disk.lost", "unknown", "cannot-tell"),
        ("Ops.Disk.Full", "unknown", "cannot-tell"),
        ("ops.{{ $labels.job }}.down", "cannot-tell", "cannot-tell"),
        # Judged always: nobody needs a catalog to see that these name nothing.
        ("TODO", "unknown", "unknown"),
        (None, "unknown", "unknown"),
        ("grow the volume", "unknown", "unknown"),
    ],
)
def test_an_id_without_a_catalog(tmp_path: Path, value: object, with_catalog: str, without: str) -> None:
    files = {**FILES, "alerts.yaml": alert(runbook_id=value)}
    assert references(tmp_path / "a", files)[0].verdict == with_catalog
    del files["runbooks.catalog.yaml"]
    assert references(tmp_path / "b", files)[0].verdict == without


def test_an_id_may_be_in_the_catalog_that_cannot_be_read(tmp_path: Path) -> None:
    broken = {"other.runbooks.catalog.json": "[{", "alerts.yaml": alert(runbook_id="ops.disk.lost")}
    assert references(tmp_path, {**FILES, **broken})[0].verdict == "cannot-tell"


def test_the_id_comes_first_whatever_is_configured(tmp_path: Path) -> None:
    text = alert(book="runbooks/disk.md", runbook_url="TODO", runbook_id="ops.disk.full")
    found = references(tmp_path, {**FILES, "a.yaml": text}, {"runbook_keys": ["annotations.book"]})
    assert [(link.key, link.id) for link in found] == [
        ("annotations.runbook_id", "ops.disk.full"),
        ("annotations.book", "ops.disk.full"),
    ]


def test_labels_and_grafana(tmp_path: Path) -> None:
    text = """\
apiVersion: 1
groups:
  - name: web
    rules:
      - title: Down
        condition: A
        data: []
        labels: {playbook: disk.md}
        annotations: {runbook_url: "https://runbooks.example.com/disk"}
"""
    found = references(tmp_path, {**FILES, "a.yaml": text})
    assert [(link.key, link.id) for link in found] == [
        ("annotations.runbook_url", "ops.disk.full"),
        ("labels.playbook", "ops.disk.full"),
    ]


@pytest.mark.parametrize("value", ["disk.md", "./disk.md#grow-it", "'#grow-it'", "../runbooks/disk.md"])
def test_an_alert_in_a_fence_of_its_own_runbook(tmp_path: Path, value: str) -> None:
    fence = f"\n```yaml\n- alert: Full\n  expr: free < 1\n  annotations: {{runbook_url: {value}}}\n```\n"
    files = {**FILES, "runbooks/disk.md": FILES["runbooks/disk.md"] + fence}
    (link,) = references(tmp_path, files)
    assert (link.id, link.path, link.why) == ("ops.disk.full", "runbooks/disk.md", "")


def test_a_wrong_capital_in_the_catalog_does_not_hide_the_entry(tmp_path: Path) -> None:
    files = {
        "runbooks.catalog.yaml": "- {id: ops.disk.full, url: runbooks/Disk.md}\n",
        "runbooks/disk.md": "# Disk\n",
        "a.yaml": alert(runbook_url="runbooks/disk.md"),
    }
    assert references(tmp_path, files)[0].id == "ops.disk.full"


NO_ID = "alert/runbook-id: alert 'Down' has no runbook_id"
KNOWN = "alert/runbook-known: "


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        # One fault, one finding.
        ({}, [NO_ID]),
        (
            {"runbook_url": "runbooks/disk.md"},
            [NO_ID + "; its annotations.runbook_url leads to 'ops.disk.full': add `runbook_id: ops.disk.full`"],
        ),
        ({"runbook_url": "runbooks/mail.md"}, [NO_ID]),
        ({"runbook_id": "TODO"}, [KNOWN + "alert 'Down' names no runbook: its annotations.runbook_id is 'TODO'"]),
        ({"runbook_id": None}, [KNOWN + "alert 'Down' names no runbook: its annotations.runbook_id is ''"]),
        (
            {"runbook_id": "ops.x.y", "runbook_url": "runbooks/disk.md"},
            [KNOWN + "no catalog has the id 'ops.x.y' that alert 'Down' names; did you mean 'ops.disk.full'?"],
        ),
        (
            {"runbook_id": "runbooks/disk.md"},
            [KNOWN + "no catalog has the id 'runbooks/disk.md' that alert 'Down' names; did you mean 'ops.disk.full'?"],
        ),
        (
            {"runbook_id": "ops.tape.old"},
            [
                "alert/retired-runbook: alert 'Down' leads to 'ops.tape.old', which is retired; "
                "'ops.disk.full' replaces it"
            ],
        ),
        (
            {"runbook_id": "ops.tape.old", "runbook_url": "runbooks/disk.md"},
            [
                "alert/retired-runbook: alert 'Down' leads to 'ops.tape.old', which is retired; "
                "'ops.disk.full' replaces it"
            ],
        ),
        # No retired id is offered.
        (
            {"runbook_url": "runbooks/tape.md"},
            [
                NO_ID,
                "alert/retired-runbook: alert 'Down' leads to 'ops.tape.old', which is retired; "
                "'ops.disk.full' replaces it",
            ],
        ),
        # Links that agree say nothing: by id, alias, file, anchor.
        ({"runbook_id": "ops.disk.full", "runbook_url": "runbooks/disk.md#grow-it"}, []),
        ({"runbook_id": "ops.disk", "runbook_url": "https://runbooks.example.com/disk"}, []),
        ({"runbook_id": "ops.mail.queue", "runbook_url": "runbooks/mail.md"}, []),
        ({"runbook_id": "ops.disk.full", "runbook_url": "https://elsewhere.example.com/"}, []),
        (
            {"runbook_id": "ops.mail.queue", "runbook_url": "runbooks/mail.md#spool"},
            [
                "alert/runbook-url-agrees: the annotations.runbook_url of alert 'Down' leads to 'ops.mail.spool', "
                "its runbook_id to 'ops.mail.queue'"
            ],
        ),
        (
            {"runbook_id": "ops.disk.full", "runbook_url": "runbooks/lone.md"},
            [
                "alert/runbook-url-agrees: the annotations.runbook_url of alert 'Down' leads to 'runbooks/lone.md', "
                "its runbook_id to 'ops.disk.full'"
            ],
        ),
    ],
)
def test_findings(tmp_path: Path, annotations: dict[str, object], expected: list[str]) -> None:
    assert said(run(tmp_path, {**FILES, "a.yaml": alert(**annotations)})) == expected


def _item(noun: str, key: str, path: str, **fields: object) -> Item:
    values = {name.replace("__", "."): Value(value, 0, 1) for name, value in fields.items()}
    return Item(noun, key, path, Span(0, 1), Span(0, 1), values)


def test_ten_thousand_wrong_ids_in_five_thousand_entries_take_no_time() -> None:
    entries = [_item("entry", f"ops.a{n}.b{n}", "c", url=f"r/{n}.md") for n in range(5_000)]
    alerts = [_item("alert", f"A{n}", "a", annotations__runbook_id=f"ops.a{n}.c{n}") for n in range(10_000)]
    estate = Estate({"entry": entries, "alert": alerts}, frozenset(f"r/{n}.md" for n in range(5_000)), {}, {}, True)
    start = time.process_time()
    found = links.resolve(estate, ["annotations.runbook_id"], {})
    assert time.process_time() - start < 10
    assert found[alerts[7]][0].hint == "ops.a7.b7"


_PAGE, _BLOB = "runbooks/disk.md", f"{FORGE}/blob/main"
_REFERENCES = (
    "ops.disk.full",
    "disk",
    f"{_BLOB}/{_PAGE}",
    f"{_BLOB}/{_PAGE}#grow",
    f"{_BLOB}/README.md",
    f"{_BLOB}/no.md",
)


@st.composite
def _estates(draw: st.DrawFn) -> list[Estate]:
    """Some estates, one after the other, that have most of their items in common."""
    words = draw(st.lists(st.sampled_from(_REFERENCES), min_size=1, max_size=4))
    alerts = [_item("alert", f"A{at}", "a.yaml", url=word) for at, word in enumerate(words)]
    pages = [_item("runbook", _PAGE, _PAGE, anchors=names) for names in ({}, {"grow": "Grow"})]
    entry = _item("entry", "ops.disk.full", "c.yaml", url=draw(st.sampled_from([_PAGE, f"{_BLOB}/{_PAGE}"])))
    found = []
    for _ in range(4):
        page, listed, catalog = draw(st.sampled_from([*pages, None])), draw(st.booleans()), draw(st.booleans())
        there = {page.path: page} if page is not None else {}
        some = [alert for alert in alerts if draw(st.booleans())]
        items = {"alert": some, "entry": [entry] if listed else [], "runbook": list(there.values())}
        found.append(Estate(items, frozenset(there) | {"runbooks", "README.md"}, {}, there, catalog))
    return found


@settings(deadline=None, max_examples=300)
@given(_estates())
def test_what_an_earlier_estate_worked_out_changes_nothing(estates: list[Estate]) -> None:
    former = None
    for estate in estates:
        found = links.resolve(estate, ["url"], CONFIG["url_prefixes"], former, lasting=True)  # type: ignore[arg-type]
        alone = Estate(estate.items, estate.paths, {}, estate.by_path, estate.has_catalog)
        assert found == links.resolve(alone, ["url"], CONFIG["url_prefixes"])  # type: ignore[arg-type]
        former = estate


def test_a_repository_is_ours_no_longer_when_what_showed_it_is_gone() -> None:
    page = _item("runbook", _PAGE, _PAGE, anchors={})
    both = [
        _item("alert", "Shows", "a.yaml", url=f"{_BLOB}/{_PAGE}"),
        _item("alert", "B", "a.yaml", url=f"{_BLOB}/README.md"),
    ]
    paths = frozenset([_PAGE, "runbooks", "README.md"])
    former = Estate({"alert": both, "runbook": [page]}, paths, {}, {_PAGE: page})
    assert links.resolve(former, ["url"], {}, lasting=True)[both[1]][0].verdict == "resolved"
    later = Estate({"alert": both[1:], "runbook": [page]}, paths, {}, {_PAGE: page})
    assert links.resolve(later, ["url"], {}, former)[both[1]][0].verdict == "cannot-tell"
