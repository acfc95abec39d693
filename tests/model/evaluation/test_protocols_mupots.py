"""The MuPoTS protocols, AP of roots and the toolbox's files, on poses made by hand."""

import math

import numpy as np
import pytest
from benchmark_fixtures import standing
from scipy.io import loadmat

from das_model.camera import Camera
from das_model.evaluation.predictions import Prediction
from das_model.evaluation.protocols.mupots import MupotsProtocol, ap_root
from das_model.evaluation.protocols.mupots_export import FILE_2D, FILE_3D, write_mat_files
from das_model.evaluation.protocols.mupots_scores import scale_bones
from das_model.people import People
from das_model.skeleton import COCO_17, MUCO_21, MUPOTS_17, Skeleton

CAMERA = Camera.from_intrinsics(1500, 1500, 1023.5, 1023.5, (2048, 2048))
HERE, THERE = np.array([-900.0, 0, 4000]), np.array([800.0, 100, 4500])
WRIST, ANKLE, HEAD, PELVIS = (
    MUPOTS_17.index(n) for n in ("right_wrist", "left_ankle", "head", "pelvis")
)
FIRST_15 = Skeleton(MUPOTS_17.joint_names[:15])


def pose(root_mm, turn_deg=0.0):
    return standing(MUPOTS_17.joint_names, root_mm, turn_deg)


def predict(joints_cam, scores=None, skeleton=MUPOTS_17):
    joints_cam = np.reshape(joints_cam, (-1, 17, 3))
    order = skeleton.indices_in(MUPOTS_17)
    cam = np.where((order >= 0)[:, None], joints_cam[:, order], 0.0).astype(np.float32)
    n = len(cam)
    scores = np.ones(n) if scores is None else np.array(scores)
    people = People(
        cam,
        np.ones(cam.shape[:2], np.float32),
        scores.astype(np.float32),
        np.full(n, -1, np.int64),
        skeleton,
    )
    return Prediction.projected(people, CAMERA)


def hidden(number):
    """Ankles are hidden, and the pelvis, which does not count."""
    is_hidden = np.zeros((number, 17), bool)
    is_hidden[:, [MUPOTS_17.index("right_ankle"), ANKLE, PELVIS]] = True
    return is_hidden


def table_of(kind, *frames, skeleton=MUPOTS_17):
    """Frames of (predicted, annotated) with the metric pose as universal pose, or with a third."""
    protocol = MupotsProtocol(kind)
    for predicted, annotated, *univ in frames:
        truth = np.reshape(annotated, (-1, 17, 3))
        protocol.add(
            predict(predicted, skeleton=skeleton),
            "TS1",
            CAMERA.project(truth),
            truth,
            np.reshape(univ[0], (-1, 17, 3)) if univ else truth,
            hidden(len(truth)),
        )
    return protocol.table()


