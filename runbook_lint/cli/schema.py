"""``runbook-lint schema``: the published contracts."""

from difflib import get_close_matches

import click

from runbook_lint import resources
from runbook_lint.cli import common
from runbook_lint.model import UserError

_NAMES = resources.names("schemas", ".schema.json")


@click.command(name="schema", epilog=f"Names: {', '.join(_NAMES)}.")
@click.argument("name", metavar="NAME")
def command(name: str) -> None:
    """Print a published JSON Schema, for editors and other validators."""
    if name not in _NAMES:
        near = get_close_matches(name.lower(), _NAMES, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(_NAMES)}"
        raise UserError(f"there is no schema '{name}'; {hint}")
    common.write(resources.read("schemas", f"{name}.schema.json"))
