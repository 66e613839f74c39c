"""The configuration: every key, and every mistake as one sentence with its place."""

from pathlib import Path

import pytest

from runbook_lint import config
from runbook_lint.model import UserError

WHOLE = """\
version: 1
runbooks: ["doc/operations/runbooks/**/*.md"]
catalogs: [doc/operations/runbooks/runbooks.catalog.json]
alerts: ["deploy/alerts/**/*.yaml"]
roster: ops/oncall.yaml
codeowners: .github/CODEOWNERS
incidents: ["incidents/**/*.yaml"]
exclude: ["vendor/**"]
packs: [ops/house-rules.yaml, .gitleaks.toml]
runbook_keys: [annotations.runbook_id, annotations.runbook_url, labels.playbook]
url_prefixes: {"https://runbooks.example.com/": doc/operations/runbooks/}
severity_map: {critical: sev1, PAGE: sev1, warning: sev2, info: sev3}
link_hosts: ["*.example.com"]
profiles: {alert: ["doc/operations/runbooks/alerts/**"]}
rules:
  review/overdue: {severity: warning, days: 60}
  runbook/sections: off
  runbook/title: false
  owner/known: info
"""


def test_every_key() -> None:
    found = config.parse(WHOLE, "c.yaml")
    assert found.kind_of("doc/operations/runbooks/a/disk.md") == "runbook"
    assert found.kind_of("doc/operations/runbooks/runbooks.catalog.json") == "catalog"
    assert found.kind_of("deploy/alerts/a.yaml") == "alerts"
    assert found.kind_of("ops/oncall.yaml") == "roster"
    assert found.kind_of(".github/CODEOWNERS") == "codeowners"
    assert found.kind_of("vendor/a.md") == ""
    assert found.kind_of("README.md") is None
    assert found.packs == ("ops/house-rules.yaml", ".gitleaks.toml")
    assert found.runbook_keys[-1] == "labels.playbook"
    assert found.url_prefixes == {"https://runbooks.example.com/": "doc/operations/runbooks/"}
    assert (found.severity_map["page"], found.severity_map["p1"]) == ("sev1", "sev1")
    assert found.profile_of("doc/operations/runbooks/alerts/a.md") == "alert"
    assert found.rules["runbook/sections"] == found.rules["runbook/title"] == "off"


def test_globs_are_relative_to_the_configuration() -> None:
    found = config.parse("version: 1\nalerts: [./a/*.yaml, /b/, ../c]\nroster: .\n", "c.yaml", "ops/")
    assert found.kinds == {"alerts": ("ops/a/*.yaml", "ops/b/", "c"), "roster": ("ops",)}


def test_globs_of_a_shared_configuration_are_relative_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "repository").mkdir()
    file = tmp_path / "common" / "c.yaml"
    file.write_text("version: 1\nalerts: [a/*.yaml]\npacks: [house.yaml]\n")
    found = config.load(str(tmp_path / "repository"), str(file))
    assert (found.kinds, found.packs) == ({"alerts": ("a/*.yaml",)}, ("../common/house.yaml",))


def test_what_is_excluded_is_excluded_whatever_names_it() -> None:
    found = config.parse("version: 1\nrunbooks: ['docs/**']\nexclude: [docs/old]\n", "c.yaml")
    assert (found.kind_of("docs/a.md"), found.kind_of("docs/old/a.md")) == ("runbook", "")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "1:1: the file is empty; write at least 'version: 1'"),
        ("- a\n", "1:1: the document must be a mapping, not a list"),
        ("runbooks: []\n", "1:1: 'version' is missing"),
        ("version: 2\n", "1:10: 'version' must be 1, not 2"),
        ("version: '1'\n", "1:10: 'version' must be 1, not '1'"),
        ("version: 1\nversion: 1\n", "2:1: the key 'version' stands here a second time"),
        ("version: 1\n---\nversion: 1\n", "3:1: a second document; only one can hold"),
        ("version: 1\nrunbook: [a]\n", "2:1: unknown key 'runbook'; did you mean 'runbooks'?"),
        ("version: 1\nzzz: [a]\n", "2:1: unknown key 'zzz'"),
        ("version: 1\nrunbooks: a\n", "2:11: 'runbooks' must be a list, not 'a'"),
        ("version: 1\nrunbooks: [1]\n", "2:12: each of 'runbooks' must be text, not 1"),
        ("version: 1\nexclude:\n", "2:9: 'exclude' must be a list, not null"),
        ("version: 1\nexclude: ['']\n", "2:11: each of 'exclude' must not be empty"),
        ("version: 1\nexclude: [../../a]\n", "2:1: '../../a' leads out of the repository"),
        ("version: 1\nroster: {}\n", "2:9: 'roster' must be a path or a list of paths, not a mapping"),
        ("version: 1\nrunbook_keys: []\n", "2:15: 'runbook_keys' must not be an empty list"),
        ("version: 1\nseverity_map: {a: high}\n", "2:19: 'a' must be sev1, sev2 or sev3, not 'high'"),
        ("version: 1\nprofiles: {alrt: [a]}\n", "2:12: unknown key 'alrt'; did you mean 'alert'?"),
        ("version: 1\nrules: [a/b]\n", "2:8: 'rules' must be a mapping, not a list"),
        (
            "version: 1\nrules: {a/b: on}\n",
            "2:14: 'a/b' must be off, a severity (error, warning or info), or a mapping of severity and options, "
            "not 'on'",
        ),
        (
            "version: 1\nrules: {a/b: {severity: eror}}\n",
            "2:25: 'severity' must be error, warning or info, not 'eror'",
        ),
        (
            "version: 1\nrules: {\n",
            "3:1: not valid YAML: did not find expected node content (while parsing a flow node)",
        ),
    ],
)
def test_a_mistake_is_a_sentence_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        config.parse(text, "c.yaml")
    assert str(caught.value) == "c.yaml:" + sentence


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(UserError) as caught:
        config.parse("version: 1\nrunbook: []\nalert: []\n", "c.yaml")
    assert len(str(caught.value).splitlines()) == 2


def test_a_configuration_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    assert config.load(str(tmp_path)).kinds == {}
    with pytest.raises(UserError, match="there is no configuration file"):
        config.load(str(tmp_path), str(tmp_path / "no.yaml"))
    (tmp_path / config.NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot be read: it is no UTF-8"):
        config.load(str(tmp_path))