@pytest.mark.parametrize("kind", ["matlab", "das-corrected"])
class TestBoth:
    def test_perfect_predictions_in_any_order(self, kind):
        table = table_of(kind, ([pose(THERE, 40), pose(HERE)], [pose(HERE), pose(THERE, 40)]))
        for name in ("recall", "pck_rel", "pck_abs", "pck_rel_matched", "pck_abs_matched"):
            assert table[f"TS1/{name}"] == table[f"mean/{name}"] == 1, name
        # errors of 0 are below 30 of the 31 thresholds from 0 to 150
        assert table["mean/auc_rel"] == pytest.approx(30 / 31)

    def test_people_not_found_count_as_wrong_only_among_all(self, kind):
        upside_down = THERE - (pose(THERE) - THERE)
        annotated = [pose(HERE), upside_down]
        table = table_of(kind, ([pose(HERE)], annotated), ([], annotated))
        assert table["TS1/recall"] == table["TS1/pck_rel"] == table["TS1/pck_abs"] == 1 / 4
        assert table["TS1/pck_rel_matched"] == table["TS1/pck_abs_matched"] == 1
        assert table["TS1/auc_rel"] == pytest.approx(30 / 31 / 4)
        assert table["TS1/auc_rel_matched"] == pytest.approx(30 / 31)

    def test_bone_lengths_do_not_matter(self, kind):
        factor = 1.05 if kind == "matlab" else 1.3  # matlab: still near in the picture
        tall = HERE + factor * (pose(HERE) - HERE)
        table = table_of(kind, ([tall], [pose(HERE)]))
        assert table["TS1/pck_abs"] == 1
        assert table["TS1/auc_rel"] == pytest.approx(30 / 31)

    def test_only_14_joints_count(self, kind):
        predicted = pose(HERE)
        predicted[HEAD] += 400
        assert table_of(kind, ([predicted], [pose(HERE)]))["TS1/pck_abs"] == 1
        predicted[ANKLE] += [0, 0, 2000]  # the bone turns away: over 150 mm off
        table = table_of(kind, ([predicted], [pose(HERE)]))
        assert table["TS1/pck_rel"] == pytest.approx(13 / 14)
        assert table["TS1/pck_rel_visible"] == 1
        assert table["TS1/pck_rel_occluded"] == 0.5

    def test_area_under_the_curve_by_hand(self, kind):
        predicted = pose(HERE)
        elbow, wrist = predicted[WRIST - 1], predicted[WRIST].copy()
        length = np.linalg.norm(wrist - elbow)
        turned = 2 * math.asin(72 / 2 / length)  # the wrist moves by 72 mm, in the picture's plane
        cos, sin = math.cos(turned), math.sin(turned)
        predicted[WRIST] = elbow + (wrist - elbow) @ [[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]]
        moved = np.linalg.norm(predicted[WRIST] - wrist)
        num_above = (np.arange(0, 151, 5) > moved).sum()
        table = table_of(kind, ([predicted], [pose(HERE)]))
        assert 0 < num_above < 30
        assert table["TS1/auc_rel"] == pytest.approx((13 * 30 + num_above) / 14 / 31)

    def test_150_mm_is_the_strict_bound_of_absolute_errors(self, kind):
        along = np.array([0, 0, 1.0] if kind == "matlab" else [1.0, 0, 0])
        for shift, share in ((149.9, 1), (150.1, 0)):
            table = table_of(kind, ([pose(HERE) + shift * along], [pose(HERE)]))
            assert table["TS1/pck_abs"] == share
            assert table["TS1/pck_rel"] == 1
            assert table["TS1/recall"] == 1

    def test_nan_joints_are_wrong_and_nan_people_nobody(self, kind):
        broken = pose(HERE)
        broken[WRIST] = np.nan
        table = table_of(kind, ([broken], [pose(HERE)]))
        expected = 13 / 14 if kind == "matlab" else 0  # das asks for the mean over all joints
        assert table["TS1/pck_rel"] == pytest.approx(expected)
        table = table_of(kind, ([np.full((17, 3), np.nan)], [pose(HERE)]))
        assert table["TS1/recall"] == 0
        assert table["TS1/pck_rel"] == 0

    def test_nobody_annotated_or_predicted(self, kind):
        table = table_of(kind, ([pose(HERE)], []), ([], []))
        assert table["TS1/num_people"] == 0
        assert math.isnan(table["mean/pck_rel"])
        assert math.isnan(table["mean/ap_root"])
        assert table_of(kind, ([], [pose(HERE)]))["mean/pck_rel"] == 0
        assert math.isnan(table_of(kind, ([], [pose(HERE)]))["mean/pck_rel_matched"])

    def test_mean_is_that_of_the_sequences(self, kind):
        protocol = MupotsProtocol(kind)
        for sequence, predicted, times in (("TS1", [pose(HERE)], 1), ("TS2", [], 3)):
            for _ in range(times):
                truth = pose(HERE)[None]
                px = CAMERA.project(truth)
                protocol.add(predict(predicted), sequence, px, truth, truth, hidden(1))
        table = protocol.table()
        assert table["mean/pck_rel"] == 0.5
        assert table["mean/num_people"] == 4
        assert table["mean/pck_rel_matched"] == 1  # TS2 has no value

    def test_models_without_spine_and_head(self, kind):
        table = table_of(kind, ([pose(HERE)], [pose(HERE)]), skeleton=FIRST_15)
        assert table["TS1/pck_abs"] == 1
        assert table_of(kind, ([pose(HERE)], [pose(HERE)]), skeleton=MUCO_21)["TS1/pck_abs"] == 1

    def test_missing_joints_are_named(self, kind):
        with pytest.raises(ValueError, match=r"head_top.*pelvis"):
            table_of(kind, ([pose(HERE)], [pose(HERE)]), skeleton=COCO_17)


