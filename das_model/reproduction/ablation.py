"""Ablations of Table 1 on frozen features: every row in minutes on one core.

The backbone of a trained live network is frozen and its features are kept, so that a step costs
no more than pyramid, heads and losses. All rows see the same pictures in the same order from the
same seed; they differ in what the table names, and in nothing else.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.datasets.augmentation.augment import place
from das_model.datasets.augmentation.placement import AugmentConfig, random_placement
from das_model.datasets.rendered import RenderedSet
from das_model.evaluation.protocols.synthetic import SyntheticProtocol
from das_model.inference.decode import DecodeConfig, LevelMaps, decode
from das_model.inference.network_config import network_metadata
from das_model.inference.onnx_network import network_maps
from das_model.inference.refine import Refinement, find_people
from das_model.inference.targets import Encoding, Targets, encode
from das_model.network.checkpoint import save_tensors
from das_model.network.exported_network import decoder_maps
from das_model.network.network import DasNetwork, HeadMaps
from das_model.people import People
from das_model.skeleton import Skeleton
from das_model.training.losses import DasLoss
from das_model.training.mix import Batch, Sample, collate
from das_model.training.optimiser import build_optimiser, rate_factor, set_learning_rate
from das_model.training.recipes import RECIPES, small
from das_model.training.train import TrainConfig

BATCH_SIZE = 16
_MIN_SCORE = 0.15  # of locations that stand for people
_CHUNK = 32  # pictures that the backbone and the evaluation take at once


@dataclass(frozen=True, eq=False, slots=True)
class FeatureSet:
    """N pictures as a frozen backbone sees them, with their labels on the canvas."""

    maps: tuple[Tensor, ...]  # (N, C, h, w) float16 at strides 8, 16, 32
    annotations: tuple[Annotation, ...]

    def __len__(self) -> int:
        return len(self.annotations)

    def batch_maps(self, chosen: Sequence[int] | slice) -> tuple[Tensor, ...]:
        """Features of some pictures, float32."""
        return tuple(maps[chosen].float() for maps in self.maps)


def collect_features(
    network: DasNetwork,
    pictures: RenderedSet,
    num_pictures: int,
    canvas: tuple[int, int],
    augment: AugmentConfig,
) -> FeatureSet:
    """Features of the first pictures of a set, each varied once.

    Args:
        network: whose backbone to use.
        pictures: with labels.
        num_pictures: how many to take, at most as many as there are.
        canvas: (width, height) px that they are drawn on, multiples of 32.
        augment: how strongly they are varied; picture i is always varied alike.
    """
    network.eval()
    images, annotations, chunks = [], [], []
    for index in range(min(num_pictures, len(pictures))):
        image, annotation = pictures[index]
        rng = np.random.default_rng(index)
        placement = random_placement(annotation, canvas, augment, rng)
        image, annotation = place(image, annotation, placement)
        images.append(image)
        annotations.append(annotation)
        if len(images) == _CHUNK:
            chunks.append(_backbone_maps(network, images))
            images = []
    if images:
        chunks.append(_backbone_maps(network, images))
    maps = tuple(torch.cat(level) for level in zip(*chunks, strict=True))
    return FeatureSet(maps, tuple(annotations))


@torch.no_grad()
def _backbone_maps(network: DasNetwork, images: list[np.ndarray]) -> tuple[Tensor, ...]:
    batch = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float()
    return tuple(m.half() for m in network.backbone((batch - network.mean) / network.std))


def run_rows(
    recipes: Sequence[str],
    trunk: DasNetwork,
    training: FeatureSet,
    validation: FeatureSet,
    num_steps: int,
    folder: Path,
) -> dict[str, dict[str, float]]:
    """Train and measure rows of Table 1 in small; finished ones are taken from the folder.

    Args:
        recipes: names of the rows in `RECIPES`.
        trunk: whose backbone gave the features; rows are saved with it.
        training: features to train on.
        validation: features to measure on.
        num_steps: of each row.
        folder: for results.json and a checkpoint of each row, with its flows.

    Returns:
        Figures by recipe, see `evaluate_row`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "results.json"
    results: dict[str, dict[str, float]] = (
        json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    )
    for name in recipes:
        if name in results:
            continue
        config = small(RECIPES[name], num_steps).train
        targets = encode_all(training, config.network.encoding)
        network, loss, _ = train_row(config, training, targets, BATCH_SIZE)
        results[name] = evaluate_row(network, validation)
        network.backbone.load_state_dict(trunk.backbone.state_dict())
        tensors = {
            **{f"average.{key}": value for key, value in network.state_dict().items()},
            **{f"loss.{key}": value for key, value in loss.state_dict().items()},
        }
        metadata = network_metadata(network.config)
        save_tensors(folder / f"{name}.safetensors", tensors, metadata)
        file.write_text(json.dumps(results, indent=1) + "\n")
    return results


def encode_all(features: FeatureSet, encoding: Encoding) -> list[list[Targets]]:
    """Targets of every picture, finest level first."""
    return [encode(annotation, encoding) for annotation in features.annotations]


def head_maps(network: DasNetwork, maps: tuple[Tensor, ...]) -> list[HeadMaps]:
    """The network from its backbone's features on."""
    return [network.heads(level, i) for i, level in enumerate(network.fpn(maps))]


