"""Live body fit of one person: each frame from the one before.

The same equations as `fit_body`, a frame at a time. The shape is fitted to the first frame, and
again over samples as they gather; then it stays.
"""

import numpy as np

from das_app.motion.body.fit import usual_shape
from das_app.motion.body.rig import MEAN_SHAPE, Body, BodyPose, body_of
from das_app.motion.body.seen import Seen, joined, seen_of
from das_app.motion.body.solver import BodySolver
from das_app.motion.body.start import start_pose
from das_model.skeleton import Skeleton

# Assumed, where nothing else is said; `scripts/check_bodies.py` measures the fitted bodies.
_PATIENCE_S = 0.5  # without a frame, before a pose begins anew
_SAMPLE_S = 0.1
_REFITS = (4, 12, 36)  # samples at which the shape is fitted again
_ROUNDS, _SHAPE_ROUNDS = 4, 8


class LiveBody:
    """Fits one person's frames in their order.

    Args:
        skeleton: of the joints.

    Attributes:
        body: its bones.
        shape: (S,) mm; usual lengths before the first frame.

    Raises:
        BodyError: if the skeleton lacks shoulders or hips.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self.body: Body = body_of(skeleton)
        self.shape = np.array(list(MEAN_SHAPE.values()))
        self._is_fitted = False
        self._solver = BodySolver(self.body)
        self._last: tuple[BodyPose, float] | None = None
        self._last_seen: Seen | None = None
        self._samples: list[Seen] = []
        self._poses: list[BodyPose] = []

    def __call__(self, joints: np.ndarray, joint_scores: np.ndarray, time_s: float) -> BodyPose:
        """The pose of one frame.

        Args:
            joints: (J, 3) mm, y up.
            joint_scores: (J,).
            time_s: of the frame; rises.
        """
        seen = seen_of(self.body, joints[None], joint_scores[None], np.array([time_s]))
        start = start_pose(self.body, seen.joints, seen.weights)
        if not self._is_fitted:
            self._is_fitted = True
            first = usual_shape(self.body, seen)
            start, self.shape = self._solver.with_shape(start, first, seen, _SHAPE_ROUNDS)
        if self._last is not None and not 0 < time_s - self._last[1] <= _PATIENCE_S:
            self._last = None
        held = seen
        if self._last is not None and self._last_seen is not None:
            held = joined((self._last_seen, seen)).held(self.body).part(slice(1, None))
            start = self._better(self._last[0], start, self.shape, held)
        pose = self._solver.improved(start, self.shape, held, _ROUNDS, self._last)
        self._last, self._last_seen = (pose, time_s), seen
        self._learn(pose, self.shape, seen)
        return pose

    def _better(
        self, first: BodyPose, second: BodyPose, shape: np.ndarray, seen: Seen
    ) -> BodyPose:
        costs = [self._solver.costs(p, shape, seen, self._last)[0] for p in (first, second)]
        return first if costs[0] <= costs[1] else second

    def _learn(self, pose: BodyPose, shape: np.ndarray, seen: Seen) -> None:
        """Fit the shape again where enough new samples are there."""
        is_full = len(self._samples) >= _REFITS[-1]
        is_near = self._samples and seen.times_s[0] - self._samples[-1].times_s[0] < _SAMPLE_S
        if is_full or is_near:
            return
        self._samples.append(seen)
        self._poses.append(pose)
        if len(self._samples) in _REFITS:
            poses = BodyPose(
                np.concatenate([p.root for p in self._poses]),
                np.concatenate([p.rotations for p in self._poses]),
            )
            _, self.shape = self._solver.with_shape(
                poses, shape, joined(self._samples), _SHAPE_ROUNDS
            )
