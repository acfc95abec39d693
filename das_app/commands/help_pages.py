"""Help pages in plain text: options and commands in named groups, printed without waiting.

Typer's tables import a library of their own, which takes longer than all else of `--help`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click.core import Context

Row = tuple[str, str]  # a name and what it is


class Page(Protocol):
    """Typer's `HelpFormatter`, as far as it is used."""

    width: int

    def section(self, name: str) -> AbstractContextManager[None]:
        """What is written within is indented below a heading."""

    def write_dl(self, rows: Sequence[Row]) -> None:
        """Write rows in two columns."""


class PlainCommand(TyperCommand):
    """A command whose options stand in their groups."""

    def format_options(self, ctx: "Context", formatter: Page) -> None:
        """Write arguments and options."""
        _write_groups(_parameters(self, ctx), formatter)


class PlainGroup(TyperGroup):
    """A group of commands that stand, like its options, in groups of their own."""

    def format_options(self, ctx: "Context", formatter: Page) -> None:
        """Write options and commands."""
        _write_groups(_parameters(self, ctx), formatter)
        groups: dict[str, list[Row]] = {}
        for name, command in self.commands.items():
            title = getattr(command, "rich_help_panel", None) or "Commands"
            row = (name, command.get_short_help_str(formatter.width))
            groups.setdefault(title, []).append(row)
        _write_groups(groups, formatter)


def _parameters(command: TyperCommand | TyperGroup, ctx: "Context") -> dict[str, list[Row]]:
    """Rows of a command's arguments and options by their groups' titles, those of none first."""
    groups: dict[str, list[Row]] = {"Arguments": [], "Options": []}
    for parameter in command.get_params(ctx):
        if row := parameter.get_help_record(ctx):
            usual = "Arguments" if parameter.param_type_name == "argument" else "Options"
            title = getattr(parameter, "rich_help_panel", None) or usual
            groups.setdefault(title, []).append(row)
    return groups


def _write_groups(groups: dict[str, list[Row]], page: Page) -> None:
    for title, rows in groups.items():
        if rows:
            with page.section(title):
                page.write_dl(rows)