class TestMatlab:
    def test_match_is_in_the_picture_whatever_the_depth(self):
        far = pose(HERE) * 1.5  # the same pixels
        table = table_of("matlab", ([far], [pose(HERE)]))
        assert table["TS1/recall"] == table["TS1/pck_rel"] == 1
        assert table["TS1/pck_abs"] == 0
        beside = pose(HERE) + np.array([150, 0, 0])  # 56 px away
        assert table_of("matlab", ([beside], [pose(HERE)]))["TS1/recall"] == 0

    def test_each_prediction_serves_once_and_annotations_choose_in_order(self):
        near = pose(HERE) + np.array([50, 0, 0])  # 19 px
        table = table_of("matlab", ([pose(HERE)], [pose(HERE), near]))
        assert table["TS1/recall"] == 0.5
        half = pose(HERE)
        half[8:14] += [400, 0, 0]  # legs elsewhere: fewer joints near
        table = table_of("matlab", ([half, pose(HERE)], [pose(HERE)]))
        assert table["TS1/pck_abs"] == 1  # took the second, which has more joints near

    def test_a_second_prediction_on_one_person_changes_nothing(self):
        one = table_of("matlab", ([pose(HERE)], [pose(HERE)]))
        two = table_of("matlab", ([pose(HERE), pose(HERE) + 3], [pose(HERE)]))
        for name in ("recall", "pck_rel", "pck_abs", "auc_rel"):
            assert one[f"TS1/{name}"] == two[f"TS1/{name}"]

    def test_universal_annotation_with_scaled_bones_is_the_headline(self):
        univ = HERE + 0.7 * (pose(HERE) - HERE)
        table = table_of("matlab", ([pose(HERE)], [pose(HERE)], [univ]))
        assert table["TS1/pck_rel"] == 1
        assert table["TS1/pck_rel_metric_raw"] == 1
        assert table["TS1/pck_rel_raw"] < 1


class TestDasCorrected:
    def test_a_prediction_may_serve_two_and_stand_anywhere(self):
        elsewhere = pose(HERE) + [1500, 0, 0]
        table = table_of("das-corrected", ([elsewhere], [pose(HERE), pose(THERE)]))
        assert table["TS1/recall"] == table["TS1/pck_rel"] == 1
        assert table["TS1/pck_abs"] == 0

    def test_the_annotated_depth_rescales_the_pose_in_the_picture_plane(self):
        # A pose seen at 1.5 times the distance with the same pixels: x and y are 1.5 times as
        # long, z is not; scaled back it is the annotated one.
        predicted = pose(HERE)
        predicted[:, :2] = (pose(HERE) - HERE)[:, :2] * 1.5 + HERE[:2] * 1.5
        predicted[:, 2] = (pose(HERE) - HERE)[:, 2] + HERE[2] * 1.5
        table = table_of("das-corrected", ([predicted], [pose(HERE)]))
        assert table["TS1/auc_rel"] == pytest.approx(30 / 31)
        assert table["TS1/pck_abs"] == 0  # the predicted root stays where it is

    def test_metric_annotation_counts_and_the_universal_one_does_not(self):
        table = table_of("das-corrected", ([pose(HERE)], [pose(HERE)], [pose(HERE) * 0.5]))
        assert table["TS1/pck_abs"] == 1

    def test_farther_than_250_mm_on_average_is_nobody(self):
        upside_down = HERE - (pose(HERE) - HERE)
        table = table_of("das-corrected", ([upside_down], [pose(HERE)]))
        assert table["TS1/recall"] == 0
        assert math.isnan(table["TS1/pck_rel_matched"])

    def test_root_at_depth_zero_is_nobody(self):
        assert table_of("das-corrected", ([np.zeros((17, 3))], [pose(HERE)]))["TS1/recall"] == 0


