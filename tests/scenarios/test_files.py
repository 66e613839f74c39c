"""Links, pipes, permissions and names: nothing outside is read, nothing blocks, nothing is lost."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from conftest import ALERTS, CLEAN, RUNBOOK, Run, Write, found, git, report


def test_a_link_that_leads_nowhere_is_said_when_its_name_is_one_of_ours(write: Write, run: Run) -> None:
    folder = write(CLEAN)
    for name in ("runbooks/gone.md", "deploy/alerts/gone.yaml", "notes.md", "values.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to("nowhere")
    assert found(run, "--select", "read") == [
        "deploy/alerts/gone.yaml:1:1: error read/access: it is a link to 'nowhere', which is no file",
        "runbooks/gone.md:1:1: error read/access: it is a link to 'nowhere', which is no file",
    ]


def test_a_link_out_of_the_repository_is_never_followed(write: Write, run: Run, tmp_path: Path) -> None:
    folder = write({f"repo/{name}": text for name, text in CLEAN.items()}) / "repo"
    write({"outside/secret.md": "# Root password\n", "outside/more/a.md": RUNBOOK})
    (folder / "runbooks/linked.md").symlink_to("../../outside/secret.md")
    (folder / "playbooks").symlink_to(tmp_path / "outside/more")
    ran = run("check", "--select", "read", cwd=folder)
    assert ran.code == 1
    assert "Root password" not in ran.out
    assert (
        "runbooks/linked.md\n       1:1  error    it is a link that leads out of the repository and is never" in ran.out
    )
    assert "playbooks\n       1:1  error    nothing below this folder is read: it is a link that leads out" in ran.out


def test_a_catalog_that_names_a_file_outside_never_reads_it(write: Write, run: Run) -> None:
    folder = write({f"repo/{n}": t.replace("runbooks/disk.md", "../../etc/passwd") for n, t in CLEAN.items()}) / "repo"
    write({"etc/passwd": "root"})
    opened: list[str] = []

    def watched(real: Any) -> Any:
        def watching(name: Any, *more: Any, **options: Any) -> Any:
            opened.append(str(name))
            return real(name, *more, **options)

        return watching

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.open", watched(open))
        patch.setattr("os.open", watched(os.open))
        ran = run("check", cwd=folder)
    assert ran.code == 1
    assert "../../etc/passwd" in ran.out
    assert [name for name in opened if name.endswith("runbooks.catalog.json")]
    assert not [name for name in opened if "passwd" in name]


def test_loops_of_links_end(write: Write, run: Run) -> None:
    folder = write(CLEAN)
    (folder / "runbooks/a.md").symlink_to("b.md")
    (folder / "runbooks/b.md").symlink_to("a.md")
    (folder / "runbooks/again").symlink_to("..")
    assert found(run, "--select", "read") == [
        "runbooks/a.md:1:1: error read/access: it is a link to 'b.md', which is no file",
        "runbooks/b.md:1:1: error read/access: it is a link to 'a.md', which is no file",
    ]


def test_a_link_to_a_catalog_is_no_second_catalog(write: Write, run: Run) -> None:
    folder = write(CLEAN)
    (folder / "runbooks.catalog.json").symlink_to("runbooks/runbooks.catalog.json")
    code, document = report(run, "--select", "catalog/unique-id,alert")
    assert (code, document["findings"], document["summary"]["catalogs"]) == (0, [], 1)


def test_pipes_and_sockets_never_block(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(CLEAN)
    os.mkfifo(folder / "runbooks/pipe.md")
    monkeypatch.chdir(folder / "runbooks")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.md")
        assert found(run, "--select", "read") == [
            "runbooks/pipe.md:1:1: error read/access: it is a named pipe, not a file",
            "runbooks/socket.md:1:1: error read/access: it is a socket, not a file",
        ]


def test_a_file_that_may_not_be_read(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write({**CLEAN, "values.yaml": "x: 1\n"})
    real = os.open

    def refusing(name: Any, *more: Any, **options: Any) -> Any:
        if str(name).endswith("values.yaml"):
            raise PermissionError(13, "Permission denied")
        return real(name, *more, **options)

    monkeypatch.setattr("os.open", refusing)
    assert found(run, "--select", "read") == [
        "values.yaml:1:1: error read/access: it cannot be read: permission denied"
    ]


def test_a_folder_that_may_not_be_read(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write({**CLEAN, "hidden/a.yaml": ALERTS})
    real = os.scandir

    def refusing(name: Any) -> Any:
        if str(name).endswith("hidden"):
            raise PermissionError(13, "Permission denied")
        return real(name)

    monkeypatch.setattr("os.scandir", refusing)
    assert found(run, "--select", "read") == [
        "hidden:1:1: error read/access: nothing below this folder is read: permission denied"
    ]


# --- names ------------------------------------------------------------------------------------------------------------

NAMES = {
    "a newline": ("new\nline.yaml", "new\\nline.yaml"),
    "quotes": ('it\'s "so".yaml', 'it\'s "so".yaml'),
    "a colon": ("a:4:9.yaml", "a:4:9.yaml"),
    "a workflow command": ("::error::.yaml", "\\x3a:error::.yaml"),
    "a leading dash": ("--exit-zero.yaml", "--exit-zero.yaml"),
    "a terminal escape": ("\x1b[31mred.yaml", "\\x1b[31mred.yaml"),
    "a right-to-left override": ("a\u202elmay.yaml", "a\\u202elmay.yaml"),
    "great length": ("a" * 250 + ".yaml", "a" * 250 + ".yaml"),
    "no UTF-8": (os.fsdecode(b"caf\xe9.yaml"), "caf\\xe9.yaml"),
    "emoji": ("\N{FIRE}.yaml", "\N{FIRE}.yaml"),
}


@pytest.mark.parametrize("repository", [False, True], ids=["folder", "git"])
@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
def test_a_file_name_with(write: Write, run: Run, name: str, shown: str, repository: bool) -> None:
    folder = write({name: ALERTS})
    if repository:
        git(folder, "init")
        git(folder, "add", "--", ".")
    ran = run("check", "--", name)
    assert (ran.code, ran.out.splitlines()[0]) == (1, shown)
    path = name if name.isprintable() or name.isascii() or "\u202e" in name else shown
    assert [line.partition(":4:9: error")[0] for line in found(run)] == [path]


def test_names_that_differ_only_in_case_are_two_files(write: Write, run: Run) -> None:
    write({"A.yaml": ALERTS, "a.yaml": ALERTS})
    assert found(run, "--select", "alert") == [
        f"{name}:4:9: error alert/runbook-id: alert 'DiskFull' has no runbook_id" for name in ("A.yaml", "a.yaml")
    ]
