"""Figure 4: learned density of the residuals beside the priors, over (x + y, depth).

The density of the three axes is summed along the lines of equal x + y. Shown is the whole of it,
G of the flow times the prior Q (eq. 9), scaled to sum 1, or G alone where training had no prior.
The paper compares a network trained without the recursive update with one trained with it: the
rows table1-mle and table1-full. A single checkpoint gives the density of its first prediction and
of its updated one instead.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure

from das_model.network.checkpoint import load_tensors
from das_model.network.flow import CouplingFlow
from das_model.training.losses import log_prior
from das_model.training.run_record import metadata_of, record_of

_REACH = 4.0  # largest residual shown, in sigma
_EDGE = 0.02  # lowest contour, of the peak
_NUM_CELLS = 61
LogDensity = Callable[[torch.Tensor], torch.Tensor]


def draw(model: Path, _picture: Path, out: Path) -> None:
    """Draw Figure 4 from one training checkpoint.

    Args:
        model: checkpoint with its flows.
        _picture: not needed; every figure is called alike.
        out: PNG to write.

    Raises:
        ValueError: if the file holds no flows, as a weights file for use does not.
    """
    learned = {
        "learned, before the update": load_density(model, "initial_3d"),
        "learned, after the update": load_density(model, "updated_3d"),
    }
    _draw(learned, out)


def draw_rows(runs: Path, out: Path) -> None:
    """Draw Figure 4 from the runs of two rows of Table 1.

    Args:
        runs: folder of table1-mle/checkpoint.safetensors and table1-full/checkpoint.safetensors.
        out: PNG to write.

    Raises:
        FileNotFoundError: if one of them has not been trained.
        ValueError: if one holds no flows.
    """
    without, updated = (
        runs / name / "checkpoint.safetensors" for name in ("table1-mle", "table1-full")
    )
    learned = {
        "trained without the update": load_density(without, "initial_3d"),
        "trained with the update": load_density(updated, "updated_3d"),
    }
    _draw(learned, out)


def _draw(learned: Mapping[str, LogDensity], out: Path) -> None:
    """Priors and learned densities side by side."""
    priors: dict[str, LogDensity] = {
        "Laplace": lambda x: log_prior(x, "laplace"),
        "Gaussian": lambda x: log_prior(x, "gaussian"),
    }
    reach = max(visible_reach(log_density) for log_density in learned.values())
    figure = Figure(figsize=(13, 3.6), layout="constrained")
    axes = figure.subplots(1, 4)
    panels = [(title, priors[title], _REACH) for title in priors]
    panels += [(title, learned[title], reach) for title in learned]
    for axis, (title, log_density, extent) in zip(axes, panels, strict=True):
        density = density_table(log_density, extent)
        ticks = np.linspace(-extent, extent, _NUM_CELLS)
        levels = density.max() * np.array([_EDGE, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95])
        axis.contourf(ticks, ticks, density, levels=[*levels, density.max() * 1.001], cmap="Blues")
        axis.contour(ticks, ticks, density, levels=levels, colors="#1f3d63", linewidths=0.7)
        axis.set(title=title, xlabel="x + y, sigma", aspect="equal")
        axis.grid(alpha=0.2)
    axes[0].set_ylabel("depth, sigma")
    figure.savefig(out, dpi=140)


def load_density(checkpoint: Path, name: str) -> LogDensity:
    """Logarithm of the density that a training checkpoint has learned, but for a constant.

    Args:
        checkpoint: of a run; one that does not tell its losses counts as of eq. 10 and Laplace.
        name: of the flow.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it holds no flow of that name.
    """
    flow = load_flow(checkpoint, name)
    told = record_of(metadata_of(checkpoint)).get("loss")
    loss = told if isinstance(told, dict) else {}
    if loss.get("pose_loss") == "mle":
        return flow.log_prob
    unit = 2**0.5 if loss.get("terms") == "code" else 1.0  # sigmas, see `DasLoss`
    return lambda x: flow.log_prob(x) + log_prior(x / unit, loss.get("prior", "laplace"))


def visible_reach(log_density: LogDensity) -> float:
    """Largest residual, in sigma, of a density above `_EDGE` of its peak, and some room."""
    table = density_table(log_density, _REACH)
    rows, columns = np.nonzero(table > _EDGE * table.max())
    cells = np.abs(np.concatenate([rows, columns]) - _NUM_CELLS // 2).max()
    return min(_REACH, 1.2 * (cells + 1) / (_NUM_CELLS // 2) * _REACH)


def load_flow(checkpoint: Path, name: str) -> CouplingFlow:
    """A flow of a training checkpoint; ValueError if it has none of that name."""
    tensors, _ = load_tensors(checkpoint, f"loss.flows.{name}.")
    if not tensors:
        raise ValueError(
            f"{checkpoint} must be a training checkpoint with the flow {name}; it holds none "
            "(weights for use are saved without flows, and so is training with pose_loss l1)"
        )
    flow = CouplingFlow(3)
    flow.load_state_dict(tensors)
    return flow


@torch.no_grad()
def density_table(log_density: LogDensity, reach: float = _REACH) -> np.ndarray:
    """Density over (x + y, depth) of a density of (x, y, depth).

    Args:
        log_density: (N, 3) residuals in sigma to (N,) log densities.
        reach: largest depth and x + y of the table, sigma.

    Returns:
        (depth, x + y) table of `_NUM_CELLS` squared.
    """
    ticks = torch.linspace(-reach, reach, _NUM_CELLS)
    across = torch.linspace(-2 * reach, 2 * reach, _NUM_CELLS)  # x - y
    depth, total, difference = torch.meshgrid(ticks, ticks, across, indexing="ij")
    x, y = (total + difference) / 2, (total - difference) / 2
    points = torch.stack([x, y, depth], dim=-1).reshape(-1, 3)
    densities = torch.cat([log_density(part).exp() for part in points.split(100_000)])
    step = (across[1] - across[0]).item() / 2  # dx dy = d(x + y) d(x - y) / 2
    return (densities.view(depth.shape).sum(dim=-1) * step).numpy()
