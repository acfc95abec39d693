"""MoveNet baseline for the photo validation.

MultiPose Lightning, the public file that our backbone's weights come from, with its own heads
and its own reading of them; and Thunder, which sees one person, on a crop around each person
that a model of ours found. Both know pixels only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from das_model.camera import Camera
from das_model.evaluation.photos.keypoint_ap import MAX_PEOPLE
from das_model.evaluation.predictions import Prediction, Predictor
from das_model.inference.device.onnx_runtime import ort
from das_model.inference.looks.crops import crop_matrix, cut, to_picture
from das_model.inference.looks.thunder import INPUT_PX, Thunder
from das_model.network.backbones.graph_to_onnx import convert_graph
from das_model.people import People
from das_model.skeleton import COCO_17, Skeleton

_PREFIX = "StatefulPartitionedCall/"
_NODES = {
    "centre": "Sigmoid",
    "heat": "Sigmoid_1",
    "joint": "kpt_regress_0/conv2d_8/BiasAdd",
    "offset": "kpt_offset_0/conv2d_9/BiasAdd",
    "box_size": "box_scale_0/conv2d_5/BiasAdd",
    "box_offset": "box_offset_0/conv2d_6/BiasAdd",
}
_STRIDE, _MULTIPLE = 4, 32
_PEAK_CELLS = 5  # a centre is the surest of so many on each axis
_SPREAD = 0.3  # of the shorter side of the map, variance of a joint's place in cells
_SEEN = 0.127  # score of a joint that counts for the person's
THUNDER_SCORE = 0.1  # of people whom Thunder looks at again
_SIDES_PX = (320, 512)  # of the longer side of MultiPose's pictures
_CROP_SHARE = 1.35  # side of Thunder's crop by the longer side of the joints' box


class MultiPose:
    """MoveNet MultiPose Lightning on whole pictures.

    Args:
        file: movenet-multipose.json of the npm package, its .bin beside it.
        longest_px: side to which the longer one of a picture is scaled.

    Raises:
        FileNotFoundError: if a file is not there.
    """

    skeleton = COCO_17

    def __init__(self, file: Path, longest_px: int) -> None:
        self._file, self._longest_px = file, longest_px
        self._sessions: dict[tuple[int, int], ort.InferenceSession] = {}

    def __call__(
        self, names: tuple[str, ...], read: Callable[[], np.ndarray], camera: Camera
    ) -> Prediction:
        """Read the picture and find its people."""
        image = read()
        height, width = image.shape[:2]
        scale = self._longest_px / max(width, height)
        inner = (max(1, round(width * scale)), max(1, round(height * scale)))
        size = tuple(-(-side // _MULTIPLE) * _MULTIPLE for side in inner)
        canvas = np.zeros((size[1], size[0], 3), np.uint8)
        canvas[: inner[1], : inner[0]] = cv2.resize(
            image, inner, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        )
        maps = self._session(size).run(list(_NODES), {"image": canvas[None]})
        joints, joint_scores, scores = people_of_maps(MultiPoseMaps(*(m[0] for m in maps)))
        joints_px = (joints + 0.5) * (width / inner[0], height / inner[1]) - 0.5
        return flat_prediction(joints_px, joint_scores, scores)

    def _session(self, size: tuple[int, int]) -> ort.InferenceSession:
        """The network for pictures of (width, height) px."""
        if size not in self._sessions:
            nodes = {name: _PREFIX + node for name, node in _NODES.items()}
            model = convert_graph(self._file, f"{_PREFIX}sub_1", nodes, size)
            options = ort.SessionOptions()
            options.log_severity_level = 3
            self._sessions[size] = ort.InferenceSession(
                model.SerializeToString(), options, ["CPUExecutionProvider"]
            )
        return self._sessions[size]


class ThunderOnPeople:
    """MoveNet Thunder on a square crop around each person that another predictor found.

    Args:
        model_file: movenet-thunder.onnx.
        first: finds the people.
    """

    def __init__(self, model_file: Path, first: Predictor) -> None:
        self._thunder, self._first = Thunder(model_file), first
        self.skeleton = COCO_17

    def __call__(
        self, names: tuple[str, ...], read: Callable[[], np.ndarray], camera: Camera
    ) -> Prediction:
        """Read the picture; a person's score is the geometric mean of the one that `first` gives
        and of the mean score of Thunder's joints."""
        image = read()
        found = self._first(names, lambda: image, camera)
        order = Skeleton(COCO_17.joint_names).indices_in(found.people.skeleton)
        joints, joint_scores = [np.zeros((0, 17, 2))], [np.zeros((0, 17), np.float32)]
        for points in found.joints_px[:, order]:
            low, high = points.min(axis=0), points.max(axis=0)
            side = max(_CROP_SHARE * float((high - low).max()), 8.0)
            matrix = crop_matrix((low + high) / 2, side, INPUT_PX)
            drawn = self._thunder(cut(image, matrix, INPUT_PX)[None])
            joints.append(to_picture(drawn.joints_px, matrix))
            joint_scores.append(drawn.scores)
        scores = np.concatenate(joint_scores)
        return flat_prediction(
            np.concatenate(joints), scores, np.sqrt(found.people.scores * scores.mean(axis=1))
        )


