"""What a value looks like, how it is judged by that, and every kind of text that is let pass."""

from collections.abc import Callable

import fakes
import pytest
from fakes import PASSWORD, RANDOM

from runbook_lint.secrets import judgement, looks
from runbook_lint.secrets.judgement import NO, SURE, WEAK

UUID = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"
SHA = "9b74c9897bac770ffc029102a200c5de9b74c989"

# What each answer is given for, and what is near to it and gets none.
LOOKS: dict[Callable[[str], bool], tuple[list[str], list[str]]] = {
    looks.unfilled: (
        [
            "$TOKEN", "${X}", "${DB_PASSWORD:-}", "$1", "$?", "$(vault read kv/db)", "`pass show db`", "%s",
            "%(token)s", "%DB_PASSWORD%", "{{ .Values.x }}", "{{token}}", "[[ token ]]", "<% secret %>", "#{token}",
            "<TOKEN>", "<your token>", "&lt;token&gt;", "[PASSWORD]", "{token}", "(ask the on-call)", "***", "*",
            "sk-...", "abc…", "@/etc/secret", "~/.netrc", "./secret.txt", "../secret", "/run/secrets/db",
            "file:/etc/db", "vault:kv/db", "secret.DB", "os.environ['DB']", "ssm://db", "op://vault/db",
            "process.env.DB",
        ],
        [PASSWORD, RANDOM, "a$b", "pa%ss", "kR8<wq2", "Vt0pL!", ""],
    ),
    looks.surely_said: (
        ["AKIAIOSFODNN7EXAMPLE", "your-token", "insert-key", "<token", "placeholder1", "xxxxAb1", "REDACTED",
         "changeme", "enter_your_key", "myToken", "key-goes-here", "eyJ...", "ab***cd", "fake-token", "TODO"],
        ["my", "value", PASSWORD, RANDOM, "faKe9q"],
    ),
    looks.said: (
        ["your_key", "my-token", "example", "sample-1", "dummy", "foobar", "todo", "none", "default", "set-me"],
        ["sampler1", "mystery", "fooled", PASSWORD, RANDOM],
    ),
    looks.dummy: (
        ["password", "Password", "mypassword", "secret", "s3cr3t", "admin", "test", "hunter", "qwerty", "guest",
         "postgres", "changeit", "top-secret", "new_password", "minioadmin", "xxxx", "demo1", "passw0rd", "foobar"],
        ["Password123", "hunter2", "open-sesame", PASSWORD, "correct-horse"],
    ),
    looks.guessable: (
        ["Password123", "password1!", "hunter2", "admin123", "Welcome1", "letmein99", "dbsecret12"],
        ["password", "hunter", PASSWORD, "pass12word"],
    ),
    looks.regular: (
        ["xxxxxxxx", "00000000-0000-0000-0000-000000000000", "1234567890123", "abcdefgh", "0000", "aaaaaa", "abababab",
         "qwertyuiop", "zzzzzzzzzzzz", "----------"],
        [RANDOM, UUID, SHA, "hunter", PASSWORD],
    ),
    looks.counted: (
        ["abcdef0123456789", "a1b2c3d4e5f6", "0123456789abcdef0123456789abcdef", "1234567890", "q7Vb2xKdq7Vb2xKd",
         "prefix_0123456789abcdef"],
        [RANDOM, UUID, SHA[:20], PASSWORD],
    ),
    looks.wordy: (
        ["my-cluster-2", "LeaderElectionConfig", "prod/db/main", "correct-horse-battery-staple", "kube-state-metrics",
         "database password of the team", "server1", "orders_service_eu_west_1"],
        [RANDOM, UUID, SHA, PASSWORD, "Xk4Zq9Bw", ""],
    ),
    looks.random: (
        [RANDOM, UUID, SHA, PASSWORD, "wJalrX7tnFE/K7MD", "kqzvxjwmhfbgdtpl"],
        ["my-cluster-2", "aaaa1111", "correct-horse-battery", "abc", "LeaderElectionConfig"],
    ),
    looks.identifier: ([UUID, UUID.upper()], [UUID[:-1], f"{UUID}0", RANDOM, SHA]),
    looks.version: (
        ["1.2.3", "v2.40", "jackson-core-2.11.2", "nginx:1.27.0-alpine", "1.0.0-rc.1", "python 3.11"],
        ["12", "2026-03-01", RANDOM, PASSWORD],
    ),
}  # fmt: skip
ANSWERS = [
    pytest.param(look, value, answer, id=f"{look.__name__}-{value or 'empty'}-{answer}")
    for look, (yes, no) in LOOKS.items()
    for answer, values in ((True, yes), (False, no))
    for value in values
]


