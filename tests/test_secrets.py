"""Secrets: what is found, what is not, how long it takes, and that a found value is shown nowhere at all.

No value here was given out by anybody, and its halves meet only when the tests run.
"""

import json
import time
from functools import cache
from typing import Any

import pytest
from conftest import ALERTS, CLEAN, RUNBOOK, Run, Write

from runbook_lint import rulebook
from runbook_lint.checks.secrets import hold_no_secret
from runbook_lint.model import Item, Span, Value

V = "kR8wq2" + "Vt0pL"
AWS = "wJalrX7tnFE/K7MDENG" + "/bPxRfiCYq8Zk3Lm2Np4T"
BODY = ("MIIEowIBAAKCAQEAq7BF" + "UpkGp3LQmlQmYx", "EqsxnVTuEt5sQNpWkwdb" + "WlPZtcQ2X0xz")
BEGIN, END = "-----BEGIN RSA " + "PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"


@cache
def options(rule: str) -> dict[str, Any]:
    """What the rule gives to its check."""
    (entry,) = (each for each in rulebook.shipped_entries() if each["id"] == f"secret/{rule}")
    return dict(entry["must"]["hold-no-secret"])


def found(rule: str, text: str) -> list[str]:
    """The secrets that a rule finds in a text."""
    item = Item("text", "", "a.md", Span(0, 0), Span(0, 0), {})
    problems = hold_no_secret(item, Value(text, 0, len(text)), **options(rule))
    return [text[problem.span.start : problem.span.end] for problem in problems if problem.span is not None]


ASSIGNED = [
    "PGPASSWORD={} psql",
    "MYSQL_PWD={} mysql",
    "export DB_PASS={}",
    "DB_PASS='{}'",
    "tool --password {} --now",
    "tool --db-password '{}'",
    "tool --password={}",
    "**Password**: {}",
    "**Password:** {}",
    "Password: **{}**",
    "- Password: `{}`",
    "`password`: `{}`",
    "| Password | {} |",
    "| **Password** | `{}` | x |",
    'adminPassword: "{}"',
    '{{"api_key": "{}"}}',
    "The password: {}.",
    "password={}, user=app",
]


@pytest.mark.parametrize("form", ASSIGNED)
@pytest.mark.parametrize("value", [V, "hunt" + "er2", "kR8+wq2-" + "Vt0pL"])
def test_a_literal_password_is_found(form: str, value: str) -> None:
    assert found("password-assignment", form.format(value)) == [value]
    assert found("password-assignment", f"x\n\n{form.format(value)}\n\ny") == [value]


@pytest.mark.parametrize("form", ["aws_secret_access_key = {}", "AWS_SECRET_ACCESS_KEY={}", 'secretAccessKey: "{}"'])
def test_the_second_half_of_an_aws_key_is_found(form: str) -> None:
    assert found("password-assignment", form.format(AWS)) == [AWS]


NO_PASSWORDS = [
    "$X1abcdef", "${X1abcdef}", "%X1abcdef%", "<password1x>", "{{ x1.abcdef }}", "***", "********", "correcthorse",
    "my-secret-2", "db-app-credentials-v2", "app.db.password2", "/etc/app2/password", "./pass1word.txt",
    "secret/app2/db", "kv/app2", "Vault/App2", "https://vault.example.com/v1/x", "vault://kv/app2", "vault:kv2/app",
    "changeme1", "example1", "secret123", "password1", "Password1!", "test1234", "my_password_2",
    "get_password2(x)", 'os.environ["DB1"]',
    "$(vault read kv2/x)", "DB_PASSWORD_2", "OPS-12345", "1Password", "OAuth2", "sha256", "VARCHAR(255)", "1234567890",
]  # fmt: skip


@pytest.mark.parametrize("value", NO_PASSWORDS)
@pytest.mark.parametrize("form", ASSIGNED)
def test_what_is_no_password_is_not_found(form: str, value: str) -> None:
    assert found("password-assignment", form.format(value)) == []


@pytest.mark.parametrize(
    "text",
    [
        f"passwordSecretRef: {V}",
        f"password_file: {V}",
        f"docker login --password-stdin {V}",
        "the password is stored in Vault path kv/app2",
        "Rotate the password 2 days before it expires; see app2.",
        "| password | varchar(255) | not null |",
        "SELECT password, salt1 FROM users2 WHERE users2.password = t1.password;",
        "password:\n  secretKeyRef: {name: app2-db, key: pw1}",
        "Password: ask the on-call of team7",
        "| User | Password | Where |\n|---|---|---|\n| app2 | in 1Password | vault2 |",
    ],
)
def test_a_text_about_passwords_is_not_found(text: str) -> None:
    assert found("password-assignment", text) == []


def test_a_url_needs_no_user() -> None:
    assert found("url-password", f"redis://:{V}@cache.example.com:6379/0") == [V]
    for value in ("$PASSWORD", "${P1}", "<password>", "password", "password1", "changeme1", "***", "{{ p1 }}"):
        assert found("url-password", f"redis://:{value}@cache.example.com") == []


