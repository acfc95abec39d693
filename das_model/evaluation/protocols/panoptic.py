"""CMU Panoptic: the protocol of the DAS authors' public code, and a strict one beside it.

DAS protocol, figure `mpjpe_mm`: people whose root is in the picture are scored, on their joints
in the picture, the nose never. Both poses are moved to their own root; then each person takes
the prediction of the least mean joint distance, which may serve several people, however far off
it stands, and false predictions cost nothing. Where a picture has no prediction, the mean pose
of all annotated people stands in. A picture's error is the mean over its joints, an activity's
the mean over its pictures weighted by their people, and the mean is that of the activities.

The strict figures tell what this hides: `one_to_one` pairing in camera space over the same
people, on all their labelled joints, with recall, precision and errors of the root.

Definitions of ours: poses are compared in camera space (the authors compare both sides after
back-projecting distorted pixels as if the lens were ideal), the mean pose is taken there too
(theirs in the world), and a prediction that is not finite in its root or in a joint to be scored
is no prediction for that person.
"""

from dataclasses import dataclass, replace

import numpy as np

from das_model.annotation import Annotation
from das_model.evaluation.metrics import ratio
from das_model.evaluation.predictions import people_in, require_joints
from das_model.evaluation.protocols.one_to_one import OneToOneProtocol
from das_model.people import People
from das_model.skeleton import PANOPTIC_15, Skeleton

# The second joint of the old 15-joint files is the head's top; the nose is never scored.
SCORED_JOINTS = Skeleton(
    tuple("head_top" if name == "nose" else name for name in PANOPTIC_15.joint_names)
)
_STRICT = (
    "recall",
    "precision",
    "false_per_image",
    "mpjpe_mm",
    "pck_rel",
    "pck_abs",
    "root_error_mm",
    "root_depth_error_ratio",
)


@dataclass(frozen=True, eq=False, slots=True)
class _Picture:
    """The G scored people of a picture, relative to their roots, mm."""

    annotated: np.ndarray  # (G, 15, 3)
    scored: np.ndarray  # (G, 15) bool
    taken: np.ndarray  # (G, 15, 3) the prediction for each, NaN where there is none


class PanopticProtocol:
    """Collects pictures with `add`; `table` tells the figures so far."""

    def __init__(self) -> None:
        self._pictures: dict[str, list[_Picture]] = {}
        self._strict: dict[str, OneToOneProtocol] = {}
        self._pose_sum = np.zeros((SCORED_JOINTS.num_joints, 3))
        self._pose_count = np.zeros(SCORED_JOINTS.num_joints)

    def add(self, people: People, annotation: Annotation, activity: str) -> None:
        """Take in one picture.

        Args:
            people: predicted, in any joint set that holds the joints labelled here.
            annotation: of the same picture; `visible` are the joints inside it.
            activity: that the picture belongs to.

        Raises:
            ValueError: if the predictions lack a joint that is to be scored.
        """
        root = SCORED_JOINTS.root
        truth = annotation.in_skeleton(SCORED_JOINTS)
        is_labelled = np.any(truth.valid_3d, axis=0)
        needed = tuple(np.array(SCORED_JOINTS.joint_names)[is_labelled].tolist())
        require_joints(people.skeleton, ("pelvis", *needed), "the panoptic protocol")
        people = people_in(people, SCORED_JOINTS)
        # joints that nobody is labelled with are nobody's fault
        people = replace(
            people, joints_cam=np.where(is_labelled[:, None], people.joints_cam, np.float32(0))
        )
        has_root = truth.valid_3d[:, root]
        relative = truth.joints_cam - truth.joints_cam[:, [root]]
        usable = truth.valid_3d & has_root[:, None]
        self._pose_sum += np.where(usable[..., None], relative, 0).sum(axis=0)
        self._pose_count += usable.sum(axis=0)
        counted = has_root & truth.visible[:, root]
        scored = (truth.visible & truth.valid_3d)[counted]
        taken = _nearest_poses(people.joints_rel, relative[counted], scored)
        self._pictures.setdefault(activity, []).append(_Picture(relative[counted], scored, taken))
        self._strict.setdefault(activity, OneToOneProtocol(SCORED_JOINTS)).add(
            people, truth, counted
        )

    def table(self) -> dict[str, float]:
        """Figures of each activity behind "ACTIVITY/", and their plain mean behind "mean/".

        Returns:
            num_images, num_people (scored), mpjpe_mm of the DAS protocol, num_stand_ins (people
            for whom the mean pose stood in), and recall, precision, false_per_image, mpjpe_mm,
            pck_rel, pck_abs, root_error_mm, root_depth_error_ratio of the strict protocol as
            strict_recall and so on.
        """
        rows = {activity: self._activity_figures(activity) for activity in self._pictures}
        table = {f"{a}/{name}": value for a, row in rows.items() for name, value in row.items()}
        for name in next(iter(rows.values()), {}):
            values = [row[name] for row in rows.values()]
            is_count = name.startswith("num_")
            table[f"mean/{name}"] = float(np.sum(values) if is_count else np.mean(values))
        return table

    def _activity_figures(self, activity: str) -> dict[str, float]:
        pictures = [p for p in self._pictures[activity] if p.scored.any()]
        count = np.maximum(self._pose_count, 1)
        mean_pose = self._pose_sum / count[:, None]
        total_mm = num_people = num_stand_ins = 0.0
        for p in pictures:
            has_none = np.isnan(p.taken).any(axis=(1, 2))
            poses = np.where(has_none[:, None, None], mean_pose, p.taken)
            errors = np.linalg.norm(poses - p.annotated, axis=-1)[p.scored]
            total_mm += errors.mean() * len(p.scored)
            num_people += len(p.scored)
            num_stand_ins += has_none.sum()
        strict = self._strict[activity].table()
        return {
            "num_images": float(len(self._pictures[activity])),
            "num_people": num_people,
            "mpjpe_mm": ratio(total_mm, num_people),
            "num_stand_ins": float(num_stand_ins),
        } | {f"strict_{name}": strict[name] for name in _STRICT}


def _nearest_poses(predicted: np.ndarray, annotated: np.ndarray, scored: np.ndarray) -> np.ndarray:
    """The prediction that each person takes.

    Args:
        predicted: (P, J, 3) relative to the root, mm.
        annotated: (G, J, 3) likewise.
        scored: (G, J) bool.

    Returns:
        (G, J, 3); NaN where nobody is predicted. Joints not scored are 0.
    """
    if len(predicted) == 0:
        return np.full(annotated.shape, np.nan)
    distance = np.linalg.norm(predicted[None] - annotated[:, None], axis=-1)  # (G, P, J)
    total = np.where(scored[:, None], distance, 0).sum(axis=2)
    total = np.where(np.isfinite(total), total, np.inf)
    taken = np.where(scored[..., None], predicted[total.argmin(axis=1)], 0)
    return np.where(np.isfinite(total.min(axis=1))[:, None, None], taken, np.nan)
