"""The index of all rules in markdown, made of what the packs say about them; each rule's page is a link away."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from runbook_lint.documents.settings import WAIVERS
from runbook_lint.model import SEVERITIES
from runbook_lint.reporters import rulefacts
from runbook_lint.reporters.markup import cell, code, sentence
from runbook_lint.reporters.rulefacts import Entry
from runbook_lint.summary import many

# The third line of every file that is generated, by which it is known again.
MARK = "<!-- Generated from the packs by `runbook-lint rules --format markdown`. Change the pack instead. -->"


class Site(NamedTuple):
    """Where the index and the folder of the pages are, and the policy where there is one, all under one root."""

    front: str
    folder: str
    policy: str = ""

    def page(self, rule: str) -> str:
        """The path of a rule's page."""
        return f"{self.folder}/{rule}.md"


_NEVER_WAIVED = "` and `".join(rulefacts.NEVER_WAIVED)
_OPENING = f"""# Rules

{MARK}

`runbook-lint rules` lists the rules, `runbook-lint explain RULE` says all about one.

Where a source says `policy`, it is {{policy}}.

The configuration `.runbook-lint.yaml` gives a rule another severity and other options, or switches it off:

```yaml
rules:
  review/overdue: {{{{severity: warning, days: 60}}}}
  runbook/sections: off
```

A waiver stands where the finding is and covers the whole item (an alert, a catalog entry). It names rules, never a
family, and needs an end, an owner and a reason; without one of these, or after its end, the finding stands. In markdown
it excuses the next line, in YAML and in front matter its own line, or the next one where it stands alone:

```text
{rulefacts.waiver("markdown", "RULE")}
{rulefacts.waiver("YAML", "RULE")}
```

JSON has no comments: what is found there is waived in `{WAIVERS}`, which `runbook-lint waive` writes.
What the families `{_NEVER_WAIVED}` find cannot be waived. A secret is shown nowhere, waived or not.
"""


def link(text: str, target: str, source: str) -> str:
    """A link from one file to another, with an anchor if the target has one."""
    path, _, anchor = target.partition("#")
    relative = posixpath.relpath(path, posixpath.dirname(source)) if path != source else ""
    return f"[{text}]({quote(relative)}{f'#{anchor}' if anchor else ''})"


def policy(site: Site | None, source: str) -> str:
    """How the policy is called: by a link to it, where it is at hand."""
    if site is None or not site.policy:
        return f"`{rulefacts.POLICY}` of runbook-lint"
    return link(rulefacts.POLICY, site.policy, source)


def by_family(entries: Sequence[Entry]) -> Mapping[str, list[Entry]]:
    """The entries of each family, families in the order in which they come."""
    families: dict[str, list[Entry]] = {}
    for entry in entries:
        families.setdefault(rulefacts.family(entry), []).append(entry)
    return families


def index(entries: Sequence[Entry], abouts: Mapping[str, str], site: Site | None = None) -> str:
    """The index: a table of families, then one of its rules for each; ``abouts`` has a sentence for each family. Rules
    are links where there are pages."""
    families = by_family(entries)
    lines = [_OPENING.format(policy=policy(site, site.front if site else ""))]
    lines += ["| family | rules | severities |", "|---|---|---|"]
    for name, members in families.items():
        lines.append(f"| [{name}](#{name}) | {len(members)} | {_all_severities(members)} |")
    for name, members in families.items():
        lines += ["", f"## {name}"]
        lines += ["", sentence(abouts[name])] if name in abouts else []
        lines += _family(name, members, site)
    return "\n".join(lines) + "\n"


def _all_severities(entries: Sequence[Entry]) -> str:
    found = {entry["severity"] for entry in entries}
    return ", ".join(severity for severity in SEVERITIES if severity in found)


def _family(name: str, entries: Sequence[Entry], site: Site | None) -> Iterator[str]:
    """The rules of a family; those by the hundred that are about one form of text each stand in a table below."""
    formats = [entry for entry in entries if rulefacts.is_format(entry)]
    if len(formats) < len(entries):
        yield from _table([entry for entry in entries if not rulefacts.is_format(entry)], site)
    if formats:
        yield ""
        yield f"### {name} formats"
        yield ""
        yield f"{many(len(formats), 'rule')}, each for one form of text."
        yield from _table(formats, site)


def _table(entries: Sequence[Entry], site: Site | None) -> Iterator[str]:
    yield ""
    yield "| rule | severity | says, for example |"
    yield "|---|---|---|"
    for entry in entries:
        name = link(entry["id"], site.page(entry["id"]), site.front) if site else entry["id"]
        yield f"| {name} | {severities(entry)} | {cell(code(rulefacts.short(entry)))} |"


def severities(entry: Entry) -> str:
    """The usual severity of a rule, and those of its cases that have another."""
    usual, *cases = rulefacts.says(entry)
    others = ", ".join(f"{each.case}: {each.severity}" for each in cases if each.severity != usual.severity)
    return f"{usual.severity} ({others})" if others else usual.severity