def train_row(
    config: TrainConfig,
    features: FeatureSet,
    targets: list[list[Targets]],
    batch_size: int,
    seed: int = 0,
) -> tuple[DasNetwork, DasLoss, list[float]]:
    """Train pyramid and heads of one row.

    Args:
        config: of the row; its backbone plays no part.
        features: of the training pictures.
        targets: of the same, in the row's encoding.
        batch_size: pictures a step.
        seed: of the weights to begin with and of the order of pictures.

    Returns:
        The network, the losses with their flows, and the total loss of each step.
    """
    torch.manual_seed(seed)
    network, loss = DasNetwork(config.network), DasLoss(config.loss)
    trained = nn.ModuleList([network.fpn, network.heads, loss])
    optimiser = build_optimiser(config.optimiser, trained)
    totals = []
    for step, (maps, batch) in enumerate(_batches(config, features, targets, batch_size, seed)):
        rate = config.optimiser.learning_rate
        factor = rate_factor(config.optimiser, step, config.total_steps)
        set_learning_rate(optimiser.param_groups, rate * factor)
        total = torch.stack(list(loss(head_maps(network, maps), batch[1]).values())).sum()
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(trained.parameters(), config.optimiser.clip_norm)
        optimiser.step()
        totals.append(total.item())
    return network.eval(), loss, totals


def _batches(
    config: TrainConfig,
    features: FeatureSet,
    targets: list[list[Targets]],
    batch_size: int,
    seed: int,
) -> Iterator[tuple[tuple[Tensor, ...], Batch]]:
    """Features and targets, step by step: the same for every row of a seed."""
    rng = np.random.default_rng(seed)
    nothing = np.zeros((3, 1, 1), np.uint8)
    for _ in range(config.total_steps):
        chosen = rng.choice(len(features), batch_size, replace=False).tolist()
        yield features.batch_maps(chosen), collate([Sample(nothing, targets[i]) for i in chosen])


@torch.no_grad()
def evaluate_row(network: DasNetwork, features: FeatureSet) -> dict[str, float]:
    """Figures of a row on validation pictures.

    Returns:
        mpjpe_at_centres_mm: root-aligned joint error read where people truly are, over all
        people that have a centre, each counted by its best location; then mpjpe_mm, recall and
        root_error_mm of the people whom the network finds by itself, by `SyntheticProtocol`.
    """
    config = network.config
    skeleton = Skeleton(config.joint_names)
    protocol, errors = SyntheticProtocol(skeleton), []
    for start in range(0, len(features), _CHUNK):
        chosen = range(start, min(start + _CHUNK, len(features)))
        levels = head_maps(network, features.batch_maps(list(chosen)))
        outputs = decoder_maps(levels, config.sigma_limit)
        for i, index in enumerate(chosen):
            annotation = features.annotations[index]
            maps, heat = network_maps([output[i : i + 1].numpy() for output in outputs])
            found = find_people(
                maps,
                annotation.camera,
                config.encoding,
                skeleton,
                DecodeConfig(_MIN_SCORE),
                Refinement(heat),
            )
            protocol.add(found, annotation)
            errors.append(_errors_at_centres(maps, annotation, config.encoding))
    table = protocol.table()
    return {
        "mpjpe_at_centres_mm": float(np.nanmean(np.concatenate(errors))),
        **{name: table[name] for name in ("mpjpe_mm", "recall", "root_error_mm")},
    }


def _errors_at_centres(
    maps: list[LevelMaps], annotation: Annotation, encoding: Encoding
) -> np.ndarray:
    """(N, J) mm, root-aligned, at the location nearest to each person's centre."""
    said, wanted, is_valid = [], [], [np.zeros((0, annotation.skeleton.num_joints), bool)]
    for level, target in zip(maps, encode(annotation, encoding), strict=True):
        best = _best_locations(target)
        said.append(replace(level, score=best))
        wanted.append(LevelMaps(best, target.root, target.joint_offset, level.joint_score))
        is_valid.append(np.asarray(target.joint_valid.all(axis=1))[:, best > 0].T)
    camera, skeleton = annotation.camera, annotation.skeleton
    predicted = _all_located(said, camera, encoding, skeleton)
    truth = _all_located(wanted, camera, encoding, skeleton)
    distance = np.linalg.norm(predicted.joints_rel - truth.joints_rel, axis=-1)
    return np.where(np.concatenate(is_valid), distance, np.nan)


def _best_locations(target: Targets) -> np.ndarray:
    """(h, w) float32: 1 at the location of highest centerness of each person, else 0."""
    best = np.zeros(target.positive.shape, np.float32)
    ys, xs = np.nonzero(target.positive)
    # locations of one person point to the same root
    roots = np.round(target.root[:2, ys, xs].T + np.stack([xs, ys], axis=1), 3)
    for root in np.unique(roots, axis=0):
        mine = np.flatnonzero((roots == root).all(axis=1))
        at = mine[target.centerness[ys[mine], xs[mine]].argmax()]
        best[ys[at], xs[at]] = 1
    return best


def _all_located(
    maps: list[LevelMaps], camera: Camera, encoding: Encoding, skeleton: Skeleton
) -> People:
    """Everybody whom the score marks, nobody suppressed, in the order of the maps."""
    return decode(maps, camera, encoding, skeleton, DecodeConfig(0.5, oks_threshold=2.0))
