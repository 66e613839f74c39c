"""The help of every command fits a screen, and shows how the command is used."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from runbook_lint.cli import COMMANDS, group
from runbook_lint.cli.check import command as check
from runbook_lint.cli.helping import Command


def commands(command: click.Command, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, (*names, name))


MAN = Path(__file__).parent.parent / "man"
ALL = [pytest.param(names, command, id=" ".join(names) or "itself") for names, command in commands(group)]


def shown(names: tuple[str, ...], command: click.Command, width: int) -> str:
    context = click.Context(group, info_name="runbook-lint", max_content_width=100, terminal_width=width)
    for number, name in enumerate(names):
        last = number == len(names) - 1
        context = click.Context(command if last else click.Group(), parent=context, info_name=name)
    context.help_option_names = ["-h", "--help"]
    return command.get_help(context)


@pytest.mark.parametrize(("names", "command"), ALL)
def test_the_help_fits_a_screen_and_has_examples(names: tuple[str, ...], command: click.Command) -> None:
    for width, most in ((80, 50), (100, 40)):
        lines = shown(names, command, width).split("\n")
        assert [line for line in lines if len(line) > width] == []
        assert len(lines) <= most
    assert f"\n  Examples:\n    runbook-lint {' '.join(names)}" in "\n".join(lines)


@pytest.mark.parametrize(("names", "command"), ALL)
def test_the_examples_are_valid(names: tuple[str, ...], command: click.Command) -> None:
    examples = shown(names, command, 100).partition("\n  Examples:\n")[2].split("\n\n")[0]
    for line in re.sub(r"\\\n +", "", examples).split("\n"):
        program, *words = shlex.split(re.split(r"(?<=\S)\s{2,}|\s>", line.strip())[0])
        below: click.Command | None = group
        while isinstance(below, click.Group):
            below = below.get_command(click.Context(below), words.pop(0))
        assert below is not None
        assert (program, below.make_context("x", words).args) == ("runbook-lint", [])


@pytest.mark.parametrize(("names", "command"), ALL)
def test_every_option_has_its_words(names: tuple[str, ...], command: click.Command) -> None:
    assert [param.name for param in command.params if isinstance(param, click.Option) and not param.help] == []


def test_every_option_of_a_long_command_stands_in_one_section() -> None:
    text = shown(("check",), check, 100)
    sections = re.findall(r"^(\w[^:\n]*):\n((?:  .*\n)+)", text.partition("\n  Examples")[0] + "\n", re.M)
    assert [title for title, _ in sections] == ["What is judged", "What is shown", "What is done about it"]
    options = re.findall(r"^  (?:-h, )?(--[\w-]+)", "".join(rows for _, rows in sections), re.M)
    known = {param.opts[-1] for param in check.params if isinstance(param, click.Option)}
    assert sorted(options) == sorted(known | {"--help"})


def test_a_command_without_sections_for_some_options_shows_them_last() -> None:
    options = [click.Option(["--a"], help="first"), click.Option(["-b", "--bb"], help="second")]
    command = Command("x", params=options, sections={"One": ("--bb",)})
    assert command.get_help(click.Context(command, info_name="x")) == (
        "Usage: x [OPTIONS]\n\nOne:\n  -b, --bb TEXT  second\n\nOptions:\n  --a TEXT       first\n"
        "  --help         Show this message and exit."
    )


def test_the_man_page_is_fresh() -> None:
    made = subprocess.run([sys.executable, str(MAN / "generate.py")], check=True, capture_output=True, text=True).stdout
    assert (MAN / "runbook-lint.1").read_text(encoding="utf-8") == made, "run `make generated`"
    for names, _ in commands(group):
        assert f'.SS "{" ".join(("runbook-lint", *names))}'.replace("-", "\\-") in made or not names


def test_the_table_of_commands_has_the_words_of_each() -> None:
    assert [names[0] for names, _ in commands(group) if len(names) == 1] == list(COMMANDS)
