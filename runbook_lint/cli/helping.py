"""How a command with many options shows them: in sections, in columns that agree."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

_WIDEST = 30
_REST = "Options"


class Command(click.Command):
    """A command whose options stand in named sections; what no section names comes last."""

    def __init__(self, *given: Any, sections: Mapping[str, Sequence[str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.sections = sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The sections, each with its options in their order in the table."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = {name: param.get_help_record(ctx) for param in options for name in param.opts}
        rows = {name: record for name, record in records.items() if record is not None}
        width = min(_WIDEST, max((len(names) for names, _ in rows.values()), default=0))
        named = {name for names in self.sections.values() for name in names}
        rest = [param.opts[-1] for param in options if not named.intersection(param.opts)]
        for title, names in {**self.sections, _REST: rest}.items():
            shown = [(rows[name][0].ljust(width), rows[name][1]) for name in names if name in rows]
            if shown:
                with formatter.section(title):
                    formatter.write_dl(shown)
