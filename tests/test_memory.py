"""What is remembered between runs changes nothing but the time that they take."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_lint import analysis, config, inforce, memory, model, packs, records, snapshot, store
from runbook_lint.cli import common
from tests.conftest import ALERTS, CATALOG, CLEAN, LINKED, ROOT, RUNBOOK, Run, Write, change_to, commit, git, process

FOLDER = store.FOLDER
TOKEN = "ghp_" + "x7Kp2QmZ9rTb4WnV6sYd8HfJ3gLc5AeU1oRi"
MESSY = {
    **CLEAN,
    "alerts.yaml": LINKED
    + "      - alert: NoRunbook\n        expr: 'up == 0'\n        labels: {severity: page, team: db}\n",
    "runbooks/todo.md": "---\nowner: db\nlast_reviewed_at: 2026-02-30\n---\n# TODO\n\n"
    "[gone](nowhere.md)\n\n## Steps\n\n## A\n",
    "runbooks/waived.md": "# W\n\n<!-- runbook-lint-disable-next-line link/target until=2027-01-31"
    " owner=db reason=x -->\n"
    "[a](b.md)\n",
    "broken.yaml": "groups: [{rules: [{alert: X, expr: 'up'\n",
    "chart/alerts.yaml": "{{ if .on }}\n" + ALERTS + "{{ end }}\n",
    "ops/oncall.yaml": "teams: {db: {primary: ann, backup: ann}}\n",
    "page.md": "# A page\n",
    "other.yaml": "nothing: of ours\n",
}


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs begin an hour after all files were written, so that every file is at rest."""
    real = common.now
    monkeypatch.setattr(common, "now", lambda: real() + 3600 * 10**9)


def both(run: Run, *words: str) -> tuple[tuple[int, str, str], ...]:
    """What a check says as text and as JSON."""
    return tuple(run("check", *words, "--format", form) for form in ("text", "json"))


def files_of(root: Path) -> list[Path]:
    """The files that are remembered, but for the one that keeps the folder out of git."""
    return sorted(each for each in (root / FOLDER).iterdir() if each.name != ".gitignore")


