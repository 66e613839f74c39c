"""The ways in which a text gives a value to a name, and which names say that the value opens something."""

import fakes
import pytest
from fakes import PASSWORD, RANDOM

from runbook_lint.secrets import assignments, names
from runbook_lint.secrets.assignments import Assignment


def found(text: str) -> list[Assignment]:
    """The assignments to all names of a text that hold one of the words looked for."""
    lowered = text.lower()
    starts = ((at, stem) for stem in names.STEMS for at in range(len(text)) if lowered.startswith(stem, at))
    return list(assignments.find(text, [(at, at + len(stem)) for at, stem in starts]))


# The syntax, how it is called, a text with the value for `@`, and the name.
WRITTEN = [
    ("shell", "sign", "DB_PASSWORD=@ psql", "DB_PASSWORD"),
    ("shell, quoted", "sign", "DB_PASSWORD='@' psql", "DB_PASSWORD"),
    ("export", "sign", 'export DB_PASSWORD="@"', "DB_PASSWORD"),
    ("env file", "sign", "# local\nDB_PASSWORD=@\nDB_USER=app\n", "DB_PASSWORD"),
    ("cmd", "sign", "set DB_PASSWORD=@", "DB_PASSWORD"),
    ("PowerShell", "sign", '$env:DB_PASSWORD = "@"', "DB_PASSWORD"),
    ("make", "sign", "DB_PASSWORD ?= @", "DB_PASSWORD"),
    ("Dockerfile", "space", "ENV DB_PASSWORD @", "DB_PASSWORD"),
    ("YAML", "sign", "db_password: @", "db_password"),
    ("YAML with a comment", "sign", "password: @ # for tests", "password"),
    ("YAML in one line", "sign", "{user: app, password: @, port: 1}", "password"),
    ("YAML block", "sign", "password: |\n  @\nuser: app\n", "password"),
    ("YAML folded block", "sign", "password: >-\n  @\nuser: app\n", "password"),
    ("JSON", "sign", '{"db-password": "@", "user": "app"}', "db-password"),
    ("JSON in a string", "sign", r'"{\"password\": \"@\", \"user\": \"app\"}"', "password"),
    ("HCL", "sign", 'db_password = "@"', "db_password"),
    ("ini", "sign", "[db]\npassword = @\n", "password"),
    ("properties", "sign", "spring.datasource.password=@", "spring.datasource.password"),
    ("TOML", "sign", "[db]\npassword = '@'\n", "password"),
    ("Python", "sign", 'password = "@"', "password"),
    ("Python item", "sign", 'os.environ["DB_PASSWORD"] = "@"', "DB_PASSWORD"),
    ("Python comparison", "sign", 'if password == "@":', "password"),
    ("Go", "sign", 'var dbPassword string = "@"', "dbPassword"),
    ("Go, short", "sign", 'dbPassword := "@"', "dbPassword"),
    ("TypeScript", "sign", "const dbPassword: string = '@';", "dbPassword"),
    ("C#", "sign", 'string password = @"@";', "password"),
    ("Java", "comma", 'System.setProperty("db.password", "@");', "db.password"),
    ("PHP", "sign", "'password' => '@',", "password"),
    ("PHP variable", "sign", "$password = '@';", "password"),
    ("XML element", "element", "<password>@</password>", "password"),
    ("XML attribute", "sign", '<user name="app" password="@"/>', "password"),
    ("XML name and value", "sign", '<property name="db.password" value="@"/>', "db.password"),
    ("table", "cell", "| Password | @ |", "Password"),
    ("table, marked", "cell", "| **Password** | `@` |", "Password"),
    ("option", "space", "tool --password @ --now", "--password"),
    ("option, quoted", "space", "tool --db-password '@' --now", "--db-password"),
    ("option with a sign", "sign", "tool --password=@ --now", "--password"),
    ("prose", "prose", "The password is @.", "password"),
    ("prose, marked", "prose", "The admin password is `@`, as ever.", "password"),
    ("prose, set to", "prose", "The password is set to `@`.", "password"),
    ("prose, two words", "prose", "The API key for staging is @.", "API key"),
    ("bold", "sign", "**Password**: @", "Password"),
    ("bold value", "sign", "Password: **@**", "Password"),
    ("code", "sign", "`password`: `@`", "password"),
    ("ADO", "sign", "Server=db;User Id=app;Password=@;Port=5432", "Password"),
    ("libpq", "sign", '"host=db user=app password=@ sslmode=require"', "password"),
    ("query", "sign", "https://db.example.com/?user=app&password=@&x=1", "password"),
    ("inventory", "sign", "db-1 ansible_user=ops ansible_password=@ ansible_port=22", "ansible_password"),
]  # fmt: skip


