"""Root depth as z / f and as its logarithm: the same heads on frozen features, several seeds.

What is measured is read where people truly are, so the same people count in both forms, whoever
is found.
"""

from collections.abc import Callable, Mapping

import numpy as np
import torch

from das_model.annotation import Annotation
from das_model.inference.decode import LevelMaps
from das_model.inference.onnx_network import network_maps
from das_model.inference.targets import ROOT_DEPTHS, Encoding, encode
from das_model.network.exported_network import decoder_maps
from das_model.network.network import DasNetwork
from das_model.reproduction.ablation import (
    BATCH_SIZE,
    FeatureSet,
    encode_all,
    head_maps,
    train_row,
)
from das_model.reproduction.paired import changes
from das_model.reproduction.paper_tables import markdown
from das_model.reproduction.true_centres import best_locations, joints_told
from das_model.training.recipes import Recipe

_BASELINE, _OURS = ROOT_DEPTHS
_FAR_MM = 150.0  # of PCK
FIGURES = ("root depth error, % of the depth", "MPJPE, mm", "joints over 150 mm off, %")


def compare(
    recipe: Recipe,
    training: FeatureSet,
    measured: FeatureSet,
    num_seeds: int,
    say: Callable[[str], None],
) -> str:
    """Train both forms with every seed and tell the table.

    Args:
        recipe: of both but for the form of the root's depth.
        training: features to train on.
        measured: features to measure on.
        num_seeds: runs of each form.
        say: takes news for the user.

    Returns:
        Markdown, a line for each of `FIGURES`, all the less the better: the change with its
        standard error over people and seeds.
    """
    forms: dict[str, list[np.ndarray]] = {form: [] for form in ROOT_DEPTHS}
    for form in ROOT_DEPTHS:
        config = recipe.varied({}, {"root_depth": form}, {}).train
        targets = encode_all(training, config.network.encoding)
        for seed in range(num_seeds):
            network, _, _ = train_row(config, training, targets, BATCH_SIZE, seed)
            forms[form].append(figures_of_people(network, measured))
            told = forms[form][-1].mean(axis=0)
            say(f"seed {seed}, {form}: {told[0]:.2f} %, {told[1]:.1f} mm, {told[2]:.2f} %")
    return table({form: np.stack(runs) for form, runs in forms.items()})


def table(forms: Mapping[str, np.ndarray]) -> str:
    """Markdown of (S, P, 3) `figures_of_people` by form."""
    lines = []
    for number, title in enumerate(FIGURES):
        told = changes({form: runs[..., number] for form, runs in forms.items()}, _BASELINE)
        base, ours = told[_BASELINE], told[_OURS]
        change = f"{ours.change:+.2f} ± {ours.error:.2f}"
        verdict = ours.verdict(np.nan)
        lines.append([title, f"{base.mean:.2f}", f"{ours.mean:.2f}", change, verdict])
    head = ["the same people", "z / f", "log z / f", "change ± standard error", "direction"]
    return markdown(head, lines)


@torch.no_grad()
def figures_of_people(network: DasNetwork, features: FeatureSet) -> np.ndarray:
    """(P, 3) `FIGURES` of everybody who has a location and all joints labelled.

    Raises:
        ValueError: if there is nobody.
    """
    encoding, figures = network.config.encoding, []
    for index, annotation in enumerate(features.annotations):
        levels = head_maps(network, features.batch_maps([index]))
        outputs = decoder_maps(levels, network.config.sigma_limit)
        maps, _heat = network_maps([output.numpy() for output in outputs])
        figures += _of_picture(maps, annotation, encoding)
    if not figures:
        raise ValueError("nobody to measure: no one in the pictures has a location")
    return np.array(figures)


def _of_picture(
    maps: list[LevelMaps], annotation: Annotation, encoding: Encoding
) -> list[tuple[float, float, float]]:
    """`FIGURES` of a picture's people, read at the location of highest centerness."""
    root, figures = annotation.skeleton.root, []
    places = best_locations(encode(annotation, encoding), annotation, encoding)
    for person, place in places.items():
        if not annotation.valid_3d[person].all():
            continue
        told = joints_told(maps, place, annotation.camera, encoding)
        wanted = annotation.joints_cam[person]
        depth = abs(told[root, 2] - wanted[root, 2]) / abs(wanted[root, 2])
        aligned = np.linalg.norm(told - told[root] - (wanted - wanted[root]), axis=-1)
        far = np.linalg.norm(told - wanted, axis=-1) > _FAR_MM
        figures.append((100 * depth, np.delete(aligned, root).mean(), 100 * far.mean()))
    return figures
