"""The command line: the only place that prints, reads the clock and exits. One file a command."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from runbook_lint import __version__
from runbook_lint.model import UserError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from runbook_lint.answers import Question

PROGRAM = "runbook-lint"
CLEAN, FINDINGS, WRONG, NOTHING = 0, 1, 2, 3
_INTERRUPTED = 130

# Command -> its one line of help; each stands in the module of its name and is imported only when it is called.
COMMANDS = {
    "init": "Write a first configuration and catalog from what the repository tells.",
    "check": "Check runbooks, the catalog and alert rules.",
    "config": "Show what is in force, and where it is written.",
    "report": "Tell who has to do what: the nightly report, in seven formats.",
    "rules": "List all rules.",
    "explain": "Say what a rule wants, why, and with which options.",
    "review": "Show what changed since the last review of a runbook, and stamp this one.",
    "waive": "Excuse a finding for a while, with an owner and a reason.",
    "baseline": "Live with what is there already: create, prune or show the baseline.",
    "inventory": "Show what the tool sees: runbooks, entries, alerts, signals, owners.",
    "server": "Serve editors: diagnostics, quick fixes, completion over the language server protocol.",
    "cache": "Show or clear what is remembered between runs.",
    "schema": "Print a published JSON Schema.",
    "completion": "Print what completes commands, rules and ids in a shell.",
}


_EPILOG = """\b
Examples:
  runbook-lint check                        judge the whole repository
  runbook-lint check --base origin/main     judge only what this branch did
  runbook-lint explain alert/runbook-id     what a rule wants, and why
  runbook-lint init                         write a first catalog

Exit codes: 0 clean, 1 findings, 2 a wrong request, 3 nothing to check.
"""


class _Commands(click.Group):
    """Loads a command when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a newcomer's need."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command from its own module."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"runbook_lint.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """The commands that begin so, without importing any, and the options."""
        from click.shell_completion import CompletionItem

        named = [CompletionItem(name, help=words) for name, words in COMMANDS.items() if name.startswith(incomplete)]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command; an unknown one is answered with the nearest name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from runbook_lint.options import meant

            hint = meant(args[0], COMMANDS, f"there are {', '.join(COMMANDS)}.")
            raise click.UsageError(f"There is no command '{args[0]}'; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
def group() -> None:
    """Unique ids, reviewed runbooks, a runbook for every alert, and no secrets in any of it.

    Start with `runbook-lint check` in your repository; it needs no configuration.
    """


def main(arguments: Sequence[str] | None = None, question: "Question | None" = None) -> None:
    """Runs the command line and exits. A user's mistake is one sentence, never a traceback. The answer to the
    ``question`` that the arguments are is remembered where it can be."""
    # Nothing that a run makes has to be found by searching: it lives as long as the run, or is freed when it is let go.
    gc.disable()
    try:
        code = group.main(None if arguments is None else list(arguments), standalone_mode=False, obj=question)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("interrupted")
        code = _INTERRUPTED
    except click.ClickException as error:
        _show(error)
        code = WRONG
    except UserError as error:
        _say(str(error))
        _annotate(str(error))
        code = WRONG
    except BrokenPipeError:
        _close_quietly()
        code = CLEAN
    except Exception as error:
        if os.environ.get("RUNBOOK_LINT_DEBUG"):
            _trace(error)
        _say(f"internal error, please report it: {type(error).__name__}; RUNBOOK_LINT_DEBUG=1 shows where")
        code = WRONG
    sys.exit(code if isinstance(code, int) else CLEAN)


def _say(words: str) -> None:
    from runbook_lint.cli.common import veiled
    from runbook_lint.reporters.escape import printable

    for line in veiled(words).splitlines():
        click.echo(f"runbook-lint: {printable(line)}", err=True)


def _annotate(words: str) -> None:
    """A mistake of the user as an annotation, for a job of GitHub Actions."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from runbook_lint.cli.common import veiled
        from runbook_lint.reporters.github import mistake

        click.echo(mistake(veiled(words)), err=True)


def _show(error: click.ClickException) -> None:
    """A mistake in the request as click words it, without a secret that stands in it."""
    from io import StringIO

    from runbook_lint.cli.common import veiled

    words = StringIO()
    error.show(words)
    click.echo(veiled(words.getvalue()), nl=False, err=True)


def _trace(error: Exception) -> None:
    """Where a crash of our own came from."""
    from traceback import format_exception

    from runbook_lint.cli.common import veiled

    click.echo(veiled("".join(format_exception(error))), nl=False, err=True)


def _close_quietly() -> None:
    from runbook_lint.cli.common import close_quietly

    close_quietly()
