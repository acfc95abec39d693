"""Run configuration from the command line, checked before torch is imported."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from das_model.datasets.data_config import DataConfig
from das_model.inference.network_config import differences, network_config_of
from das_model.training.config import PRECISIONS
from das_model.training.recipes import Recipe
from das_model.training.run_record import metadata_of


@dataclass(frozen=True, slots=True)
class RunConfig:
    """A run: recipe, data, and what it starts from.

    Args:
        recipe: how to train.
        data: on what; its canvas in multiples of the network's coarsest stride.
        out: folder of the log and the checkpoints.
        init: weights file or checkpoint of ours to start from.
        backbone_weights: public weights to start from; EfficientNet's are known.
        total_steps: instead of the recipe's length.
        learning_rate: instead of the recipe's; taken as it is, not scaled.
        accumulation: micro-batches of an optimiser step (gradient accumulation).
        save_every: steps between checkpoints.
        validate_every: steps between validations by the losses.
        precision: bf16, fp16 or off; what the device is best at if None.
        num_kept: checkpoints of the last so many epochs that are kept.
        num_measured: pictures that the figures of every epoch are measured on.
        name: of the recipe.
        threads: of torch, per process; the fastest number by a short measurement if None.
        backbone_share: of the way from the backbone of `init` to `backbone_weights`, where both
            are given.

    Raises:
        FileNotFoundError: if data or weights are missing.
        ValueError: if the canvas does not fit the network, MoveNet's weights are missing, or a
            number is out of range.
    """

    recipe: Recipe
    data: DataConfig
    out: Path
    init: Path | None = None
    backbone_weights: Path | None = None
    total_steps: int | None = None
    learning_rate: float | None = None
    accumulation: int = 1
    save_every: int = 200
    validate_every: int = 1000
    precision: str | None = None
    num_kept: int = 5
    num_measured: int = 200
    name: str = ""
    threads: int | None = 1
    backbone_share: float = 1.0

    def __post_init__(self) -> None:
        network = self.recipe.train.network
        stride, canvas = network.encoding.strides[-1], self.data.canvas
        if any(side % stride for side in canvas):
            raise ValueError(
                f"the canvas must be multiples of {stride} px, the network's coarsest stride, "
                f"got {canvas[0]} x {canvas[1]}"
            )
        if self.precision not in (None, *PRECISIONS):
            raise ValueError(f"precision must be in {PRECISIONS}, got {self.precision!r}")
        if not 0 <= self.backbone_share <= 1:
            raise ValueError(f"backbone_share must be from 0 to 1, got {self.backbone_share}")
        has_start = self.init or self.backbone_weights or self.checkpoint.is_file()
        if network.backbone == "movenet" and not has_start:
            raise ValueError(
                "--backbone-weights must name MoveNet's .json, see docs/training.md, or "
                "--init weights of ours"
            )
        self.data.require_files()
        for file in (self.init, self.backbone_weights):
            if file is not None and not file.is_file():
                raise FileNotFoundError(f"{file}: weights were expected there")

    @property
    def checkpoint(self) -> Path:
        """The file that the run goes on from if it is there."""
        return self.out / "checkpoint.safetensors"

    @property
    def has_public_weights(self) -> bool:
        """Whether the backbone starts from public weights; EfficientNet's are at hand."""
        is_bundled = self.recipe.train.network.backbone.startswith("lite")
        return self.backbone_weights is not None or is_bundled

    def steps_done(self) -> int:
        """Steps that the run's checkpoint has behind it; 0 without one.

        Raises:
            ValueError: if the file is no checkpoint.
        """
        if not self.checkpoint.is_file():
            return 0
        return json.loads(metadata_of(self.checkpoint).get("step", "0"))

    def nothing_to_do(self) -> str | None:
        """Why there is nothing to train, in words; None if there is, or only the data tell.

        Raises:
            ValueError: if the run is beyond the steps that are asked for.
        """
        done = self.steps_done()
        wanted = self.total_steps
        if wanted is None and self.recipe.epochs is None:
            wanted = self.recipe.train.total_steps
        if wanted is None or done < wanted:
            return None
        if done > wanted:
            raise ValueError(
                f"{self.checkpoint} has {done} steps behind it, more than the {wanted} that are "
                "asked for; give another --out, or more --steps"
            )
        return f"{self.checkpoint} has all its {wanted} steps behind it: nothing to do"

    def remarks(self) -> list[str]:
        """Notes for the user at the start, a line each.

        Raises:
            ValueError: if `init` holds no network of ours.
        """
        lines = []
        if done := self.steps_done():
            lines.append(f"goes on from step {done} of {self.checkpoint}")
            if self.init or self.backbone_weights:
                lines.append("--init and --backbone-weights are not read: the run has its own")
        elif not (self.init or self.has_public_weights):
            lines.append(
                f"the {self.recipe.train.network.backbone} backbone starts from random weights: "
                "neither --backbone-weights nor --init is given"
            )
        elif self.init:
            found = network_config_of(metadata_of(self.init), self.init).encoding
            if others := differences(self.recipe.train.network.encoding, found):
                told = "; ".join(others)
                lines.append(f"the maps of --init mean something else at first: wanted {told}")
        if missing := [kind for kind in self.recipe.sets if getattr(self.data, kind) is None]:
            kinds = " and ".join(missing)
            lines.append(f"the recipe's {kinds} pictures are left out: no folder given")
        return lines

    @property
    def command(self) -> list[str]:
        """The command line of this process."""
        return list(sys.argv)
