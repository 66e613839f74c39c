"""Which kind of runbook a file is, by its headings, and what it then lacks."""

import pytest

from runbook_lint.documents import profiles

SERVICE = ["Quick Reference", "Immediate Actions (first 5 minutes)", "Investigation Phase", "Recovery Actions",
           "Communication", "Post-Incident", "Escalation Contacts"]  # fmt: skip
ON_CALL = ["Contact Information", "Incident Response Process", "2. Common Incident Types", "Communication Templates",
           "Escalation Procedures", "Post-Incident Procedures", "Tools and Resources"]  # fmt: skip


def below_a_title(*titles: str) -> list[tuple[int, str]]:
    return [(1, "Title"), *((2, title) for title in titles)]


@pytest.mark.parametrize(
    "titles",
    [
        ["Meaning", "Impact", "Diagnosis", "Mitigation"],
        ["Symptoms", "Impact", "Diagnosis", "Resolution"],
        ["Description", "Impact", "Troubleshooting", "Mitigation"],
        ["1. Meaning", "2. Impact:", "🔍 Diagnosis", "**Mitigation**"],
        ["Meaning", "Diagnosis", "Mitigation"],
        ["Summary", "Severity", "How to diagnose", "How to mitigate"],
        ["Overview", "Impact", "Investigating", "Remediating"],
    ],
)
def test_the_template_of_the_prometheus_operators(titles: list[str]) -> None:
    assert profiles.recognise(below_a_title(*titles)) == "alert"


def test_a_service_and_a_handbook() -> None:
    assert profiles.recognise(below_a_title(*SERVICE)) == "service"
    assert profiles.recognise(below_a_title(*ON_CALL)) == "on-call"
    assert profiles.missing("service", SERVICE) == profiles.missing("on-call", ON_CALL) == []


def test_several_runbooks_in_one_file() -> None:
    one = [(3, "Symptoms"), (3, "First 15-Minute Response"), (3, "Safe Mitigation"), (3, "Escalation")]
    headings = [(1, "Runbooks"), (2, "1) API down"), *one, (2, "2) Queue stuck"), *one]
    assert profiles.recognise(headings) == "incidents"
    assert profiles.groups(headings)[1] == (6, [title for _, title in one])


@pytest.mark.parametrize(
    "titles",
    [
        [],
        ["Overview", "Troubleshooting", "Actions"],
        ["Overview", "Risks", "Troubleshooting", "Procedure"],
        ["Description", "Installation", "Usage", "Troubleshooting", "Contact"],
        ["Context", "Decision", "Consequences", "Status"],
        ["Description", "Steps to reproduce", "Expected behavior", "Analysis"],
        ["Summary", "Background", "Risks", "Alternatives", "Solution"],
        ["Scope and Principles", "Symptom-to-Query Mapping", "Project Authorization Triage", "Immediate Next Steps"],
        ["Summary", "Impact", "Patches", "Workarounds", "References"],
        ["Overview", "Contacts", "Tools", "Resources", "Communication", "Follow-up"],
        ["Meaning", "Mitigation"],
    ],
)
def test_headings_that_any_page_has_make_no_profile(titles: list[str]) -> None:
    assert profiles.recognise(below_a_title(*titles)) == ""


@pytest.mark.parametrize("section", ["Meaning", "Impact", "Diagnosis", "Mitigation"])
def test_what_is_missing(section: str) -> None:
    titles = [title for title in ("Meaning", "Impact", "Diagnosis", "Mitigation") if title != section]
    assert profiles.missing("alert", titles) == [section.lower()]


@pytest.mark.parametrize("title", ["Mitigating", "Fixing the disk", "Resolution steps", "Workarounds", "What to do"])
def test_a_section_may_have_another_name(title: str) -> None:
    assert profiles.missing("alert", ["Meaning", "Impact", "Diagnosis", title]) == []


def test_a_word_is_a_whole_word() -> None:
    assert profiles.missing("alert", ["Meaningful", "Impactful", "Checksum", "Fixtures"]) == list(
        profiles.PROFILES["alert"]
    )


@pytest.mark.parametrize(
    ("titles", "is_one"),
    [
        (["Meaning", "Impact", "Diagnosis", "Mitigation"], True),
        (["Symptoms", "Diagnosis", "Resolution"], True),
        (["Summary", "Impact", "Root cause", "Resolution", "Timeline"], False),
        (["Summary", "Impact", "Diagnosis", "Mitigation", "Lessons learned"], False),
        (["Description", "Impact", "Mitigation"], False),
    ],
)
def test_headings_alone_make_a_runbook_only_with_a_diagnosis(titles: list[str], is_one: bool) -> None:
    assert profiles.unmistakable(below_a_title(*titles)) is is_one


def test_a_synonym_stands_for_one_section_of_its_profile() -> None:
    for sections in profiles.PROFILES.values():
        spellings = [spelling for all_ in sections.values() for spelling in all_]
        assert len(spellings) == len(set(spellings))
        assert all(profiles.plain(spelling) == spelling and len(spelling.split()) <= 5 for spelling in spellings)
