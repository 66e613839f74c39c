"""What kinds of runbook there are, recognised by their headings.

``alert`` is the template of the Prometheus operators (Meaning, Impact, Diagnosis, Mitigation), ``service`` is a whole
service's runbook, ``incidents`` holds several short runbooks in one file, ``on-call`` is a team's handbook.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

_WORDS = re.compile(r"[a-z]+")

# profile -> section -> its name and synonyms; a heading is a section when it begins or ends with one of these
PROFILES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "alert": {
        "meaning": (
            "meaning", "symptoms", "symptom", "description", "summary", "overview", "context", "background", "about",
            "what it is", "what does this alert mean", "explanation", "cause", "causes",
        ),
        "impact": ("impact", "consequences", "severity", "risk", "effect", "effects"),
        "diagnosis": (
            "diagnosis", "diagnose", "diagnostics", "troubleshooting", "troubleshoot", "investigation", "investigate",
            "triage", "debug", "debugging", "verification", "checks", "first response", "analysis", "check",
        ),
        "mitigation": (
            "mitigation", "mitigations", "mitigate", "resolution", "resolve", "remediation", "remediate", "recovery",
            "recover", "fix", "fixes", "solution", "solutions", "actions", "action", "workaround", "procedure", "steps",
        ),
    },
    "service": {
        "quick reference": ("quick reference", "at a glance", "overview", "service overview", "summary", "key endpoints"),
        "immediate actions": ("immediate actions", "first response", "first minutes", "triage", "initial response"),
        "investigation": ("investigation", "diagnosis", "root cause analysis", "troubleshooting"),
        "recovery": ("recovery", "mitigation", "remediation", "resolution", "rollback", "backout"),
        "communication": ("communication", "communications", "communication templates", "status updates"),
        "post-incident": ("post incident", "post mortem", "postmortem", "follow up", "after the incident"),
        "escalation": ("escalation", "escalate", "contacts", "escalation contacts"),
    },
    "on-call": {
        "contacts": ("contact information", "contacts", "contact", "who to call"),
        "incident response": ("incident response", "response process", "incident detection", "incident process"),
        "common incidents": ("common incident types", "common incidents", "common issues", "common problems", "scenarios"),
        "communication": ("communication templates", "communication", "status updates"),
        "escalation": ("escalation", "when to escalate"),
        "post-incident": ("post incident", "post mortem", "postmortem", "follow up"),
        "tools": ("tools", "resources", "dashboards", "references"),
    },
    "incidents": {
        "symptoms": ("symptoms", "symptom", "signs", "meaning"),
        "first response": ("first response", "first minute response", "immediate actions", "triage", "diagnosis", "checks"),
        "mitigation": ("mitigation", "safe mitigation", "remediation", "recovery", "resolution", "fix"),
        "escalation": ("escalation", "escalate", "contacts"),
    },
}  # fmt: skip


def plain(heading: str) -> str:
    """The words of a heading in lower case: no numbers, marks or emoji."""
    return " ".join(_WORDS.findall(heading.lower()))


def found(profile: str, headings: Iterable[str]) -> set[str]:
    """The sections of a profile that are among the headings."""
    words = [plain(heading) for heading in headings]
    return {
        section
        for section, spellings in PROFILES[profile].items()
        if any(_is(heading, spelling) for heading in words for spelling in spellings)
    }


def _is(heading: str, spelling: str) -> bool:
    return heading == spelling or heading.startswith(spelling + " ") or heading.endswith(" " + spelling)


def missing(profile: str, headings: Sequence[str]) -> list[str]:
    """The sections of a profile that are not among the headings, in the profile's order."""
    there = found(profile, headings)
    return [section for section in PROFILES[profile] if section not in there]


def groups(headings: Sequence[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """The headings of the second level by position, each with the headings below it."""
    result: list[tuple[int, list[str]]] = []
    for index, (level, title) in enumerate(headings):
        if level == 2:
            result.append((index, []))
        elif level > 2 and result:
            result[-1][1].append(title)
    return result


def recognise(headings: Sequence[tuple[int, str]]) -> str:
    """The profile of which more than half of the sections are there, the one with the greatest share; empty for none."""
    parts = groups(headings)
    if sum(len(found("incidents", below)) > 2 for _, below in parts) > 1:
        return "incidents"
    titles = [title for level, title in headings if level > 1]
    shares = {
        name: len(found(name, titles)) / len(sections) for name, sections in PROFILES.items() if name != "incidents"
    }
    best = max(shares, key=lambda name: (shares[name], len(PROFILES[name])))
    return best if shares[best] > 0.5 else ""
