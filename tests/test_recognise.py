"""What a file is, by its name and content, with no configuration at all."""

import time

import pytest

from runbook_lint import documents

SECTIONS = "## Meaning\n\n## Impact\n\n## Diagnosis\n\n## Mitigation\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("runbooks/disk.md", ""),
        ("docs/run-books/disk.md", "# Disk\n"),
        ("docs/runbook_disk.md", "# Disk\n"),
        ("DISK_RUNBOOK.MD", "# Disk\n"),
        ("ops/playbooks/phishing.md", "# Phishing\n"),
        ("docs/platform-on-call.md", "# Platform\n"),
        ("on-call/disk.md", "# Disk\n"),
        ("docs/disk.md", "# Runbook: disk\n"),
        ("docs/disk.md", "# Disk Run Book\n"),
        ("docs/disk.md", "Disk Runbook\n============\n"),
        ("docs/disk.md", f"# Disk\n\n{SECTIONS}"),
        ("docs/DiskFull.md", "# DiskFull\n\n## Meaning\n\n## Solution\n"),
        ("alerts/DiskFull.md", "# DiskFull\n\nRemove old files.\n"),
        ("alerts/etcdGRPCReadRequestsSlow.md", "# etcdGRPCReadRequestsSlow\n"),
        ("alerts/TemplateValidatorDown.md", "# TemplateValidatorDown [deprecated]\n"),
        ("runbooks/adrenaline.md", "# Adrenaline\n"),
    ],
)
def test_a_runbook(path: str, text: str) -> None:
    assert documents.recognise(path, text) == "runbook"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", f"# Runbooks\n\n{SECTIONS}"),
        ("runbooks/README.md", "# Runbooks\n"),
        ("runbooks/_index.md", "# Runbooks\n"),
        ("runbooks/template.md", "# Runbook: name\n"),
        ("runbooks/runbook-template.md", "# Runbook: name\n"),
        ("runbooks/templates/alert.md", f"# Name\n\n{SECTIONS}"),
        ("docs/adr/0001-runbooks.md", "# Runbooks in the repository\n"),
        ("docs/0002-adr-runbooks.md", "# Runbooks in the repository\n"),
        ("docs/postmortems/2026-01-02-disk.md", f"# Disk\n\n{SECTIONS}"),
        ("docs/disk-postmortem.md", f"# Disk\n\n{SECTIONS}"),
        ("_posts/2026-01-02-why-runbooks.md", "# Why runbooks\n"),
        (".github/ISSUE_TEMPLATE/runbook.md", "# Runbook\n"),
        ("CHANGELOG.md", "# Changes\n\n## Fixes\n"),
        ("ansible/playbooks/web.md", "# Ansible playbook for the web\n"),
        ("docs/ansible.md", "# Ansible playbooks\n"),
        ("playbooks/roles/web/notes.md", "# Web\n"),
        ("docs/GraphQL.md", "# GraphQL\n\n## Overview\n\n## Queries\n"),
        ("docs/TypeScript.md", "# TypeScript\n"),
        ("docs/setup.md", "# Setup\n\n## Overview\n\n## Troubleshooting\n\n## Actions\n"),
        ("docs/tool.md", "# Tool\n\n## Description\n\n## Installation\n\n## Usage\n\n## Troubleshooting\n"),
        ("docs/design.md", "# Design\n\n## Background\n\n## Impact\n\n## Risks\n\n## Alternatives\n\n## Solution\n"),
        ("docs/how-to-write.md", f"# How to write\n\n```md\n{SECTIONS}```\n"),
        ("docs/advisory.md", "# Advisory\n\n## Description\n\n## Impact\n\n## Mitigation\n"),
        ("docs/empty.md", ""),
    ],
)
def test_a_page(path: str, text: str) -> None:
    assert documents.recognise(path, text) == "page"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_make_no_difference(end: str) -> None:
    assert documents.recognise("docs/disk.md", f"# Disk\n\n{SECTIONS}".replace("\n", end)) == "runbook"


@pytest.mark.parametrize(
    "text",
    [
        "```\n~~~\n" * 100_000,
        "".join("`" * size + "\n" for size in range(1400, 3, -1)),
        "# " + " " * 1_000_000 + "a",
        "#" * 1_000_000,
        "a\n" * 500_000,
        "a\n" + "-" * 1_000_000 + "x",
        "\r" * 1_000_000,
        "## Impact\n" * 100_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_texts_take_no_more_than_linear_time(text: str) -> None:
    began = time.process_time()
    documents.recognise("docs/disk.md", text)
    documents.recognise("a" * 100_000 + ".md", text)
    assert time.process_time() - began < 10