def movenet_peers(folder: Path, thunder_file: Path, first: Predictor) -> dict[str, Predictor]:
    """The columns beside ours, by title.

    Args:
        folder: with movenet-multipose.json and its .bin.
        thunder_file: movenet-thunder.onnx.
        first: finds the people that Thunder looks at.
    """
    file = folder / "movenet-multipose.json"
    peers: dict[str, Predictor] = {
        f"MoveNet MultiPose {side}": MultiPose(file, side) for side in _SIDES_PX
    }
    return peers | {"MoveNet Thunder on our people": ThunderOnPeople(thunder_file, first)}


@dataclass(frozen=True, eq=False, slots=True)
class MultiPoseMaps:
    """Maps of one picture, h x w cells; places are y before x, in cells.

    Args:
        centre: (1, h, w) in [0, 1], a person's centre is here.
        heat: (17, h, w) in [0, 1], a joint is here.
        joint: (34, h, w) from a centre to each joint.
        offset: (34, h, w) from a cell to the joint in it.
        box_size: (2, h, w) height and width of the person's box.
        box_offset: (2, h, w) from a cell to the box's middle.
    """

    centre: np.ndarray
    heat: np.ndarray
    joint: np.ndarray
    offset: np.ndarray
    box_size: np.ndarray
    box_offset: np.ndarray


def people_of_maps(
    maps: MultiPoseMaps, max_people: int = MAX_PEOPLE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People as the published graph reads them, but for their number (there six).

    Args:
        maps: of one picture.
        max_people: the surest centres that are read.

    Returns:
        Joints (P, 17, 2) px of the network's input, joint scores (P, 17) and scores (P,).
    """
    centre = maps.centre[0]
    height, width = centre.shape
    peak = centre >= cv2.dilate(centre, np.ones((_PEAK_CELLS, _PEAK_CELLS), np.uint8)) - 1e-6
    surest = np.argsort(-(centre * peak), axis=None, kind="stable")[:max_people]
    cells = np.mgrid[:height, :width].astype(float)  # (2, h, w) y, x
    variance = _SPREAD * min(height, width)
    joints, joint_scores, scores = [np.zeros((0, 17, 2))], [np.zeros((0, 17))], []
    for at in surest[(centre * peak).ravel()[surest] > 0]:
        y, x = divmod(int(at), width)
        place = np.array([y, x], float)
        half = np.maximum(maps.box_size[:, y, x], 0) / 2
        low, high = (place + maps.box_offset[:, y, x] + sign * half for sign in (-1, 1))
        in_box = ((cells >= low[:, None, None]) & (cells < high[:, None, None])).all(axis=0)
        guess = place + maps.joint[:, y, x].reshape(-1, 2)  # (17, 2)
        squared = ((cells - guess[..., None, None]) ** 2).sum(axis=1)  # (17, h, w)
        likely = (maps.heat * np.exp(-squared / variance) * in_box).reshape(len(guess), -1)
        rows, columns = np.divmod(likely.argmax(axis=1), width)
        kind = np.arange(len(guess))
        down, right = (maps.offset[2 * kind + axis, rows, columns] for axis in (0, 1))
        joints.append(np.stack([columns + right, rows + down], axis=-1)[None] * _STRIDE - 0.5)
        seen = likely.max(axis=1)
        joint_scores.append(seen[None])
        is_seen = seen > _SEEN
        scores.append(centre[y, x] * seen[is_seen].sum() / max(is_seen.sum(), 1))
    return np.concatenate(joints), np.concatenate(joint_scores), np.array(scores)


def flat_prediction(
    joints_px: np.ndarray, joint_scores: np.ndarray, scores: np.ndarray
) -> Prediction:
    """People of COCO's joints (P, 17, 2) px of whom nothing is known in space."""
    nowhere = np.full((*joints_px.shape[:2], 3), np.nan, np.float32)
    ids = np.full(len(joints_px), -1, np.int64)
    people = People(
        nowhere, joint_scores.astype(np.float32), scores.astype(np.float32), ids, COCO_17
    )
    return Prediction(people, joints_px)
