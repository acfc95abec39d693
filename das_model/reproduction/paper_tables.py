"""The paper's numbers and ours side by side, as Markdown.

All of the paper's figures are from Wang et al., CVPR 2022, Tables 1 to 4 and section 4.2, whose
text gives what Table 1a leaves out.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AblationRow:
    """A row of Table 1.

    Args:
        title: what the row has.
        recipe: its name in `recipes.RECIPES`.
        paper_mm: MPJPE on CMU Panoptic.
    """

    title: str
    recipe: str
    paper_mm: float


TABLE_1A = (
    AblationRow("box centre", "table1-box", 65.3),
    AblationRow("root centre", "table1-root", 62.5),
    AblationRow("root, recursive update (3 multi-source layers)", "table1-multi3", 57.6),
    AblationRow("root, MLE (learned density)", "table1-mle", 58.8),
    AblationRow("root, recursive update, MLE", "table1-full", 56.3),
    AblationRow("the same, larger backbone", "table1-larger", 54.4),
)
TABLE_1B = (
    AblationRow("no update", "table1-root", 62.5),
    AblationRow("recursive update, 1 layer", "table1-recursive", 58.6),
    AblationRow("multi-source update, 1 layer", "table1-multi1", 58.2),
    AblationRow("multi-source update, 2 layers", "table1-multi2", 57.9),
    AblationRow("multi-source update, 3 layers", "table1-multi3", 57.6),
)
TABLE_2 = {  # MPJPE mm: haggling, mafia, ultimatum, pizza, mean
    "SMAP (Zhen et al.)": (63.1, 60.3, 56.6, 67.1, 61.8),
    "DAS, paper": (53.3, 51.2, 49.1, 61.5, 53.8),
}
TABLE_2_KEYS = ("haggling", "mafia", "ultimatum", "pizza", "mean")
TABLE_3 = {  # PCK_rel, PCK_abs in percent, all people; * those matched
    "Moon et al.": ("81.8", "31.5"),
    "Wang et al.": ("82.0", "43.8"),
    "Lin et al.": ("83.7*", "35.2*"),
    "SMAP (Zhen et al.)": ("73.5", "35.4"),
    "DAS, paper": ("82.7", "39.2"),
}
TABLE_4 = {  # ms a picture on a V100, MPJPE mm, PCK_rel percent
    "Moon et al.": ("107", "n/a", "81.8"),
    "Lin et al.": ("118", "n/a", "83.7"),
    "Fabbri et al.": ("125", "69", "n/a"),
    "SMAP (Zhen et al.)": ("108", "61.8", "73.5"),
    "DAS, paper (2-stage MSPN)": ("75", "54.6", "81.0"),
}
SCALE_NOTE = (
    "**Not the paper's experiment.** Rendered pictures, a frozen light backbone and a few hundred "
    "steps: a check that every switch works and which way it points, no more."
)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def ablation_table(
    rows: Sequence[AblationRow], results: Mapping[str, Mapping[str, float]], baseline: str
) -> str:
    """A part of Table 1 with our figures beside the paper's.

    Args:
        rows: of the paper.
        results: figures by recipe; the first figure of each is compared with the paper's MPJPE.
            Rows without results get dashes.
        baseline: recipe that changes are told against.
    """
    names = list(next(iter(results.values()), {"mpjpe_mm": 0.0}))
    head = ["row", "paper, mm", "change", *names, "change", "direction"]
    by_recipe = {row.recipe: row for row in rows}
    body = []
    for row in rows:
        ours = results.get(row.recipe, {})
        paper_change = row.paper_mm - by_recipe[baseline].paper_mm
        change = ours.get(names[0], math.nan) - results.get(baseline, {}).get(names[0], math.nan)
        same = (
            "-"
            if row.recipe == baseline or math.isnan(change)
            else ("as in the paper" if change * paper_change > 0 else "the other way")
        )
        body.append(
            [
                row.title,
                f"{row.paper_mm:.1f}",
                f"{paper_change:+.1f}",
                *(_figure(ours.get(name)) for name in names),
                "-" if math.isnan(change) else f"{change:+.1f}",
                same,
            ]
        )
    return markdown(head, body)


def table_2(ours: Mapping[str, float], title: str) -> str:
    """Table 2 from `PanopticProtocol.table`, whose keys are "haggling/mpjpe_mm" and so on.

    Below our MPJPE stand the recall of the strict protocol and the share of people for whom the
    mean pose stood in: an MPJPE of stand-ins alone says nothing of a network, so where nobody was
    found there is none. Figures without activities, as of rendered pictures, fill the last column
    alone.
    """

    def row(name: str, figure: Callable[[str], float | None]) -> list[str]:
        values = [figure(f"{key}/") for key in TABLE_2_KEYS[:-1]]
        last = figure("mean/")
        return [name, *map(_figure, [*values, figure("") if last is None else last])]

    def stand_ins(group: str) -> float | None:
        number, people = (ours.get(f"{group}num_{n}") for n in ("stand_ins", "people"))
        return 100 * number / people if number is not None and people else None

    def recall(group: str) -> float | None:
        share = ours.get(f"{group}strict_recall", ours.get(f"{group}recall"))
        return None if share is None else 100 * share

    def mpjpe(group: str) -> float | None:
        is_nobody = stand_ins(group) == 100 or recall(group) == 0
        return math.nan if is_nobody else ours.get(f"{group}mpjpe_mm")

    rows = [[name, *(f"{v:.1f}" for v in values)] for name, values in TABLE_2.items()]
    rows.append(row(title, mpjpe))
    rows.append(row(f"{title}: recall, %", recall))
    rows.append(row(f"{title}: mean pose stood in, %", stand_ins))
    return markdown(["MPJPE, mm", *TABLE_2_KEYS], rows)


def table_3(ours: Mapping[str, float], title: str) -> str:
    """Table 3 from shares `pck_rel` and `pck_abs` of all people, or those behind "mean/"."""
    rows = [[name, *values] for name, values in TABLE_3.items()]
    shares = [ours.get(f"mean/{key}", ours.get(key)) for key in ("pck_rel", "pck_abs")]
    rows.append([title, *map(_percent, shares)])
    return markdown(["all people, %", "PCK_rel", "PCK_abs"], rows)


def table_4(ours_ms: float, title: str, ours: Mapping[str, float]) -> str:
    """Table 4 with our time a picture and, where they were measured, MPJPE and PCK."""
    rows = [[name, *values] for name, values in TABLE_4.items()]
    figures = [_figure(ours.get("mpjpe_mm")), _percent(ours.get("pck_rel"))]
    rows.append([title, f"{ours_ms:.0f}", *figures])
    return markdown(["one picture", "ms", "MPJPE, mm", "PCK_rel, %"], rows)


def times_table(times: Mapping[str, float]) -> str:
    """Times in ms by title, and each beside the first."""
    first = next(iter(times.values()))
    rows = [[title, f"{ms:.0f}", f"{ms / first:.2f}"] for title, ms in times.items()]
    return markdown(["one picture", "ms", "beside the first"], rows)


def _figure(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.3g}"


def _percent(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{100 * value:.1f}"