@pytest.mark.parametrize("before", ["", "> ", "# ", "* ", "- ", "| ", "    ", "\t", "> > ", "  # ", "// "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_private_key_in_a_quotation_is_found(before: str, end: str) -> None:
    text = end.join(["# VPN", "", *(before + line for line in (BEGIN, *BODY, END)), "", "Words."])
    (secret,) = found("private-key", text)
    assert BODY[0] in secret
    assert BODY[1] in secret


def test_what_the_provider_publishes_is_not_found() -> None:
    assert found("password-assignment", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY") == []


def test_a_text_about_a_key_is_no_key() -> None:
    text = f"{BEGIN}\n(put the key of this very host here, as it stands in the vault)\n{END}\n"
    assert found("private-key", text) == []


MB = 1_000_000
HOSTILE = {
    "password=": "password=", "password=1a": "password=1a", "password: ": "password: ", "password=1a.": "password=1a.",
    "spaces": " ", "a letter": "a", "pass": "pass", "a_": "a_", "--a-": "--a-", "cells": "| password | ", "stars": "*",
    "https://:": "https://:", "dashes": "-", "BEGIN": BEGIN, "BEGIN and a body": BEGIN + BODY[0], "lines": "> \n",
    "password=a1/": "password=a1/", "password=a-": "password=a-", "password=A_": "password=A_",
}  # fmt: skip


@pytest.mark.parametrize("rule", ["password-assignment", "url-password", "private-key"])
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("opening", ["", "password=", BEGIN, "https://"], ids=["", "password", "key", "url"])
def test_a_hostile_text_takes_no_longer(rule: str, unit: str, opening: str) -> None:
    text = opening + unit * (MB // len(unit))
    before = time.process_time()
    # The keywords are there, so that the pattern is tried.
    found(rule, text + " private key :// pass")
    assert time.process_time() - before < 10


AGAIN = {
    "in a section of the same file": {
        "runbooks/disk.md": RUNBOOK + f"\npassword: {V}\n\n## {V}\n\n## {V}\n\nTODO: {V}\n"
    },
    "in a line of another file": {
        "runbooks/disk.md": RUNBOOK + f"\npassword: {V}\n",
        "runbooks/other.md": f"# Other {V}\n\n## {V}\n\nTODO: try {V}{V}\n",
    },
    "in alerts": {
        "runbooks/disk.md": RUNBOOK + f"\npassword: {V}\n",
        "alerts.yaml": ALERTS.replace("DiskFull", f"Disk{V}").replace("disk_free", f'disk{{key="{V}"}}'),
    },
    "in metadata": {
        **CLEAN,
        "runbooks/disk.md": f"---\nowner: {V}\n{V}: [a, {{b: x{V}}}]\n---\n{RUNBOOK}\npassword: {V}\n",
    },
    "in a path": {
        "runbooks/disk.md": RUNBOOK + f"\npassword: {V}\n",
        f"runbooks/{V}/{V}.md": "# A\n\n## B\n\nTODO: c\n",
    },
}


@pytest.mark.parametrize("words", [[], ["--ignore", "secret"]], ids=["all", "ignored"])
@pytest.mark.parametrize("files", AGAIN.values(), ids=AGAIN)
def test_a_found_value_is_shown_nowhere_else(write: Write, run: Run, files: dict[str, str], words: list[str]) -> None:
    write(files)
    for form in ("text", "json"):
        ran = run("check", "--format", form, *words)
        assert words or ran.code == 1
        assert V not in ran.out + ran.err
        ran = run("inventory", "--format", form)
        assert V not in ran.out + ran.err


def test_each_line_of_a_key_is_a_secret(write: Write, run: Run) -> None:
    key = "\n".join(f"> {line}" for line in (BEGIN, *BODY, END))
    write({"runbooks/disk.md": f"{RUNBOOK}\n{key}\n", "alerts.yaml": ALERTS.replace("DiskFull", f"A {BODY[1]}")})
    outs = [run(command, "--format", form).out for command in ("check", "inventory") for form in ("text", "json")]
    assert not [out for out in outs if any(line in out for line in BODY)]


def test_a_file_with_a_veiled_path_is_still_checked_by_its_name(write: Write, run: Run) -> None:
    write({"runbooks/disk.md": RUNBOOK + f"\npassword: {V}\n", f"runbooks/{V}/a.md": "# A\n\nTODO: c\n"})
    for path in (f"runbooks/{V}/a.md", f"runbooks/{V}", "runbooks"):
        ran = run("check", "--select", "runbook/placeholder", path, "--fail-on", "info", "--format", "json")
        assert ran.code == 1
        (finding,) = json.loads(ran.out)["findings"]
        assert finding["path"] == "runbooks/***/a.md"
    assert "TODO: c\n" in run("check", "--select", "runbook/placeholder").out