def only_file(root: Path) -> Path:
    [file] = files_of(root)
    return file


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are analysed from now on."""
    seen: list[str] = []
    real = analysis.analyse

    def noted(source: object, *given: object) -> model.FileResult:
        seen.append(source.path)  # type: ignore[attr-defined]
        return real(source, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "analyse", noted)
    return seen


class TestTheNextRun:
    def test_analyses_nothing_that_it_knows(self, write: Write, run: Run, reads: list[str]) -> None:
        commit(write(MESSY))
        first = run("check")
        assert "runbooks/todo.md" in reads
        reads.clear()
        assert run("check") == first
        assert reads == []

    def test_does_not_even_open_it(self, write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        commit(write(CLEAN))
        run("check")
        opened: list[str] = []
        file = snapshot.disk._File  # type: ignore[attr-defined]
        real = file.__call__
        monkeypatch.setattr(file, "__call__", lambda self: opened.append(self.name) or real(self))
        assert run("check").code == 0
        assert opened == []

    def test_analyses_what_changed(self, write: Write, run: Run, reads: list[str]) -> None:
        root = commit(write(MESSY))
        run("check")
        reads.clear()
        write({"runbooks/disk.md": RUNBOOK + "[gone](gone.md)\n"})
        assert "gone.md" in run("check").out
        assert reads == ["runbooks/disk.md"]
        assert git(root, "status", "--porcelain") == " M runbooks/disk.md\n"

    def test_knows_a_content_that_git_brings_back(self, write: Write, run: Run, reads: list[str]) -> None:
        root = commit(write(CLEAN))
        first = run("check")
        write({"runbooks/disk.md": "# Another\n"})
        run("check")
        git(root, "checkout", "--quiet", "runbooks/disk.md")
        reads.clear()
        assert run("check") == first
        assert reads == []

    def test_knows_the_base_of_a_change(self, write: Write, run: Run, reads: list[str]) -> None:
        commit(write(MESSY))
        run("check")
        write({"alerts.yaml": LINKED.replace("DiskFull", "DiskSlow")})
        reads.clear()
        first = run("check", "--base", "HEAD")
        assert reads == ["alerts.yaml"]
        assert run("check", "--base", "HEAD", "--no-cache") == first

    def test_judges_anew_by_other_rules(self, write: Write, run: Run) -> None:
        commit(write(CLEAN))
        assert run("check").code == 0
        write({".runbook-lint.yaml": "version: 1\npacks: [house.yaml]\n"})
        rule = "version: 1\nrules:\n  - {id: house/word, each: text, field: text, must: {not-match: {pattern: Grow}},"
        write({"house.yaml": rule + " severity: error, message: no, why: so}\n"})
        assert "house/word" in run("check").out
        write({"house.yaml": rule.replace("Grow", "grow") + " severity: error, message: no, why: so}\n"})
        assert "house/word" not in run("check").out

    def test_knows_the_past_of_a_report(self, write: Write, run: Run, reads: list[str]) -> None:
        commit(write(CLEAN))
        first = run("report", "--as-of", "2030-03-01", "--weeks", "3")
        reads.clear()
        assert run("report", "--as-of", "2030-03-01", "--weeks", "3") == first
        assert reads == []
        assert run("report", "--as-of", "2030-03-01", "--weeks", "3", "--no-cache") == first

    def test_is_told_to_remember_nothing(self, write: Write, run: Run) -> None:
        root = commit(write(CLEAN))
        for command in (["check"], ["inventory"], ["report", "--weeks", "1"]):
            run(*command, "--no-cache")
        assert not (root / FOLDER).exists()

    def test_remembers_nothing_where_nobody_has_a_repository(self, write: Write, run: Run) -> None:
        root = write(CLEAN)
        assert run("check").code == 0
        assert not (root / FOLDER).exists()


class TestAFileThatIsNotAtRest:
    def test_is_read_again_though_its_stamp_is_the_same(
        self, write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        root = commit(write(CLEAN))
        monkeypatch.chdir(root)
        run("check")
        stamps = json.loads(only_file(root).read_bytes().split(b"\n")[1])[2]
        assert stamps == {}

    def test_is_read_again_where_its_times_were_set_back(self, write: Write, run: Run) -> None:
        root = commit(write(CLEAN))
        run("check")
        path, before = root / "runbooks/disk.md", (root / "runbooks/disk.md").stat()
        path.write_text(RUNBOOK.replace("Grow the volume", "[x](gone.md) no"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        assert "gone.md" in run("check").out


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])


def _flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) * 2 // 3] ^= 1
    file.write_bytes(data)


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _foreign(file: Path) -> None:
    file.write_bytes(b"\x80\x04\x95 a pickle of somebody")


def _newer(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"memory 2", b"memory 9", 1))


def _deep(file: Path) -> None:
    file.write_bytes(b"[" * 1_000_000)


def _of_another(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(file.stem.encode(), b"0" * len(file.stem), 1))


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _link(file: Path) -> None:
    file.rename(file.with_suffix(".kept"))
    file.symlink_to(file.with_suffix(".kept"))


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


class TestADamagedMemory:
    @pytest.mark.parametrize(
        "damage", [_cut, _flipped, _empty, _foreign, _newer, _deep, _of_another, _folder, _link, _pipe]
    )
    def test_is_a_miss(self, write: Write, run: Run, damage: Callable[[Path], None]) -> None:
        root = commit(write(MESSY))
        first = both(run)
        damage(only_file(root))
        assert both(run) == first
        assert both(run) == first

    def test_that_says_anything_with_a_right_sum_is_a_miss_too(self, write: Write, run: Run) -> None:
        root = commit(write(CLEAN))
        first = both(run)
        file = only_file(root)
        for index in (b"[]", b"null", b"[[[1]],[2],{},{}]", b'[[["alerts.yaml","x",null]],[2],{"alerts.yaml":3},{}]'):
            rest = index + b"\n{}"
            head = json.dumps([memory._FORMAT, file.stem, memory.crc32(rest)]).encode()
            file.write_bytes(head + b"\n" + rest)
            assert both(run) == first

    def test_that_cannot_be_written_is_none(self, write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        root = commit(write(CLEAN))
        (root / FOLDER).write_text("a file where the folder should be")
        git(root, "config", "core.excludesFile", str(root / ".git/ours"))
        (root / ".git/ours").write_text(FOLDER)
        assert run("check") == run("check", "--no-cache")
        (root / FOLDER).unlink()
        monkeypatch.setattr(store.os, "mkdir", lambda path: (_ for _ in ()).throw(OSError(28, "no space left")))
        assert run("check") == run("check", "--no-cache")
        assert not (root / FOLDER).exists()

    def test_leaves_no_parts_behind_on_a_full_disk(
        self, write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = commit(write(CLEAN))
        monkeypatch.setattr(store.os, "replace", lambda *paths: (_ for _ in ()).throw(OSError(28, "no space left")))
        assert run("check").err == ""
        assert files_of(root) == []


class TestAForeignMemory:
    def test_that_git_tracks_is_not_believed(self, write: Write, run: Run) -> None:
        root = commit(write({**CLEAN, "alerts.yaml": ALERTS}))
        assert run("check").code == 1
        _lie(only_file(root))
        assert run("check").code == 0, "the lie is believed where nobody committed it"
        git(root, "add", "--force", FOLDER)
        assert run("check").code == 1

    def test_behind_a_link_is_left_alone(self, write: Write, run: Run, tmp_path: Path) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        root = write({f"repository/{path}": content for path, content in CLEAN.items()}) / "repository"
        (root / FOLDER).symlink_to(elsewhere)
        commit(root)
        assert run("check", cwd=root).code == 0
        run("cache", "clear", cwd=root)
        assert list(elsewhere.iterdir()) == []
        assert (root / FOLDER).is_symlink()


def _lie(file: Path) -> None:
    """Makes a memory say that the alerts have a runbook."""
    _, index, found = file.read_bytes().split(b"\n", 2)
    keys, lengths, stamps, numbers = json.loads(index)
    at = [key[0] for key in keys].index("alerts.yaml")
    start = sum(lengths[:at])
    true = found[start : start + lengths[at]]
    lie = json.dumps(["alerts", keys[at][1], 0, [], [], [], [], "", [], []]).encode()
    rest = json.dumps([keys, [*lengths[:at], len(lie), *lengths[at + 1 :]], stamps, numbers]).encode()
    rest += b"\n" + found[:start] + lie + found[start + len(true) :]
    file.write_bytes(json.dumps([memory._FORMAT, file.stem, memory.crc32(rest)]).encode() + b"\n" + rest)


class TestSecrets:
    def test_of_every_example_of_the_packs_are_written_nowhere(self, write: Write, run: Run) -> None:
        examples = list(_examples())
        assert len(examples) > 100
        root = commit(write({f"runbooks/{at}.md": text for at, (text, _) in enumerate(examples)}))
        run("check")
        run("report", "--weeks", "1")
        written = b"".join(file.read_bytes() for file in files_of(root))
        assert [secret for _, secret in examples if json.dumps(secret)[1:-1].encode() in written] == []

    def test_are_not_written_where_only_another_text_shows_what_they_are(self, write: Write, run: Run) -> None:
        secret = "vB7-kRw9-Tq2-mXz4"
        bare = f"# Doors\n\n## {secret}\n\nOpen.\n"
        root = commit(write({**CLEAN, "runbooks/doors.md": bare}))
        run("check")
        assert secret.encode() in only_file(root).read_bytes()
        write({"runbooks/key.md": f"# Key\n\n```sh\nexport DB_PASSWORD='{secret}'\n```\n"})
        assert "secret/" in run("check").out
        assert secret.encode() not in only_file(root).read_bytes()

    def test_in_the_configuration_are_not_written(self, write: Write, run: Run) -> None:
        settings = f"version: 1\nurl_prefixes: {{'https://me:{TOKEN}@example.com/': runbooks/}}\n"
        root = commit(write({**CLEAN, ".runbook-lint.yaml": settings}))
        run("check")
        assert all(TOKEN.encode() not in file.read_bytes() for file in files_of(root))


def _examples() -> Iterator[tuple[str, str]]:
    """The bad examples of the rules for secrets as runbooks, each with the secret in it."""
    for entry in packs.full_entries():
        for example in packs.examples(entry) if entry.get("secret") else ():
            texts = example.get("bad", {})
            for text in texts.values() if isinstance(texts, Mapping) else ():
                plain = text.replace("(+)", "")
                longest = max(plain.split(), key=len)
                yield plain, longest


def test_the_folder_keeps_itself_out_of_git_and_is_bounded(write: Write, run: Run) -> None:
    root = commit(write(CLEAN))
    for family in ("alert", "catalog", "link", "owner", "read", "review", "runbook", "secret", "waiver", "change"):
        run("check", "--select", family)
    assert len(files_of(root)) == 8
    assert git(root, "status", "--porcelain") == ""


def test_what_nobody_uses_is_dropped(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_SPARE", 1_000)
    root = commit(write(CLEAN))
    sizes = []
    for number in range(12):
        write({"runbooks/disk.md": f"# Disk {number}\n\n" + "[x](y.md)\n" * 20})
        run("check")
        sizes.append(only_file(root).stat().st_size)
    assert sizes[-1] == max(sizes) or sizes[-1] < 2 * sizes[5]
    assert sizes[-1] < 3 * sizes[0] + 2_000


def test_show_and_clear(write: Write, run: Run) -> None:
    root = commit(write(CLEAN))
    where = root.resolve() / FOLDER
    assert run("cache", "show").out == f"{where}: nothing is remembered\n"
    run("check")
    assert run("cache", "show").out == f"{where}: 2 files, 0.0 MB\n"
    (where / "notes.txt").write_text("not ours")
    run("cache", "clear")
    assert [each.name for each in where.iterdir()] == ["notes.txt"]
    (where / "notes.txt").unlink()
    run("cache", "clear")
    assert run("cache", "clear").code == 0
    assert not where.exists()


def test_two_runs_at_once(write: Write, run: Run) -> None:
    root = commit(write(MESSY))
    first = run("check", "--no-cache")
    words = ["check", "--as-of", "2026-03-01"]
    command = [common.sys.executable, "-m", "runbook_lint", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE) for _ in range(2)]
    assert [each.communicate()[0].decode() for each in runs] == [first.out] * 2
    assert process("check", cwd=root).out == first.out
    assert [file.suffix for file in files_of(root) if file.suffix != ".answer"] == [".memory"]


def test_a_record_gives_back_what_every_text_of_ours_gave(write: Write) -> None:
    """Equal in every value and every type, and one object where it was one."""
    for root in (str(ROOT / "examples/gpu-cloud"), str(write(MESSY))):
        settings = config.load(root)
        rules, _ = inforce.rules_of(root, settings, packs.on_disk(root))
        told = 0
        for result in analysis.read_all(snapshot.working_tree(root), settings, rules):
            record = records.encoded(result)
            assert record, result.path
            assert _seen(records.decoded(record, result.path)) == _seen(result)
            told += 1
        assert told


def _seen(result: model.FileResult) -> object:
    """All of a result as text, with types and numbers in place of items."""
    numbers: dict[int, int] = {}

    def shown(value: object) -> object:
        if isinstance(value, model.Item):
            if id(value) in numbers:
                return numbers[id(value)]
            numbers[id(value)] = len(numbers)
        if isinstance(value, frozenset):
            return sorted(map(repr, value))
        if isinstance(value, Mapping):
            return type(value), [(key, type(key), shown(each)) for key, each in value.items()]
        if isinstance(value, (list, tuple)):
            return type(value), [shown(each) for each in value]
        if hasattr(value, "__dataclass_fields__"):
            return type(value), [shown(getattr(value, name)) for name in value.__dataclass_fields__]
        return type(value), value

    return shown([result.items, result.findings, result.kind, result.content_id, result.path])


NAMES = [
    "alerts.yaml",
    "runbooks/disk.md",
    "runbooks/a.md",
    "b.yml",
    "runbooks.catalog.json",
    "ops/oncall.yaml",
    "c.md",
]
TEXTS = [*MESSY.values(), CATALOG, f"# Key\n\ntoken {TOKEN}\n", "", "alert: [", '{"runbooks": [{"id": "a", "a.b": 1}]}']
STEP = st.tuples(
    st.sampled_from(["write", "delete", "rename", "damage", "forget"]), st.integers(0, 99), st.integers(0, 99)
)


def _stepped(root: Path, step: tuple[str, int, int]) -> None:
    """One random change of a repository, or of what is remembered of it."""
    what, first, second = step
    path, other = root / NAMES[first % len(NAMES)], root / NAMES[second % len(NAMES)]
    if what == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXTS[second % len(TEXTS)])
    elif what == "delete":
        path.unlink(missing_ok=True)
    elif what == "rename" and path.exists():
        other.parent.mkdir(exist_ok=True)
        path.rename(other)
    elif what == "damage" and (root / FOLDER).exists():
        for file in files_of(root):
            data = file.read_bytes()
            at = first * len(data) // 100
            file.write_bytes(data[:at] + bytes([second]) + data[at + 1 :])
    elif what == "forget":
        shutil.rmtree(root / FOLDER, ignore_errors=True)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.lists(STEP, max_size=3), min_size=1, max_size=4), seed=st.integers(0, 9))
def test_with_and_without_memory_and_in_any_order_the_same_is_said(
    write: Write, run: Run, steps: list[list[tuple[str, int, int]]], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = commit(write({"README.md": "# R\n"}))
    shutil.rmtree(root / FOLDER, ignore_errors=True)
    change_to(root, MESSY)
    for changes in steps:
        for step in changes:
            _stepped(root, step)
        cold = both(run, "--no-cache")
        assert both(run) == cold
        with monkeypatch.context() as shuffled:
            _shuffle(shuffled, seed)
            assert both(run) == cold


def _shuffle(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Lets the files of a snapshot be listed in another order."""
    real = snapshot.disk.git.working_files  # type: ignore[attr-defined]

    def listed(root: str) -> object:
        found = real(root)
        names = list(found.names)
        random.Random(seed).shuffle(names)
        return found._replace(names=names)

    monkeypatch.setattr(snapshot.disk.git, "working_files", listed)  # type: ignore[attr-defined]