@pytest.mark.parametrize("value", [PASSWORD, RANDOM, "kR8+wq2/" + "Vt0pL="])
@pytest.mark.parametrize(("how", "text", "name"), [case[1:] for case in WRITTEN], ids=[case[0] for case in WRITTEN])
def test_a_value_is_given_to_a_name(how: str, text: str, name: str, value: str) -> None:
    text = value.join(text.rsplit("@", 1))
    (given,) = (each for each in found(text) if each.value == value)
    assert given.how == how
    assert given.name.endswith(name)
    assert text[slice(*given.span)] == value


@pytest.mark.parametrize("text", [case[2] for case in WRITTEN], ids=[case[0] for case in WRITTEN])
def test_and_is_found_there(text: str) -> None:
    assert [each.rstrip("?") for each in fakes.scanned(PASSWORD.join(text.rsplit("@", 1)))] == [PASSWORD]


# What only stands beside a name, or is nothing at all.
NOT_GIVEN = [
    "the password of @", "password", "password:", "password=", "password = \n\n", "see password/@", "password@",
    "password\n\n@", "https://x/password://@",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_GIVEN)
def test_what_is_not_given_to_a_name(text: str) -> None:
    assert [each for each in found(text.replace("@", PASSWORD)) if each.value == PASSWORD] == []


# What of a text belongs to the value.
ENDS = [
    ("password=@, user=app", "@"),
    ("(password: @)", "@"),
    ("The password is @.", "@"),
    ("Is the password @?", "@"),
    ("password: @;rm -rf", "@"),
    ("password=@|| exit", "@"),
    ('password="@ and more"', "@ and more"),
    ("password='@!'", "@!"),
    (r"password=@\n", "@"),
    ("password=@</td>", "@"),
    ("password=@&user=a", "@"),
    ("""password="'@'" """, "@"),
]


@pytest.mark.parametrize(("text", "value"), ENDS)
def test_where_a_value_ends(text: str, value: str) -> None:
    assert [each.value for each in found(text.replace("@", PASSWORD))] == [value.replace("@", PASSWORD)]


def test_an_assignment_knows_what_stands_before_it_on_its_line() -> None:
    (given,) = found(f"# Notes\nFor mailgun: export api_key='{RANDOM}'")
    assert (given.before, given.quoted) == ("For mailgun: export api_key='", True)


def test_each_name_has_its_own_value() -> None:
    text = f"Server=db;Password={PASSWORD};Token={RANDOM}"
    assert {each.name: each.value for each in found(text)} == {"Password": PASSWORD, "Token": RANDOM}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dbAdmin_PASSWORD", ["db", "admin", "password"]),
        ("API key", ["api", "key"]),
        ("AWSSecretKey2", ["aws", "secret", "key", "2"]),
        ("--db-password", ["db", "password"]),
        ("", []),
    ],
)
def test_words_of_a_name(name: str, words: list[str]) -> None:
    assert assignments.words(name) == words


KINDS = {
    "password": [
        "password", "DB_PASSWORD", "dbPassword", "passwd", "PGPASSWORD", "MYSQL_PWD", "DB_PASS", "passphrase",
        "Passwort", "rootpw pw", "password_prod", "PASSWORD_2", "admin.password.value", "--db-password",
    ],
    "secret": [
        "secret", "CLIENT_SECRET", "clientSecret", "token", "API_TOKEN", "github-token", "credential",
        "AWS_CREDENTIALS", "api_key", "APIKEY", "secretAccessKey", "API key", "private_key", "ENCRYPTION_KEY",
        "masterKey", "accessKey", "recovery_code", "auth", "SIGNING_KEY_PROD", "serviceAccountKey",
    ],
    "key": ["tenant_key", "mailgunKey", "team-key", "private", "monkey"],
    "": [
        "key", "user", "password_file", "passwordHash_type", "secret_name", "token_url", "TOKEN_TTL", "public_key",
        "PUBLIC_KEY", "publishable_key", "sort_key", "foreignKey", "cacheKey", "keyboard", "passwords_path",
        "secretRef", "api_key_id", "error_code", "the key", "each key", "csrf_token", "keystroke",
        "password-policy", "author", "key_fingerprint", "token_count", "",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, every in KINDS.items() for name in every])
def test_what_a_name_says_of_its_value(kind: str, name: str) -> None:
    assert names.kind(name) == kind


@pytest.mark.parametrize(
    ("name", "harmless"),
    [("password_file", True), ("secretName", True), ("public_key", True), ("password", False), ("api_key", False)],
)
def test_a_harmless_name(name: str, harmless: bool) -> None:
    assert names.harmless(name) is harmless
