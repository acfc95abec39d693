"""Tables with the paper's numbers: what stands where, and which way changes point."""

import math

from das_model.reproduction.paper_tables import (
    TABLE_1A,
    TABLE_1B,
    ablation_table,
    table_2,
    table_3,
    table_4,
)
from das_model.training.recipes import RECIPES


def cells(table, row):
    """Cells of the line whose first cell is `row`."""
    lines = [[c.strip() for c in line.strip("|").split("|")] for line in table.splitlines()]
    return next(line for line in lines if line[0] == row)


def test_every_row_has_a_recipe_and_the_papers_number():
    assert {r.recipe for r in (*TABLE_1A, *TABLE_1B)} <= RECIPES.keys()
    assert [r.paper_mm for r in TABLE_1A] == [65.3, 62.5, 57.6, 58.8, 56.3, 54.4]
    assert [r.paper_mm for r in TABLE_1B] == [62.5, 58.6, 58.2, 57.9, 57.6]


def test_changes_are_told_against_the_baseline_and_their_direction_compared():
    results = {
        "table1-root": {"mpjpe_mm": 100.0, "recall": 0.5},
        "table1-box": {"mpjpe_mm": 110.0, "recall": 0.4},
        "table1-mle": {"mpjpe_mm": 104.0, "recall": 0.6},
    }
    table = ablation_table(TABLE_1A, results, "table1-root")
    assert cells(table, "box centre") == [
        "box centre",
        "65.3",
        "+2.8",
        "110",
        "0.4",
        "+10.0",
        "as in the paper",
    ]
    assert cells(table, "root, MLE (learned density)")[-2:] == ["+4.0", "the other way"]
    assert cells(table, "root centre")[-2:] == ["+0.0", "-"]
    assert cells(table, "the same, larger backbone")[3:] == ["-", "-", "-", "-"]


def test_table_without_results_is_the_papers_alone():
    table = ablation_table(TABLE_1B, {}, "table1-root")
    assert cells(table, "recursive update, 1 layer")[1:4] == ["58.6", "-3.9", "-"]


def test_panoptic_and_mupots_figures_stand_under_their_heads():
    ours = {"haggling/mpjpe_mm": 51.24, "pizza/mpjpe_mm": math.nan, "mean/mpjpe_mm": 55.0}
    assert cells(table_2(ours, "ours"), "ours") == ["ours", "51.2", "-", "-", "-", "55"]
    assert cells(table_2({}, "ours"), "DAS, paper")[-1] == "53.8"
    rendered = table_2({"mpjpe_mm": 61.0, "recall": 0.25}, "ours")
    assert cells(rendered, "ours: recall, %")[-1] == "25"
    shares = {"mean/pck_rel": 0.8123, "mean/pck_abs": 0.4}
    assert cells(table_3(shares, "ours"), "ours") == ["ours", "81.2", "40.0"]
    assert cells(table_3({"pck_rel": 0.5}, "ours"), "ours") == ["ours", "50.0", "-"]


def test_a_figure_of_the_mean_pose_alone_is_none():
    """Haggling: a quarter stood in for; pizza: nobody was found."""
    ours = {
        "haggling/mpjpe_mm": 60.0,
        "haggling/num_stand_ins": 2.0,
        "haggling/num_people": 8.0,
        "haggling/strict_recall": 0.5,
        "pizza/mpjpe_mm": 157.0,
        "pizza/num_stand_ins": 4.0,
        "pizza/num_people": 4.0,
        "pizza/strict_recall": 0.0,
        "mean/mpjpe_mm": 108.5,
        "mean/num_stand_ins": 6.0,
        "mean/num_people": 12.0,
        "mean/strict_recall": 0.25,
    }
    table = table_2(ours, "ours")
    assert cells(table, "ours") == ["ours", "60", "-", "-", "-", "108"]
    assert cells(table, "ours: recall, %")[1:] == ["50", "-", "-", "0", "25"]
    assert cells(table, "ours: mean pose stood in, %")[1:] == ["25", "-", "-", "100", "50"]


def test_times_stand_beside_the_papers():
    table = table_4(33.4, "ours on a card", {"mpjpe_mm": 54.0})
    assert cells(table, "ours on a card") == ["ours on a card", "33", "54", "-"]
    assert cells(table, "DAS, paper (2-stage MSPN)")[1] == "75"
