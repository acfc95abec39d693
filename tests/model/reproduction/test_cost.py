"""What a run costs, by hand."""

import pytest

from das_model.reproduction import cost
from das_model.reproduction.complexity import Complexity


def test_hours_and_disk_by_hand(monkeypatch):
    """A network of 10 million parameters and 100 GMACs, 22 epochs of 224,115 pictures."""
    monkeypatch.setattr(cost, "measure", lambda config, size: Complexity(10_000_000, 10**11, 0, 0))
    told = cost.cost("panoptic", tera_flop_per_s=50.0, sample_ms=36.0)
    samples = 22 * 224_115
    assert told.num_steps == round(samples / 16)
    assert told.exaflop == pytest.approx(samples * 6e11 / 1e18)
    assert told.card_hours == pytest.approx(samples * 6e11 / 50e12 / 3600)
    assert told.loader_core_hours == pytest.approx(samples * 0.036 / 3600)
    assert told.checkpoint_gb == pytest.approx(0.12)
    line = cost.report(["panoptic"], 4, 50.0, 36.0).splitlines()[-1]
    assert line.startswith("| `panoptic` | 308,158 | 3.0 | 16 | 4.1 | 49 | 12 | 0.12 |")
    with pytest.raises(ValueError, match="lite must be a recipe of the paper"):
        cost.cost("lite", 50.0, 36.0)
