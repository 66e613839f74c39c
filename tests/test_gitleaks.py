"""Rules of gitleaks: what is taken over, what it finds, and the sentences for what cannot be taken over."""

import json

import pytest
from conftest import CLEAN, DAY, Run, Write, found, report

# Values that no scanner may take for a secret here: they are put together.
TOKEN = "acme_" + "aB3dE6g8"
OTHER = "acme_" + "qR5tY7u9"
DULL = "acme_" + "aaaaaaaa"
RULE = """\
[[rules]]
id = "acme-token"
description = "A token of Acme."
regex = '''\\b(acme_(?i)[a-z0-9]{8})(?:[\\x60'"\\s;]|\\\\[nr]|$)'''
entropy = 2
keywords = ["ACME_"]
"""
SAID = "error gitleaks/acme-token: A token of Acme: a secret stands here"


def text(*lines: str) -> str:
    """A runbook whose first line of steps is line 5."""
    return "\n".join(("# Disk full", "", "## Steps", "", *lines, ""))


def repository(rules: str, *lines: str, settings: str = "", **files: str) -> dict[str, str]:
    packed = f"version: 1\npacks: [.gitleaks.toml]\n{settings}"
    return {**CLEAN, ".runbook-lint.yaml": packed, ".gitleaks.toml": rules, "runbooks/disk.md": text(*lines), **files}


FOUND: dict[str, tuple[str, list[str], list[str]]] = {
    "the first group is the secret": (RULE, [f"1. Say {TOKEN};"], [f"5:8: {SAID}"]),
    "entropy": (RULE, [DULL, TOKEN], [f"6:1: {SAID}"]),
    "entropy that is just the limit": (RULE.replace("= 2", "= 1"), ["acme_" + "acmeacme"], [f"5:1: {SAID}"]),
    "no entropy asked for": (RULE.replace("entropy = 2", ""), [DULL], [f"5:1: {SAID}"]),
    "no keyword in the text": (RULE.replace("ACME_", "acme.example"), [TOKEN], []),
    "a keyword anywhere in the text": (RULE.replace("ACME_", "Volume"), [TOKEN, "the volume"], [f"5:1: {SAID}"]),
    "a group by its number": (
        '[[rules]]\nid = "pair"\nregex = "(user)=([a-z]+)"\nsecretGroup = 2',
        ["user=grace"],
        ["5:6: error gitleaks/pair: pair: a secret stands here"],
    ),
    "no group": (
        '[[rules]]\nid = "Big Key!"\nregex = "\\nKEY=[0-9]+\\n"',
        ["KEY=123"],
        ["5:1: error gitleaks/big-key: Big Key!: a secret stands here"],
    ),
    "keys in any case": (
        '[[Rules]]\nID = "x"\nRegEx = "grace"',
        ["grace"],
        ["5:1: error gitleaks/x: x: a secret stands here"],
    ),
    "braces": (
        '[[rules]]\nid = "x"\ndescription = "A {name}"\nregex = "grace"',
        ["grace"],
        ["5:1: error gitleaks/x: A {name}: a secret stands here"],
    ),
    "a digit first": (
        '[[rules]]\nid = "1x"\nregex = "grace"',
        ["grace"],
        ["5:1: error gitleaks/rule-1x: 1x: a secret stands here"],
    ),
    "two ids that become one": (
        '[[rules]]\nid = "a_b"\nregex = "grace"\n[[rules]]\nid = "a-b"\nregex = "hopper"',
        ["grace", "hopper"],
        ["5:1: error gitleaks/a-b: a_b: a secret stands here", "6:1: error gitleaks/a-b-2: a-b: a secret stands here"],
    ),
    "a part of other rules": ('[[rules]]\nid = "x"\nregex = "grace"\nskipReport = true\n' + RULE, ["grace"], []),
    "a file": (
        '[[rules]]\nid = "x"\npath = "disk.md$"',
        ["grace"],
        ["1:1: error gitleaks/x: x: such a file does not belong here"],
    ),
    "a file with a keyword": ('[[rules]]\nid = "x"\npath = "disk.md$"\nkeywords = ["hopper"]', ["grace"], []),
}


