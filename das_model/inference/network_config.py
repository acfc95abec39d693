"""`NetworkConfig`: network configuration as JSON, kept with the weights.

Training files and exported models carry it as JSON; the application reads it there too, so there
is no torch in here.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from das_model.inference.targets import PAPER_ENCODING, Encoding
from das_model.skeleton import BODY_22, Skeleton

_KEY = "network_config"  # in a file's metadata
_OUTSIDE = ("backbone", "joint_names", "encoding")  # fields that reading the maps depends on


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Everything needed to rebuild a network; stored with its weights."""

    backbone: str = "lite0"  # movenet | lite0 | lite1 | lite2 | resnet50 | mspn2 | mspn3
    joint_names: tuple[str, ...] = BODY_22.joint_names
    channels: int = 96  # of the FPN and the heads
    neck_blocks: int = 0  # residual blocks on each of the FPN's lateral maps
    fpn_norm: str = "none"  # none | batch: after every convolution of the FPN
    norm: str = "group"  # group | none: after the convolutions of the heads
    head_convs: int = 2  # shared convolutions of each of the three branches
    tower_end: str = "plain"  # plain | deformable: the last of them, as the authors have it
    has_output_convs: bool = False  # one more 3x3 in front of each output, as the authors have
    is_separable: bool = True  # 5x5 depthwise + 1x1 in the heads instead of full 3x3
    update: str = "recursive"  # none | recursive | multi_source
    update_layers: int = 1  # 1 to 3
    sigma_limit: float = 1.0  # largest sigma, in strides and in units of relative joint depth
    encoding: Encoding = field(default_factory=Encoding)

    def __post_init__(self) -> None:
        if self.update not in ("none", "recursive", "multi_source"):
            raise ValueError(
                f"update must be none, recursive or multi_source, got {self.update!r}"
            )
        if self.fpn_norm not in ("none", "batch"):
            raise ValueError(f"fpn_norm must be none or batch, got {self.fpn_norm!r}")
        if self.norm not in ("group", "none"):
            raise ValueError(f"norm must be group or none, got {self.norm!r}")
        if self.tower_end not in ("plain", "deformable"):
            raise ValueError(f"tower_end must be plain or deformable, got {self.tower_end!r}")
        if self.update_layers not in (1, 2, 3):
            raise ValueError(f"update_layers must be 1, 2 or 3, got {self.update_layers}")
        if self.channels % 32:
            raise ValueError(f"channels must be a multiple of 32, got {self.channels}")
        if self.encoding.heat_stride != (4 if self.backbone == "movenet" else 0):
            raise ValueError(
                "Encoding.heat_stride must be 4 with the movenet backbone and 0 with others, "
                f"got {self.encoding.heat_stride} with {self.backbone}"
            )

    @property
    def num_updates(self) -> int:
        """Number of update layers in use."""
        return 0 if self.update == "none" else self.update_layers

    @property
    def root_joint(self) -> int:
        """Index of the pelvis among the joints."""
        return self.joint_names.index("pelvis")


# A light network errs by more than a stride; its sigma must be able to say so.
# It also finds people whose root is outside the picture, as before a webcam.
LITE = NetworkConfig(
    backbone="movenet",
    channels=128,
    sigma_limit=4.0,
    encoding=Encoding((8, 16, 32, 64), (48, 96, 192), centre="visible", heat_stride=4),
)
# Lean heads without norms, three levels: in `LITE`'s time it sees 1.28 times the area.
LEAN = NetworkConfig(
    backbone="movenet",
    channels=64,
    neck_blocks=2,
    norm="none",
    sigma_limit=4.0,
    encoding=Encoding((8, 16, 32), (48, 96), centre="visible", heat_stride=4),
)
RESNET50 = NetworkConfig(
    backbone="resnet50",
    channels=256,
    has_output_convs=True,
    is_separable=False,
    update="multi_source",
    update_layers=3,
    encoding=PAPER_ENCODING,
)
_Config = TypeVar("_Config", NetworkConfig, Encoding)


def network_metadata(config: NetworkConfig) -> dict[str, str]:
    """The configuration as an entry of a file's metadata, in JSON."""
    return {_KEY: json.dumps(dataclasses.asdict(config))}


def network_config_of(
    metadata: Mapping[str, str], file: Path, is_exported: bool = False
) -> NetworkConfig:
    """Inverse of `network_metadata`; lists become the tuples they were.

    Args:
        metadata: of the file.
        file: whose metadata it is, for the error.
        is_exported: the file holds the network's graph, which nobody needs to rebuild: what other
            versions say of its inside is left out, and the fields for that have their defaults.

    Raises:
        ValueError: if there is no configuration, or none that this version understands.
    """
    if _KEY not in metadata:
        raise ValueError(
            f"{file}: no {_KEY} in its metadata, which every model of this project has; "
            f"got {', '.join(sorted(metadata)) or 'none'}"
        )
    try:
        values = json.loads(metadata[_KEY])
        if isinstance(values, dict):
            if is_exported:
                values = {k: v for k, v in values.items() if k in _OUTSIDE}
            values |= {"encoding": _rebuilt(Encoding, values.get("encoding"))}
        config = _rebuilt(NetworkConfig, values)
        if "pelvis" not in Skeleton(config.joint_names).joint_names:
            raise ValueError("joint_names must hold the pelvis, from which people are measured")
        return config
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{file}: {_KEY}: {str(error)[:300]}") from error


def require_network(
    wanted: NetworkConfig, found: NetworkConfig, file: Path, free: tuple[str, ...] = ()
) -> None:
    """Refuse a file of another network.

    Args:
        wanted: the network that the file is for.
        found: what the file holds.
        file: for the error.
        free: fields that may differ.

    Raises:
        ValueError: listing what differs.
    """
    if different := differences(wanted, found, free):
        raise ValueError(f"{file}: expected a network with {'; '.join(different)}")


def differences(wanted: _Config, found: _Config, free: tuple[str, ...] = ()) -> list[str]:
    """Fields in which a configuration is not the wanted one, with both values; an encoding's one
    by one.

    Args:
        wanted: what is expected.
        found: what there is.
        free: fields that may differ.
    """
    told = []
    for name in (each.name for each in dataclasses.fields(wanted)):
        expected, got = getattr(wanted, name), getattr(found, name)
        if name in free or expected == got:
            continue
        if isinstance(expected, Encoding):
            told += [f"encoding.{each}" for each in differences(expected, got)]
        else:
            told.append(f"{name} {expected}, got {got}")
    return told


def _rebuilt(kind: type[_Config], values: object) -> _Config:
    """A dataclass from its fields as JSON has them."""
    if not isinstance(values, dict):
        raise ValueError(f"{kind.__name__} must be a JSON object, got {values!r}")
    default = kind()
    known = [field.name for field in dataclasses.fields(kind)]
    if unknown := sorted(values.keys() - set(known)):
        raise ValueError(
            f"{kind.__name__} has no {', '.join(unknown)}, only {', '.join(known)}: "
            "the file is of another version of this project"
        )
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    for name, value in given.items():
        wanted = type(getattr(default, name))
        if not isinstance(value, (int, float) if wanted is float else wanted):
            raise ValueError(f"{kind.__name__}.{name} must be {wanted.__name__}, got {value!r}")
    return kind(**given)