@pytest.mark.parametrize(("look", "value", "answer"), ANSWERS)
def test_looks(look: Callable[[str], bool], value: str, answer: bool) -> None:
    assert look(value) is answer


def test_bits_are_counted_by_the_character() -> None:
    assert [looks.entropy(value) for value in ("", "aaaa", "abab", "abcd")] == [0, 0, 1, 2]


BASIC = "b3BzLXJvYm90" + "OnE3VmIyeEtkWnA5WA=="  # ops-robot and a password
# The kind of rule, a value, and the verdict on it.
JUDGED = [
    # A provider's form: only what says of itself that it is none is let pass.
    ("token", RANDOM, SURE), ("token", "correct-horse", SURE), ("token", "abcdef0123456789" * 2, WEAK),
    ("token", "$TOKEN", NO), ("token", "x" * 20, NO), ("token", "AKIA" + "IOSFODNN7EXAMPLE", NO),
    # What nobody can think up; a UUID may be a key, or name anything.
    ("random", RANDOM, SURE), ("random", RANDOM[:12], WEAK), ("random", RANDOM[:9], NO), ("random", UUID, WEAK),
    ("random", "correct-horse-battery", NO), ("random", "/srv/db1/x9/k2", NO), ("random", "jackson-core-2.11.2", NO),
    ("random", "my-secret-2b9f", NO),
    # What people think up: words with numbers in them, but no names, paths or calls.
    ("password", PASSWORD, SURE), ("password", "hunter" + "2", WEAK), ("password", "Tr0ub4" + "dor&3", SURE),
    ("password", "open!sesame", WEAK), ("password", "12345", NO), ("password", "1234567890", NO),
    ("password", "app-db-2", NO), ("password", "DB_PASSWORD_2", NO), ("password", "get_password2()", NO),
    ("password", "kv/app2/db", NO), ("password", "password", NO),
    # User and password in base64.
    ("basic", BASIC, SURE), ("basic", "dXNlcjp" + "wYXNzd29yZA==", NO), ("basic", "YWRtaW46" + "YWRtaW4=", NO),
    # Between the user and the host of a URL stands nothing else.
    ("url", PASSWORD, SURE), ("url", "sesame", WEAK), ("url", "k8", NO), ("url", "8080", NO), ("url", "password", NO),
    ("url", "$PASSWORD", NO),
    # After `Bearer`.
    ("bearer", RANDOM, SURE), ("bearer", UUID, WEAK), ("bearer", "authentication", NO), ("bearer", "<token>", NO),
    # By its form alone.
    ("form", "$2y$05$" + RANDOM, SURE), ("form", "x" * 40, NO),
    # A word with signs in it that no name has.
    ("phrase", "open" + "!se@same", WEAK), ("phrase", PASSWORD, NO), ("phrase", "app-database", NO),
    # Small letters, capitals and digits without any order.
    ("mixed", RANDOM, SURE), ("mixed", "web-" + RANDOM.lower(), NO), ("mixed", SHA, NO),
    ("mixed", "LeaderElection2Config", NO),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "verdict"), JUDGED)
def test_judged(kind: str, value: str, verdict: str) -> None:
    assert judgement.KINDS[kind](value, ()) == verdict


@pytest.mark.parametrize("kind", judgement.KINDS)
def test_what_the_provider_publishes_is_no_secret(kind: str) -> None:
    value = BASIC if kind == "basic" else "open!" + RANDOM
    assert judgement.KINDS[kind](value, [value[2:-2]]) == NO


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (BASIC, "ops-robot:q7Vb2xKdZp9X"),
        (BASIC.rstrip("="), "ops-robot:q7Vb2xKdZp9X"),
        ("AAEC", ""),
        ("a", ""),
        ("", ""),
    ],
)
def test_base64_is_read_where_it_says_something(value: str, said: str) -> None:
    assert judgement.decoded(value) == said