def published_pck(frames, root=14):
    """PCK_rel and PCK_abs of [(predicted (P, 17, 3), annotated (G, 17, 3)), ...], step by step.

    After the words of the authors' code: the joints from the second of the toolbox's order on,
    each scaled along the line to the joint that stands at the loop's own index in the list of
    parents, one person after another.
    """
    parents = [n - 1 for n in (2, 16, 2, 3, 4, 2, 6, 7, 15, 9, 10, 15, 12, 13, 15, 15, 2)]
    order = [n - 1 for n in (16, 2, 1, 17, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)]
    near_rel, near_abs, number = 0, 0, 0
    for predicted, annotated in frames:
        for truth in annotated:
            number += 14
            best, best_rel, best_abs = 250.0, None, None
            for person in predicted:
                pose = person - person[root]
                pose[:, :2] *= truth[root, 2] / person[root, 2]
                goal, walked = truth - truth[root], pose.copy()
                for i, joint in enumerate(order):
                    other = parents[i]
                    line = pose[joint] - pose[other]
                    length = np.linalg.norm(goal[joint] - goal[other])
                    walked[joint] = walked[other] + line * length / np.linalg.norm(line)
                distance = np.linalg.norm(walked - goal, axis=1)
                if distance.mean() <= best:
                    best, best_rel = distance.mean(), distance
                    best_abs = np.linalg.norm(walked + person[root] - truth, axis=1)
            if best_rel is not None:
                near_rel += (best_rel[:14] < 150).sum()
                near_abs += (best_abs[:14] < 150).sum()
    return near_rel / number, near_abs / number


class TestDasAsPublished:
    def frames(self, rng):
        """Frames of people who are found roughly, at a wrong distance, with somebody extra."""
        for _ in range(3):
            annotated = [
                pose(root, turn)
                for root, turn in zip(
                    rng.uniform([-1500, -200, 3000], [1500, 200, 6000], (3, 3)),
                    rng.uniform(-90, 90, 3),
                    strict=True,
                )
            ]
            noise = rng.normal(0, 70, (3, 17, 3))
            predicted = list(np.array(annotated) * rng.uniform(0.97, 1.03, (3, 1, 1)) + noise)
            predicted.append(pose(rng.uniform([-500, 0, 3000], [500, 0, 6000])))
            yield np.array(predicted, np.float32).astype(float), np.array(annotated)

    def test_every_sequence_has_the_figures_of_the_published_walk(self):
        rng = np.random.default_rng(3)
        protocol, corrected = MupotsProtocol("das"), MupotsProtocol("das-corrected")
        expected = {}
        for number in range(1, 21):
            frames = list(self.frames(rng))
            expected[f"TS{number}"] = published_pck(frames)
            for predicted, truth in frames:
                for each in (protocol, corrected):
                    each.add(
                        predict(predicted),
                        f"TS{number}",
                        CAMERA.project(truth),
                        truth,
                        truth,
                        hidden(len(truth)),
                    )
        table, other = protocol.table(), corrected.table()
        for sequence, (rel, absolute) in expected.items():
            assert table[f"{sequence}/pck_rel"] == pytest.approx(rel, abs=1e-9)
            assert table[f"{sequence}/pck_abs"] == pytest.approx(absolute, abs=1e-9)
        means = np.mean(list(expected.values()), axis=0)
        assert (table["mean/pck_rel"], table["mean/pck_abs"]) == pytest.approx(tuple(means))
        assert 0.05 < means.min()
        assert means.max() < 0.95
        assert abs(table["mean/pck_rel"] - other["mean/pck_rel"]) > 0.01

    def test_perfect_poses_are_perfect_whichever_way_they_are_walked(self):
        assert table_of("das", ([pose(HERE)], [pose(HERE)]))["TS1/pck_abs"] == 1
        table = table_of("das", ([pose(HERE)], [pose(HERE)]), skeleton=FIRST_15)
        assert table["TS1/pck_abs"] == 1


