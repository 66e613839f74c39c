"""What kinds of runbook there are, recognised by their headings.

``alert`` is the template of the Prometheus operators (Meaning, Impact, Diagnosis, Mitigation), ``service`` is a whole
service's runbook, ``incidents`` holds several short runbooks in one file, ``on-call`` is a team's handbook.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from runbook_lint.expressions import lazy

_WORDS = lazy(r"[a-z]+")
# The words of the longest synonym.
_LONGEST = 5

# profile -> section -> its name and synonyms; a heading is a section when it begins or ends with one of these
PROFILES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "alert": {
        "meaning": (
            "meaning", "symptoms", "symptom", "description", "summary", "overview", "context", "background", "about",
            "what it is", "what does this alert mean", "what does this mean", "what is happening", "explanation",
            "cause", "causes", "introduction", "problem", "issue",
        ),
        "impact": ("impact", "impacts", "consequences", "severity", "risk", "risks", "effect", "effects"),
        "diagnosis": (
            "diagnosis", "diagnose", "diagnosing", "diagnostic", "diagnostics", "troubleshooting", "troubleshoot",
            "investigation", "investigate", "investigating", "triage", "debug", "debugging", "verification", "verify",
            "checks", "check", "first response", "analysis", "how to check", "root cause", "confirm",
        ),
        "mitigation": (
            "mitigation", "mitigations", "mitigate", "mitigating", "resolution", "resolutions", "resolve", "resolving",
            "remediation", "remediations", "remediate", "remediating", "recovery", "recover", "recovering", "fix",
            "fixes", "fixing", "solution", "solutions", "actions", "action", "workaround", "workarounds", "procedure",
            "procedures", "steps", "response", "what to do", "repair", "how to fix", "how to resolve",
            "how to mitigate",
        ),
    },
    "service": {
        "quick reference": (
            "quick reference", "at a glance", "overview", "service overview", "summary", "key endpoints",
        ),
        "immediate actions": (
            "immediate actions", "immediate action", "first response", "first minutes", "triage", "initial response",
        ),
        "investigation": ("investigation", "diagnosis", "diagnostics", "root cause analysis", "troubleshooting"),
        "recovery": (
            "recovery", "mitigation", "remediation", "resolution", "rollback", "backout", "restore", "common incidents",
        ),
        "communication": ("communication", "communications", "communication templates", "status updates"),
        "post-incident": (
            "post incident", "post mortem", "postmortem", "follow up", "after the incident", "lessons learned",
        ),
        "escalation": ("escalation", "escalations", "escalate", "when to escalate", "contacts", "escalation contacts"),
    },
    "on-call": {
        "contacts": ("contact information", "contacts", "contact", "who to call"),
        "incident response": ("incident response", "response process", "incident detection", "incident process"),
        "common incidents": (
            "common incident types", "common incidents", "common issues", "common problems", "common alerts",
            "scenarios",
        ),
        "communication": ("communication templates", "communication", "communications", "status updates"),
        "escalation": ("escalation", "escalations", "when to escalate"),
        "post-incident": ("post incident", "post mortem", "postmortem", "follow up"),
        "tools": ("tools", "resources", "dashboards", "references"),
    },
    "incidents": {
        "symptoms": ("symptoms", "symptom", "signs", "meaning"),
        "first response": (
            "first response", "first minute response", "immediate actions", "triage", "diagnosis", "checks",
        ),
        "mitigation": ("mitigation", "safe mitigation", "remediation", "recovery", "resolution", "fix"),
        "escalation": ("escalation", "escalate", "contacts"),
    },
}  # fmt: skip

# Words that are headings of every other page as well. They tell where a section of a runbook is, not that it is one.
_COMMON = frozenset({
    "description", "summary", "overview", "context", "background", "about", "explanation", "cause", "causes",
    "introduction", "problem", "issue", "consequences", "severity", "risk", "risks", "effect", "effects",
    "troubleshooting", "troubleshoot", "debug", "debugging", "verification", "verify", "checks", "check", "analysis",
    "root cause", "confirm", "fix", "fixes", "fixing", "solution", "solutions", "actions", "action", "workaround",
    "workarounds", "procedure", "procedures", "steps", "response", "restore", "repair", "how to fix", "what to do",
    "contacts", "contact", "contact information", "tools", "resources", "dashboards", "references", "communication",
    "communications", "scenarios", "signs", "follow up", "symptom",
})  # fmt: skip
# What tells the tale of one incident, long over.
_PAST = frozenset({"timeline", "lessons learned", "what went well", "what went wrong", "action items"})


def plain(heading: str) -> str:
    """The words of a heading in lower case: no numbers, marks or emoji."""
    return " ".join(_WORDS.findall(heading.lower()))


def found(profile: str, headings: Iterable[str]) -> set[str]:
    """The sections of a profile that are among the headings."""
    return set().union(*(_meaning(profile, heading) for heading in headings))


def _typical(profile: str, headings: Iterable[str]) -> set[str]:
    """The sections among the headings whose words only runbooks use, in a heading of few words."""
    return set().union(*(_typical_meaning(profile, heading) for heading in headings))


@cache
def _sections(profile: str) -> Mapping[str, str]:
    """Every name and synonym of a profile with its section."""
    return {spelling: section for section, spellings in PROFILES[profile].items() for spelling in spellings}


@lru_cache(maxsize=4096)
def _meaning(profile: str, heading: str) -> frozenset[str]:
    """The sections of a profile that a heading is."""
    sections = _sections(profile)
    return frozenset(sections[part] for part in _ends(plain(heading).split()) if part in sections)


@lru_cache(maxsize=4096)
def _typical_meaning(profile: str, heading: str) -> frozenset[str]:
    """The same by words that only runbooks use, in a heading of few words."""
    words = plain(heading).split()
    sections = _sections(profile)
    told = (part for part in _ends(words) if part in sections and part not in _COMMON) if len(words) < 4 else ()
    return frozenset(sections[part] for part in told)


def _ends(words: Sequence[str]) -> Iterator[str]:
    """What a heading begins and ends with, as far as the longest synonym goes."""
    for size in range(1, min(len(words), _LONGEST) + 1):
        yield " ".join(words[:size])
        yield " ".join(words[-size:])


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
    """The profile of which more than half of the sections are there, two of them by words that only runbooks use; the
    one with the greatest share; empty for none."""
    return _recognised(tuple(heading for heading in headings if heading[0] > 1))


@lru_cache(maxsize=1024)
def _recognised(headings: tuple[tuple[int, str], ...]) -> str:
    """The same for headings below the first level: runbooks of one house have many in common."""
    if sum(len(found("incidents", below)) > 2 for _, below in groups(headings)) > 1:
        return "incidents"
    titles = [title for _, title in headings]
    best, share = "", 0.5
    for name, sections in PROFILES.items():
        part = len(found(name, titles)) / len(sections)
        if name != "incidents" and part >= share and part > 0.5 and len(_typical(name, titles)) > 1:
            best, share = name, part
    return best


def unmistakable(headings: Sequence[tuple[int, str]]) -> bool:
    """Whether the headings alone make a runbook: a profile with its diagnosis, and no tale of a past incident."""
    if _PAST & {plain(title) for _, title in headings}:
        return False
    profile = recognise(headings)
    titles = [title for level, title in headings if level > 1]
    return bool(profile) and (profile != "alert" or {"diagnosis", "mitigation"} <= _diagnosed(titles))


def _diagnosed(titles: Sequence[str]) -> set[str]:
    """The sections of an alert's runbook, where it also says in a runbook's words how to diagnose or to mitigate."""
    return found("alert", titles) if {"diagnosis", "mitigation"} & _typical("alert", titles) else set()
