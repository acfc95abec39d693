"""Changes of an ablation with their standard errors, by hand."""

import numpy as np
import pytest

from das_model.reproduction.paired import Row, bootstrap_error, changes, table

ROWS = {"base": Row("root", 60.0), "new": Row("update", 55.0), "twice": Row("control", np.nan)}


def test_bootstrap_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(1).normal(0, 10, 400)
    expected = values.std(ddof=1) / np.sqrt(400)
    assert bootstrap_error(values) == pytest.approx(expected, rel=0.1)


def test_people_and_seeds_both_make_a_change_uncertain():
    rng = np.random.default_rng(0)
    base = rng.normal(100, 30, (3, 500))
    # everybody 5 mm better; seeds differ by 1 mm, people by nothing
    errors = {"base": base, "new": base - 5 + np.array([[-1.0], [0.0], [1.0]])}
    told = changes(errors, "base")["new"]
    assert told.mean == pytest.approx(base.mean() - 5)
    assert told.change == pytest.approx(-5)
    assert told.error == pytest.approx(1 / np.sqrt(3))
    # people differ by 20 mm, seeds by nothing: the noise of people is shared by the seeds
    errors["new"] = base - 5 + rng.normal(0, 20, 500)
    assert changes(errors, "base")["new"].error == pytest.approx(20 / np.sqrt(500), rel=0.15)


def test_a_change_below_two_standard_errors_is_none():
    base = np.full((3, 4), 100.0)
    seeds = np.array([[-1.0], [0.0], [1.0]])  # a standard error of 0.577
    for change, verdict in ((-1.1, "no difference"), (-1.2, "as in the paper")):
        told = changes({"base": base, "new": base + change + seeds}, "base")["new"]
        assert told.verdict(-5.0) == verdict
    assert told.verdict(5.0) == "the other way"
    assert told.verdict(np.nan) == "better"


def test_one_seed_tells_nothing_of_the_spread():
    told = changes({"base": np.ones((1, 9)), "new": np.zeros((1, 9))}, "base")["new"]
    assert told.verdict(-1.0) == "one seed: not known"
    lines = table(ROWS, {"base": np.ones((1, 9)), "new": np.zeros((1, 9))}, "base").splitlines()
    assert lines[3].endswith("| 0.0 | -1.0 ± ? | one seed: not known |")


def test_rows_of_other_people_are_refused():
    with pytest.raises(ValueError, match=r"new must be \(1, 3\) like base, got \(1, 2\)"):
        changes({"base": np.ones((1, 3)), "new": np.ones((1, 2))}, "base")


def test_the_table_has_a_line_for_each_row():
    base = np.full((2, 3), 100.0)
    told = table(ROWS, {"base": base, "new": base - 10, "twice": base}, "base").splitlines()
    assert told[2] == "| root | 60.0 | +0.0 | 100.0 | - | - |"
    assert told[3] == "| update | 55.0 | -5.0 | 90.0 | -10.0 ± 0.0 | as in the paper |"
    assert told[4].startswith("| control | - | - | 100.0 |")
    assert table(ROWS, {}, "base").splitlines()[3] == "| update | 55.0 | -5.0 | - | - | - |"