@pytest.mark.parametrize(("rules", "lines", "expected"), FOUND.values(), ids=FOUND)
def test_found(write: Write, run: Run, rules: str, lines: list[str], expected: list[str]) -> None:
    write(repository(rules, *lines))
    assert found(run, "--select", "gitleaks") == [f"runbooks/disk.md:{each}" for each in expected]


# An allow list over two lines with TOKEN and OTHER: the columns of what is left.
ALLOWED: dict[str, tuple[str, list[str]]] = {
    "a regex on the secret": ("regexes = ['aB3']", ["6:9"]),
    "a regex anchored to the secret": ("regexes = ['aB3dE6g8$', '^acme_q']", []),
    "a regex on the match": ("regexTarget = 'match'\nregexes = ['8;$']", ["6:9"]),
    "a regex on the line": ("regexTarget = 'line'\nregexes = ['^1[.]']", ["6:9"]),
    "the line is no secret": ("regexes = ['^1[.]']", ["5:8", "6:9"]),
    "a stopword": ("stopwords = ['AB3D']", ["6:9"]),
    "a stopword outside the secret": ("stopwords = ['Say']", ["5:8", "6:9"]),
    "an empty stopword": ("stopwords = ['']", ["5:8", "6:9"]),
    "either": ("regexes = ['aB3']\nstopwords = ['qr5']", []),
    "both": ("condition = 'AND'\nregexes = ['aB3']\nstopwords = ['qr5']", ["5:8", "6:9"]),
    "both, in the same": ("condition = '&&'\nregexes = ['aB3']\nstopwords = ['de6']", ["6:9"]),
    "a path": ("paths = ['^runbooks/']", []),
    "another path": ("paths = ['^alerts/']", ["5:8", "6:9"]),
    "a path or a stopword": ("paths = ['^alerts/']\nstopwords = ['qr5']", ["5:8"]),
    "a path and a stopword": ("condition = 'and'\npaths = ['disk']\nstopwords = ['qr5']", ["5:8"]),
    "another path and a stopword": ("condition = 'and'\npaths = ['disc']\nstopwords = ['qr5']", ["5:8", "6:9"]),
    "a path alone, with and": ("condition = 'and'\npaths = ['disk']", []),
    "commits": ("commits = ['abc']", ["5:8", "6:9"]),
    "commits or a path": ("commits = ['abc']\npaths = ['disk']", []),
    "commits and a path": ("condition = 'and'\ncommits = ['abc']\npaths = ['disk']", ["5:8", "6:9"]),
}


@pytest.mark.parametrize("head", ["[[rules.allowlists]]", "[rules.allowlist]", "[allowlist]", "[[allowlists]]"])
@pytest.mark.parametrize(("allow", "left"), ALLOWED.values(), ids=ALLOWED)
def test_allow_lists(write: Write, run: Run, head: str, allow: str, left: list[str]) -> None:
    write(repository(f"{RULE}\n{head}\n{allow}\n", f"1. Say {TOKEN};", f"2. Tell {OTHER};"))
    assert found(run, "--select", "gitleaks") == [f"runbooks/disk.md:{each}: {SAID}" for each in left]


def test_an_allow_list_for_some_rules(write: Write, run: Run) -> None:
    other = RULE.replace("acme-token", "other")
    write(repository(f"{RULE}{other}[[allowlists]]\ntargetRules = ['other']\npaths = ['.']\n", TOKEN))
    assert found(run, "--select", "gitleaks") == [f"runbooks/disk.md:5:1: {SAID}"]


def test_a_rule_for_some_paths(write: Write, run: Run) -> None:
    write(repository(f"{RULE}path = 'b[.]md$'\n", TOKEN, **{"runbooks/b.md": text(TOKEN)}))
    assert found(run, "--select", "gitleaks") == [f"runbooks/b.md:5:1: {SAID}"]


def test_the_rules_of_a_configuration_that_is_extended(write: Write, run: Run) -> None:
    base = f"{RULE}[[rules]]\nid = 'gone'\nregex = 'grace'\n[[rules]]\nid = 'kept'\nregex = 'hopper'\n"
    mine = """\
[extend]
path = "ops/base.toml"
disabledRules = ["gone"]
[[rules]]
id = "acme-token"
description = "Ours"
[[rules.allowlists]]
stopwords = ["qr5"]
"""
    write(repository(mine, TOKEN, OTHER, "grace", "hopper", **{"ops/base.toml": base}))
    assert found(run, "--select", "gitleaks") == [
        "runbooks/disk.md:5:1: error gitleaks/acme-token: Ours: a secret stands here",
        "runbooks/disk.md:8:1: error gitleaks/kept: kept: a secret stands here",
    ]


