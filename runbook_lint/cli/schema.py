"""``runbook-lint schema``: the published contracts."""

import os

import click

from runbook_lint import resources
from runbook_lint.cli import CLEAN, common, completing, folders
from runbook_lint.model import UserError
from runbook_lint.options import meant
from runbook_lint.summary import many

NAMES = resources.names("schemas", ".schema.json")
_EPILOG = f"""\b
Examples:
  runbook-lint schema catalog               print one
  runbook-lint schema --all schemas         write all into a folder

Names: {", ".join(NAMES)}.
"""


@click.command(name="schema", epilog=_EPILOG)
@click.argument("name", metavar="[NAME]", required=False, shell_complete=completing.schemas)
@common.output_option
@click.option(
    "--all",
    "folder",
    metavar="FOLDER",
    shell_complete=completing.folders,
    help="Write every schema into this folder, as NAME.schema.json.",
)
def command(name: str | None, output: str | None, folder: str | None) -> int:
    """Print a published JSON Schema, for editors and other validators.

    An editor completes and checks a file in YAML whose first line is, with the path from that file,
    `# yaml-language-server: $schema=schemas/catalog.schema.json`.
    """
    if (name is None) is (folder is None) or (folder is not None and output is not None):
        raise click.UsageError("Name one schema, or a folder with --all for every one.")
    if folder is not None:
        _write_all(folder)
    elif name is not None:
        common.write(_text(name), output)
    return CLEAN


def _text(name: str) -> str:
    if name not in NAMES:
        hint = meant(name.lower(), NAMES, f"there are {', '.join(NAMES)}")
        raise UserError(f"there is no schema '{name}'; {hint}")
    return resources.read("schemas", f"{name}.schema.json")


def _write_all(folder: str) -> None:
    folders.make(folder)
    for name in NAMES:
        common.write(_text(name), os.path.join(folder, f"{name}.schema.json"))
    common.write(f"{many(len(NAMES), 'schema')} written\n")
