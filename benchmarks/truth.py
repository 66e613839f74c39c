"""What the tool reads, held against what other readers read.

    python benchmarks/truth.py CORPORA

``CORPORA`` is a folder of repositories with ``truth/alerts.jsonl``, ``truth/rule_files.jsonl`` and
``truth/markdown.jsonl``: records of a file (``corpus``, ``file``) and what stands in it. Prints how much agrees and
each difference; a difference of a known kind carries its reason. Exit 1 when one has none.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from runbook_lint.documents import markdown
from runbook_lint.places import Lines

Record = dict[str, Any]


class Difference(NamedTuple):
    """What the truth has and we do not, or the other way round; ``reason`` is empty where nobody can explain it."""

    what: str
    where: str
    truth: str
    ours: str
    reason: str = ""


def main(arguments: list[str]) -> int:
    """Compare, print, and say whether all is explained."""
    if len(arguments) != 1 or not (Path(arguments[0]) / "truth").is_dir():
        print("usage: python benchmarks/truth.py CORPORA  (a folder with truth/*.jsonl)", file=sys.stderr)
        return 2
    corpora = Path(arguments[0]).resolve()
    seen = inventory(corpora)
    counts: Counter[str] = Counter()
    differences = [
        *alerts(records(corpora, "alerts"), seen, counts),
        *rule_files(records(corpora, "rule_files"), seen, counts),
        *pages(records(corpora, "markdown"), corpora, counts),
    ]
    show(counts, differences)
    return 1 if any(not each.reason for each in differences) else 0


def records(corpora: Path, name: str) -> list[Record]:
    """The records of one file of the truth, each with its ``path`` below the corpora."""
    with (corpora / "truth" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        found: list[Record] = [json.loads(line) for line in lines]
    return [record | {"path": f"{record['corpus']}/{record['file']}"} for record in found]


def inventory(corpora: Path) -> Record:
    """What the command line says it sees."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "inventory.json"
        command = [sys.executable, "-m", "runbook_lint", "inventory", "--format", "json", "--output", str(output), "."]
        subprocess.run(command, cwd=corpora, check=True)
        seen: Record = json.loads(output.read_text(encoding="utf-8"))
    return seen


def alerts(truth: list[Record], seen: Record, counts: Counter[str]) -> Iterator[Difference]:
    """Every alert by file, name and line (of its key or of its list item), with its severity and its runbook."""
    ours: dict[tuple[str, Any], list[Record]] = defaultdict(list)
    for alert in seen["alerts"]:
        ours[alert["path"], alert["name"]].append(alert)
    for record in truth:
        counts["alerts in the truth"] += 1
        where = f"{record['path']}:{record['line']}"
        same = ours[record["path"], record["alert"]]
        found = next((each for each in same if each["line"] in (record["line"], record["item_line"])), None)
        if found is None:
            yield Difference("alert", where, str(record["alert"]), "not found")
            continue
        same.remove(found)
        counts["alerts found"] += 1
        yield from details(record, found, where, counts)
    for each in (each for left in ours.values() for each in left):
        yield Difference("alert", f"{each['path']}:{each['line']}", "none", str(each["name"]))


def details(record: Record, found: Record, where: str, counts: Counter[str]) -> Iterator[Difference]:
    """The severity of one alert and its runbook; the inventory names the first of several runbook keys."""
    counts["severities alike"] += record["severity"] == found["severity"]
    if record["severity"] != found["severity"]:
        yield Difference("severity", where, str(record["severity"]), str(found["severity"]))
    expected = {key: (each["value"] or "").strip() for key, each in record["runbook"].items()}
    key, value = found["runbook"]["key"], (found["runbook"]["value"] or "").strip()
    if (key in expected and expected[key] == value) or (not expected and not key):
        counts["runbook references alike"] += 1
    else:
        yield Difference("runbook", where, str(expected), f"{key}: {value}")


def rule_files(truth: list[Record], seen: Record, counts: Counter[str]) -> Iterator[Difference]:
    """Every file that the truth reads is read, with as many alerts."""
    unreadable = {each["path"]: each["why"] for each in seen["unreadable"]}
    numbers = Counter(each["path"] for each in seen["alerts"])
    for record in truth:
        counts["YAML files in the truth"] += 1
        path, readable = record["path"], record["yaml"] == "ok"
        if readable and path in unreadable:
            yield Difference("rule file", path, "read", unreadable[path])
        elif readable and record["alerts"] != numbers[path]:
            yield Difference("rule file", path, f"{record['alerts']} alerts", f"{numbers[path]} alerts")
        else:
            counts["YAML files alike"] += 1


def pages(truth: list[Record], corpora: Path, counts: Counter[str]) -> Iterator[Difference]:
    """Headings, link targets and code blocks of every markdown file."""
    for record in truth:
        with (corpora / record["path"]).open(encoding="utf-8-sig", newline="") as handle:
            text = handle.read()
        counts["markdown files"] += 1
        page = markdown.read(text)
        yield from compare("heading", record["path"], headings(record), our_headings(page, text), counts)
        links = ((link["dest"],) for link in record["links"])
        yield from compare("link", record["path"], links, ((link.target,) for link in page.links), counts)
        code = ((block["line"], block["info"].strip()) for block in record["code"])
        yield from compare("code block", record["path"], code, our_code(page, text), counts)


def headings(record: Record) -> Iterator[tuple[Any, ...]]:
    """Line, level, text and slug of the headings of the truth."""
    for each in record["headings"]:
        yield each["line"], each["level"], each["text"], each["slug"]


def our_headings(page: markdown.Page, text: str) -> Iterator[tuple[Any, ...]]:
    """The same of ours; the slugs stand first among the anchors, in the order of the headings."""
    lines = Lines(text)
    slugs = (anchor for anchor in page.anchors if anchor not in {heading.id.lower() for heading in page.headings})
    for heading, slug in zip(page.headings, slugs, strict=False):
        yield lines.position(heading.start)[0], heading.level, heading.text, slug


def our_code(page: markdown.Page, text: str) -> Iterator[tuple[Any, ...]]:
    """Line and info string of our code blocks."""
    lines = Lines(text)
    for block in page.code:
        yield lines.position(block.span.start)[0], block.info


def compare(
    what: str, path: str, truth: Iterable[tuple[Any, ...]], ours: Iterable[tuple[Any, ...]], counts: Counter[str]
) -> Iterator[Difference]:
    """The differences of two bags of things in one file."""
    expected, found = Counter(truth), Counter(ours)
    counts[f"{what}s in the truth"] += expected.total()
    counts[f"{what}s alike"] += (expected & found).total()
    for each in expected - found:
        yield Difference(what, path, str(each), "not found", known(what, each))
    for each in found - expected:
        yield Difference(what, path, "none", str(each), known(what, each))


def known(what: str, thing: tuple[Any, ...]) -> str:
    """Why this kind of difference is right as it is, empty for all others."""
    if what == "link" and str(thing[0]).startswith("mailto:"):
        return "addresses of mail in plain text are no links to us: nothing is checked about them"
    return ""


def show(counts: Counter[str], differences: list[Difference]) -> None:
    """The table of counts, then each difference on a line."""
    for name, number in counts.items():
        print(f"{number:7,}  {name}")
    explained = sum(bool(each.reason) for each in differences)
    print(f"{len(differences):7,}  differences, {explained} of a known kind")
    for each in differences:
        reason = f"  ({each.reason})" if each.reason else ""
        print(f"{each.where}: {each.what}: truth {each.truth}; ours {each.ours}{reason}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
