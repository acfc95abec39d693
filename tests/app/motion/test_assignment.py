import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from das_app.motion.assignment import assignment


@settings(max_examples=200, deadline=None)
@given(
    num_rows=st.integers(0, 12),
    num_columns=st.integers(0, 12),
    num_values=st.sampled_from([2, 5, 1000]),  # few values: many ties
    seed=st.integers(0, 10_000),
)
def test_the_sum_is_the_least_and_nobody_is_paired_twice(num_rows, num_columns, num_values, seed):
    cost = np.random.default_rng(seed).integers(0, num_values, (num_rows, num_columns)) / 7.0
    rows, columns = assignment(cost)
    assert len(rows) == len(columns) == min(num_rows, num_columns)
    assert len(set(columns)) == len(columns)
    assert list(rows) == sorted(set(rows))
    assert cost[rows, columns].sum() == pytest.approx(cost[linear_sum_assignment(cost)].sum())


def test_a_gate_of_equal_costs_pushes_nobody_from_their_own():
    cost = np.ones((30, 30))
    np.fill_diagonal(cost, 0.2)
    cost[3, 4] = 0.1
    cost[4, 3] = 0.9
    rows, columns = assignment(cost)
    assert cost[rows, columns].sum() == pytest.approx(cost[linear_sum_assignment(cost)].sum())


def test_costs_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="finite"):
        assignment(np.array([[0.0, np.nan], [1.0, 2.0]]))
