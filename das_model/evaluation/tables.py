"""Tables of the protocols as text and as JSON.

A protocol's table is {"GROUP/figure": value} or, for the whole, {"figure": value}; NaN stands
for what was not measured.
"""

import math

Table = dict[str, float]
Json = dict[str, "float | Json | None"]


def format_tables(tables: dict[str, Table]) -> str:
    """Lines of text: of one table its figures by group, of several a column each, by title."""
    return _by_group(next(iter(tables.values()))) if len(tables) == 1 else _lines(tables)


def to_json(tables: dict[str, Table]) -> Json:
    """The table, or {title: table} for several, with None for NaN.

    Where every figure of a table has a group, it is {figure: {group: value}}.
    """
    content = {title: _table_to_json(table) for title, table in tables.items()}
    return next(iter(content.values())) if len(content) == 1 else dict(content)


def _by_group(table: Table) -> str:
    """Figures go down and groups across, or the other way if that is narrower."""
    groups = list(dict.fromkeys(key.rpartition("/")[0] for key in table))
    figures = list(dict.fromkeys(key.rpartition("/")[2] for key in table))

    def value(group: str, figure: str) -> float:
        return table.get(f"{group}/{figure}" if group else figure, math.nan)

    if len(groups) <= len(figures):
        return _lines({g or "all": {f: value(g, f) for f in figures} for g in groups})
    return _lines({f: {g or "all": value(g, f) for g in groups} for f in figures})


def _table_to_json(table: Table) -> Json:
    values = {key: None if math.isnan(value) else value for key, value in table.items()}
    if not all("/" in key for key in values):
        return dict(values)
    nested: dict[str, Json] = {}
    for key, value in values.items():
        group, _, figure = key.rpartition("/")
        nested.setdefault(figure, {})[group] = value
    return dict(nested)


def _lines(columns: dict[str, Table]) -> str:
    """Columns by title side by side; their keys name the rows."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    margin = max(map(len, names), default=0) + 2
    widths = [max(8, len(title)) for title in columns]
    head = "  ".join(t.rjust(w) for t, w in zip(columns, widths, strict=True))
    lines = [" " * margin + head]
    for name in names:
        cells = [_cell(column.get(name, math.nan)) for column in columns.values()]
        row = "  ".join(cell.rjust(w) for cell, w in zip(cells, widths, strict=True))
        lines.append(name.ljust(margin) + row)
    return "\n".join(lines)


def _cell(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4g}"
