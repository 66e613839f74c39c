"""``runbook-lint schema``: the published contracts."""

import click

from runbook_lint import resources
from runbook_lint.cli import common


@click.command(name="schema")
@click.argument("name", type=click.Choice(resources.names("schemas", ".schema.json")))
def command(name: str) -> None:
    """Print a published JSON Schema, for editors and other validators."""
    common.write(resources.read("schemas", f"{name}.schema.json"))