def test_the_defaults_of_gitleaks_are_the_tools_own(write: Write, run: Run) -> None:
    tuned = "[extend]\nuseDefault = true\ndisabledRules = ['generic-api-key']\n"
    tuned += "[[rules]]\nid = 'aws-access-token'\n[[rules.allowlists]]\nstopwords = ['x']\n"
    tuned += "[[allowlists]]\ntargetRules = ['jwt']\nstopwords = ['x']\n"
    write(repository(tuned + RULE, TOKEN))
    assert found(run, "--select", "gitleaks") == [f"runbooks/disk.md:5:1: {SAID}"]


def test_a_configuration_tunes_and_explains_a_rule_like_any_other(write: Write, run: Run) -> None:
    write(repository(RULE, DULL, settings="rules: {gitleaks/acme-token: {entropy: 1.5, severity: warning}}\n"))
    assert found(run, "--select", "gitleaks") == [f"runbooks/disk.md:5:1: {SAID.replace('error', 'warning')}"]
    assert ".gitleaks.toml, rule acme-token" in run("explain", "gitleaks/acme-token").out
    assert "gitleaks/acme-token" in run("rules", "--format", "markdown").out


def test_the_secret_is_shown_nowhere(write: Write, run: Run) -> None:
    write(repository(RULE, TOKEN, f"again {TOKEN}x"))
    assert TOKEN not in run("check").out + run("check", "--format", "json").out


# --- what cannot be taken over ----------------------------------------------------------------------------------------

X = "[[rules]]\nid = 'x'\n"
REFUSED = {
    "no TOML": ("a = 1\nb = = 2", "2:5: not valid TOML: invalid value"),
    "an end too early": ("a = '", "1:1: not valid TOML: expected "),
    "too deep": ("a = " + "[" * 20_000, "1:1: not valid TOML: it is too deep"),
    "an unknown key": ("title = 'x'\nrule = 1", "2: there is no key 'rule'; did you mean 'rules'?"),
    "an unknown key of a rule": (f"{X}regx = 'a'", "2: rule 'x': there is no key 'regx'; did you mean 'regex'?"),
    "an unknown key of an allow list": (
        f"{X}regex = 'a'\n[rules.allowlist]\nregex = 'a'",
        "2: rule 'x': allowlist: there is no key 'regex'; did you mean 'regexes'?",
    ),
    "no id": ("\n[[rules]]\nregex = 'a'", "2: a rule has no `id`"),
    "an id of another kind": ("[[rules]]\nid = 5\nregex = 'a'", "1: a rule has no `id`"),
    "no regex": (X, "2: rule 'x': it has neither `regex` nor `path`, so it finds nothing"),
    "a regex of another kind": (f"{X}regex = ['a']", "2: rule 'x': 'regex' must be text"),
    "rules of another kind": ("rules = 'a'", "1: 'rules' must be a list of tables"),
    "entropy of another kind": (f"{X}regex = 'a'\nentropy = 'high'", "2: rule 'x': 'entropy' must be a number"),
    "entropy without end": (f"{X}regex = 'a'\nentropy = inf", "2: rule 'x': 'entropy' must be a number"),
    "keywords of another kind": (f"{X}regex = 'a'\nkeywords = 'a'", "2: rule 'x': 'keywords' must be a list of texts"),
    "a broken regex": (
        f"{X}regex = '(a'",
        "2: rule 'x': regex: this is no regular expression that can be used here: missing ), unterminated subpattern "
        "at character 1",
    ),
    "a regex that Go does not know": (
        f"{X}regex = '(?=a)'",
        "2: rule 'x': regex: this is no regular expression that can be used here: RE2 knows no group that begins with "
        "'(?='",
    ),
    "a broken path": (f"{X}path = '['", "2: rule 'x': path: this is no regular expression that can be used here: "),
    "a group that is not there": (
        f"{X}regex = 'a'\nsecretGroup = 1",
        "2: rule 'x': secretGroup is 1, but the regex has no groups",
    ),
    "a rule of several parts": (
        f"{X}regex = 'a'\n[[rules.required]]\nid = 'y'",
        "2: rule 'x': `required` cannot be judged",
    ),
    "an empty allow list": (
        f"{X}regex = 'a'\n[rules.allowlist]\ndescription = 'd'",
        "2: rule 'x': allowlist: it names no commits, paths, regexes or stopwords",
    ),
    "an unknown condition": (
        f"{X}regex = 'a'\n[rules.allowlist]\ncondition = 'xor'\npaths = ['a']",
        "2: rule 'x': allowlist: 'condition' must be and or or",
    ),
    "an unknown target": (
        f"{X}regex = 'a'\n[rules.allowlist]\nregexTarget = 'file'\nregexes = ['a']",
        "2: rule 'x': allowlist: 'regextarget' must be line or match or secret",
    ),
    "an allow list for a rule that is not there": (
        f"{X}regex = 'a'\n[[allowlists]]\ntargetRules = ['y']\npaths = ['a']",
        "4: targetRules: there is no rule 'y'",
    ),
    "a url": (
        "[extend]\nurl = 'https://example.com'",
        "2: extend: a url is never followed; put the file into the repository",
    ),
    "itself": ("[extend]\npath = './.gitleaks.toml'", "1: extend: .gitleaks.toml extends itself"),
    "a file that is not there": (
        "[extend]\npath = 'no.toml'",
        "1: extend: the pack no.toml cannot be read: No such file or directory",
    ),
    "no name of a file": ('[extend]\npath = "a\\u0000b"', "1: extend: the pack a"),
}


