"""``runbook-lint rules``: all rules in force."""

from collections.abc import Sequence

import click

from runbook_lint.cli import common


@click.command(name="rules")
@common.rule_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@common.config_option
def command(select: Sequence[str], ignore: Sequence[str], form: str, config_file: str | None) -> None:
    """List all rules in force with their severities; `runbook-lint explain RULE` says more."""
    asked = common.request((), config_file, select, ignore)
    if form == "json":
        import json

        rows = [{"rule": rule.id, "severity": rule.severity, "why": rule.why} for rule in asked.rules]
        common.write(json.dumps({"version": 1, "rules": rows}, indent=2, ensure_ascii=False) + "\n")
        return
    width = max((len(rule.id) for rule in asked.rules), default=0)
    lines = [f"{rule.id:<{width}}  {rule.severity:<7}  {rule.why}" for rule in asked.rules]
    common.write("\n".join(lines) + "\n")