def test_scaled_bones_keep_directions_and_take_lengths():
    annotated, predicted = pose(HERE), THERE + 1.4 * (pose(HERE, 30) - HERE)
    bones = ((15, 14), (1, 15), (2, 1))
    scaled = scale_bones(predicted, annotated, bones)
    for child, parent in bones:
        bone, old = scaled[child] - scaled[parent], predicted[child] - predicted[parent]
        wanted = np.linalg.norm(annotated[child] - annotated[parent])
        np.testing.assert_allclose(bone, old / np.linalg.norm(old) * wanted, atol=1e-9)


class TestRootPrecision:
    roots = np.array([[0.0, 0, 3000], [1000, 0, 4000]])

    def frame(self, scores, predicted, annotated=roots):
        return np.array(scores), np.reshape(predicted, (-1, 3)), np.reshape(annotated, (-1, 3))

    def test_by_hand(self):
        # right, wrong, right: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1; the first step is
        # not added: 1/2 * 0 + 2/3 * 1/2
        frame = self.frame([0.9, 0.7, 0.8], [self.roots[0], self.roots[1], [0, 0, 9000]])
        assert ap_root([frame]) == pytest.approx(1 / 3)

    def test_nearest_root_must_be_near_and_free(self):
        double = self.frame([0.9, 0.8, 0.7], [self.roots[0], self.roots[0] + 1, self.roots[1]])
        assert ap_root([double]) == pytest.approx(1 / 3)
        for shift, expected in ((249, 0.5), (251, 0.0)):
            shifted = self.frame([0.9, 0.8], [self.roots[0], self.roots[1] + [0, 0, shift]])
            assert ap_root([shifted]) == pytest.approx(expected)

    def test_frames_are_pooled_by_score_and_empty_ones_skipped(self):
        one = self.frame([0.5], [self.roots[0]], [self.roots[0]])
        other = self.frame([0.9], [[0, 0, 0]], [self.roots[0]])
        nobody = self.frame([1.0], [[0, 0, 0]], [])
        # wrong, then right: precision 1/2 for a step of 1/2
        assert ap_root([one, other, nobody]) == pytest.approx(0.25)

    def test_nobody_and_nan(self):
        assert math.isnan(ap_root([]))
        assert ap_root([self.frame([], [])]) == 0
        frame = self.frame([0.9, 0.8], [[np.nan] * 3, self.roots[1]])
        assert ap_root([frame]) == pytest.approx(0.25)


def test_unknown_protocol_is_refused():
    with pytest.raises(ValueError, match=r"matlab.*das.*das-corrected"):
        MupotsProtocol("other")


def test_files_for_the_toolbox(tmp_path):
    predictions = {
        "MultiPersonTestSet/TS1/img_000000.jpg": predict([pose(HERE), pose(THERE)]),
        "MultiPersonTestSet/TS1/img_000001.jpg": predict([pose(HERE)], skeleton=MUCO_21),
        "MultiPersonTestSet/TS12/img_000345.jpg": predict([]),
    }
    write_mat_files(tmp_path / "new", predictions)
    points_2d, points_3d = (loadmat(tmp_path / "new" / name) for name in (FILE_2D, FILE_3D))
    assert points_3d["TS1_img_000000"].shape == (2, 17, 3)
    np.testing.assert_allclose(points_3d["TS1_img_000000"][1], pose(THERE), atol=1e-3)
    expected = CAMERA.project(pose(HERE))
    np.testing.assert_allclose(points_2d["TS1_img_000001"][0], expected, atol=1e-3)
    assert points_2d["TS12_img_000345"].shape == (0, 17, 2)
    with pytest.raises(ValueError, match="spine"):
        write_mat_files(tmp_path, {"TS1/img_000000.jpg": predict([], skeleton=FIRST_15)})