@pytest.mark.parametrize(("rules", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused_with_a_sentence_and_its_place(write: Write, run: Run, rules: str, sentence: str) -> None:
    write(repository(rules, TOKEN))
    ran = run("check")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"runbook-lint: .gitleaks.toml:{sentence}")
    assert ran.err.count("\n") == 1


def test_a_file_that_is_no_text(write: Write, run: Run) -> None:
    write({**repository(""), ".gitleaks.toml": b"\xff\xfe"})
    assert "the pack .gitleaks.toml cannot be read: it is no UTF-8" in run("check").err


def test_a_chain_without_end(write: Write, run: Run) -> None:
    chain = {f"{n}.toml": f"[extend]\npath = '{n + 1}.toml'" for n in range(20)}
    write(repository("[extend]\npath = '0.toml'", **chain))
    ran = run("check")
    assert (ran.code, ran.err) == (2, "runbook-lint: 7.toml:1: extend: 8.toml is more than 8 files away\n")


def test_a_pattern_that_runs_away_is_stopped(write: Write, run: Run) -> None:
    write(repository(f"{X}regex = '(a|a)+$'", "a" * 40 + "b"))
    ran = run("check")
    assert ran.code == 2
    assert "gitleaks/x: its pattern runs away on runbooks/disk.md" in ran.err


# --- the same in packs of our own form --------------------------------------------------------------------------------

PACK = """\
version: 1
rules:
  - id: house/leak
    each: text
    field: text
    must: {hold-no-leak: {pattern: 'acme_\\w{8}', allow: [{stopwords: [qr5], paths: [disk]}]}}
    severity: error
    message: a token
    why: It opens doors.
    unless: ['b[.]md$']
"""


def test_a_pack_in_yaml_names_paths_too(write: Write, run: Run) -> None:
    files = {"house.yaml": PACK, "runbooks/b.md": text(TOKEN), "runbooks/c.md": text(OTHER)}
    write({**repository("", TOKEN, OTHER, **files), ".runbook-lint.yaml": "version: 1\npacks: [house.yaml]\n"})
    assert found(run, "--select", "house") == [
        "runbooks/c.md:5:1: error house/leak: a token",
        "runbooks/disk.md:5:1: error house/leak: a token",
    ]


MISTAKEN = {
    "a path": ("b[.]md$", "b[", "10:14: house/leak: `unless` is no regular expression: unterminated character set at"),
    "a path of an allow list": (
        "paths: [disk]",
        "paths: ['[']",
        "6:50: house/leak: hold-no-leak: the allow is no regular",
    ),
    "a key": (
        "stopwords",
        "stopword",
        "6:50: house/leak: hold-no-leak: 'allow' must be a list, each a mapping of regexes,",
    ),
}


@pytest.mark.parametrize(("old", "new", "sentence"), MISTAKEN.values(), ids=MISTAKEN)
def test_a_mistake_in_such_a_pack(write: Write, run: Run, old: str, new: str, sentence: str) -> None:
    write({**CLEAN, "house.yaml": PACK.replace(old, new), ".runbook-lint.yaml": "version: 1\npacks: [house.yaml]\n"})
    ran = run("check")
    assert (ran.code, ran.err.partition(sentence)[1]) == (2, sentence)


def test_paths_are_for_rules_about_one_thing(write: Write, run: Run) -> None:
    pack = PACK.replace("each: text\n    field: text", "every: entry").replace(
        "hold-no-leak: {pattern: 'acme_\\w{8}', allow: [{stopwords: [qr5], paths: [disk]}]}", "have-unique-ids: {}"
    )
    write({**CLEAN, "house.yaml": pack, ".runbook-lint.yaml": "version: 1\npacks: [house.yaml]\n"})
    assert "house.yaml:9:14: house/leak: `unless` is for rules that say `each:`" in run("check").err


# --- comments of other scanners ---------------------------------------------------------------------------------------

GITLEAKS = "allow_comments: ['gitleaks:allow']\n"
BOTH = "allow_comments: ['gitleaks:allow', 'pragma: allowlist secret']\n"
COMMENTS: dict[str, tuple[str, list[str], int]] = {
    "nobody asked": ("", [f"{TOKEN} # gitleaks:allow", f"{OTHER} # pragma: allowlist secret"], 2),
    "one of two": (GITLEAKS, [f"{TOKEN} # gitleaks:allow", f"{OTHER} # pragma: allowlist secret"], 1),
    "both": (BOTH, [f"{TOKEN} # gitleaks:allow", f"{OTHER} # pragma: allowlist secret"], 0),
    "another line": (BOTH, ["# gitleaks:allow", TOKEN, "# pragma: allowlist secret"], 1),
    "the next line": (BOTH, ["# pragma: allowlist nextline secret", TOKEN, OTHER], 1),
    "the next line, not asked for": (GITLEAKS, ["# pragma: allowlist nextline secret", TOKEN], 1),
}


@pytest.mark.parametrize(("settings", "lines", "left"), COMMENTS.values(), ids=COMMENTS)
def test_comments(write: Write, run: Run, settings: str, lines: list[str], left: int) -> None:
    write(repository(RULE, *lines, settings=settings))
    document = report(run, "--select", "gitleaks")[1]
    secrets = sum("acme_" in line for line in lines)
    assert (len(document["findings"]), document["summary"]["allowed"]) == (left, secrets - left)


def test_comments_are_counted_where_they_count(write: Write, run: Run) -> None:
    write(repository(RULE, f"{TOKEN} # gitleaks:allow", f"{OTHER} # gitleaks:allow", settings=GITLEAKS))
    assert "; 2 secrets allowed by comments: no findings" in run("check", "--select", "gitleaks").out
    write(repository(RULE, "nothing", settings=GITLEAKS))
    assert "allowed" not in run("check", "--select", "gitleaks").out


def test_comments_excuse_secrets_only_and_ours_too(write: Write, run: Run) -> None:
    aws = "AKIA" + "Q3EGR7N2WXUZPL5B"
    write(repository(RULE, f"TODO: {aws} gitleaks:allow", settings=GITLEAKS))
    assert [each.split()[2] for each in found(run, "--select", "secret,runbook/placeholder")] == [
        "runbook/placeholder:"
    ]


def test_an_unknown_comment_is_refused(write: Write, run: Run) -> None:
    write(repository(RULE, settings="allow_comments: ['nosec']\n"))
    ran = run("check")
    assert ran.code == 2
    assert ran.err.startswith("runbook-lint: .runbook-lint.yaml:3:18: each of 'allow_comments' must be ")


def test_a_waiver_comes_first(write: Write, run: Run) -> None:
    waiver = '<!-- runbook-lint-disable-next-line gitleaks/acme-token until=2027-01-31 owner=ops reason="a test" -->'
    write(repository(RULE, waiver, f"{TOKEN} gitleaks:allow", settings=GITLEAKS))
    summary = json.loads(run("check", "--format", "json", "--as-of", DAY).out)["summary"]
    assert (summary["waived"], summary["allowed"]) == (1, 0)