# Where a secret stands in each of these, with the value for `@`; all rules look at it.
FORMS = ["export API_TOKEN=@", "password: '@'", 'api_key = "@"', "| Token | `@` |", "curl -H 'Authorization: Bearer @'"]
LET_PASS = {
    "a variable": ["$TOKEN", "$DB_PASSWORD", "$1"],
    "a variable in braces": ["${X}", "${DB_PASSWORD}"],
    "a command": ["$(vault kv get -field=password kv/db)"],
    "a template": ["{{ .Values.x }}", "{{ $labels.token }}", "{{token}}", "<%= token %>"],
    "what is to be filled in": ["<TOKEN>", "<your token>", "[TOKEN]", "%s", "%(password)s"],
    "a published example": ["AKIA" + "IOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"],
    "one character again and again": ["xxxx", "x" * 20, "0000", "00000000-0000-0000-0000-000000000000", "********"],
    "what is counted": ["1234567890123456", "abcdefghijklmnop"],
    "words": ["correct-horse-battery-staple", "app-database-credentials", "YOUR_API_KEY", "changeme"],
    "a path": ["/run/secrets/db-1/password", "kv/data/orders/db", "secrets/prod/db.txt", "https://vault.example.com/ui"],
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("values", LET_PASS.values(), ids=LET_PASS)
def test_what_stands_for_a_secret_is_let_pass(values: list[str], form: str) -> None:
    assert {value: fakes.scanned(form.replace("@", value)) for value in values} == {value: [] for value in values}


@pytest.mark.parametrize("form", FORMS)
def test_but_a_secret_in_its_stead_is_found(form: str) -> None:
    assert fakes.scanned(form.replace("@", RANDOM)) == [RANDOM]


# What nobody could think up either, under a name that says it is no credential.
PUBLIC = {
    "a commit": f"git revert {SHA}\ncommit: {SHA}\nrevision={SHA[:12]}",
    "a UUID": f"tenant_id: {UUID}\nSee dashboard {UUID}.",
    "an image's digest": f"image: registry.example.com/app@sha256:{SHA}{SHA[:24]}",
    "a trace id": f"trace_id={SHA[:32]} span_id={SHA[:16]}",
    "a correlation id": f"X-Correlation-ID: {UUID}\ncorrelation_id={RANDOM}",
    "a checksum": f"{SHA}{SHA[:24]}  backup.tar.gz\nchecksum: sha256-{RANDOM}{RANDOM}=",
    "an integrity hash": f'integrity="sha384-{RANDOM}{RANDOM}"',
    "a public key": f"public_key: {RANDOM}\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA{RANDOM} ops@example.com",
    "a key's fingerprint": f"SHA256:{RANDOM}Kq4Zx7Bw key_fingerprint={RANDOM}",
    "a certificate": "-----BEGIN CERTIFICATE-----\n"
    + "\n".join(fakes.KEY)
    + "\n-----END CERTIFICATE-----\n"
    + "-----BEGIN PUBLIC KEY-----\n"
    + "\n".join(fakes.KEY)
    + "\n-----END PUBLIC KEY-----",
    "a name of a secret": "secret_name: orders-7f9c6d5b4-tls\nsecretKeyRef: {name: db-1, key: password}",
    "a file of one": f"password_file: {RANDOM}\ntoken_path=/run/{RANDOM}",
    "a pod": "kubectl delete pod kube-prometheus-stack-operator-7f9c6d5b4-x2x9k",
    "a text about a key": f"{fakes.BEGIN}\n(put the key of this very host here, as the vault has it)\n{fakes.END}",
}  # fmt: skip


@pytest.mark.parametrize("text", PUBLIC.values(), ids=PUBLIC)
def test_what_everybody_may_know_is_let_pass(text: str) -> None:
    assert fakes.scanned(text) == []


# Sentences about passwords, from real runbooks.
ABOUT = [
    "The password is stored in Vault path kv/app2.",
    "Rotate the password 2 days before it expires; see app2.",
    "| password | varchar(255) | not null |",
    "SELECT password, salt1 FROM users2 WHERE users2.password = t1.password;",
    "password:\n  secretKeyRef: {name: app2-db, key: pw1}",
    "Password: ask the on-call of team7",
    "| User | Password | Where |\n|---|---|---|\n| app2 | in 1Password | vault2 |",
    "The token expires in 24h; renew it with `vault token renew`.",
    "docker login --password-stdin registry.example.com",
    "Set `spec.auth.tokenTTL` to 30m, then restart auth-proxy-2.",
]


@pytest.mark.parametrize("text", ABOUT)
def test_a_text_about_secrets_is_let_pass(text: str) -> None:
    assert fakes.scanned(text) == []
