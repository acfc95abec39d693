import cv2
import numpy as np
import pytest

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.skeleton import BODY_22
from das_model.synthetic import production
from das_model.synthetic.production import RenderJob, render_set
from das_model.synthetic.storage import (
    image_path,
    read_shard,
    shard_path,
    write_image,
    write_shard,
)

SIZE = (64, 40)


def annotation(seed, people, boxes):
    rng = np.random.default_rng(seed)
    camera = Camera.from_fov(SIZE, 40 + seed)
    joints = rng.uniform(-800, 800, (people, 22, 3)).astype(np.float32)
    joints[..., 2] += 3000
    return Annotation(
        joints_cam=joints,
        joints_px=camera.project(joints).astype(np.float32),
        valid_2d=rng.random((people, 22)) < 0.9,
        valid_3d=np.ones((people, 22), bool),
        visible=rng.random((people, 22)) < 0.5,
        ignore_px=rng.uniform(0, 40, (boxes, 4)).astype(np.float32),
        camera=camera,
        skeleton=BODY_22,
    )


def test_shard_round_trip_keeps_ragged_people_and_boxes(tmp_path):
    written = [annotation(1, 3, 0), annotation(2, 0, 2), annotation(3, 1, 1)]
    path = write_shard(tmp_path, [10, 11, 12], written)
    assert path == shard_path(tmp_path, 10)
    shard = read_shard(path)
    assert len(shard) == 3
    assert shard.seeds.tolist() == [10, 11, 12]
    for index, want in enumerate(written):
        got = shard.annotation(index)
        assert len(got) == len(want)
        assert got.camera.size == SIZE
        for name in ("joints_cam", "valid_2d", "valid_3d", "visible", "ignore_px"):
            np.testing.assert_array_equal(getattr(got, name), getattr(want, name))
        np.testing.assert_allclose(got.joints_px, want.joints_px, atol=1e-3)
        np.testing.assert_array_equal(got.camera.K, want.camera.K)


def test_set_without_facts_reads_as_unknown(tmp_path):
    path = write_shard(tmp_path, [4, 5], [annotation(1, 3, 0), annotation(2, 1, 0)])
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    facts = ("camera_height_m", "pitch_deg", "roll_deg", "pose_category", "arrangement")
    for name in (*facts, "years", "visible_share"):
        del arrays[name]
    np.savez(path, **arrays)
    facts = read_shard(path).facts(0)
    assert np.isnan(facts.camera_height_m)
    assert np.isnan(facts.visible_share).all()
    assert facts.pose_category.tolist() == ["", "", ""]


def test_labels_load_without_pickle_and_no_partial_file_stays(tmp_path):
    path = write_shard(tmp_path, [0], [annotation(0, 2, 0)])
    with np.load(path, allow_pickle=False) as stored:
        assert stored["joints_cam"].dtype == np.float32
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_image_is_stored_as_rgb(tmp_path):
    image = np.zeros((40, 64, 3), np.uint8)
    image[..., 0] = 200  # red
    write_image(tmp_path, 7, image)
    assert image_path(tmp_path, 7).name == "0000007.jpg"
    blue, _, red = cv2.imread(str(image_path(tmp_path, 7)))[20, 30]
    assert red > 180
    assert blue < 30


def test_shards_cover_the_seeds_once(tmp_path):
    job = RenderJob(tmp_path, seed=100, count=1050, shard=500)
    seeds = [seed for shard in job.shards() for seed in shard]
    assert seeds == list(range(100, 1150))
    assert [len(shard) for shard in job.shards()] == [500, 500, 50]


@pytest.fixture
def forget_worker():
    yield
    production._WORKER.clear()


def test_set_is_rendered_once_and_resumed(tmp_path, forget_worker):
    job = RenderJob(tmp_path, seed=3, count=5, size=SIZE, shard=2)
    done = [path for path, _ in render_set(job, workers=1)]
    assert done == [shard_path(tmp_path, seed) for seed in (3, 5, 7)]
    assert len(list((tmp_path / "images").iterdir())) == 5
    shard_path(tmp_path, 5).unlink()
    before = read_shard(done[0]).joints_cam
    again = [path for path, _ in render_set(job, workers=1)]
    assert again == [shard_path(tmp_path, 5)]
    np.testing.assert_array_equal(read_shard(done[0]).joints_cam, before)


def test_stored_labels_belong_to_the_stored_picture(tmp_path, forget_worker):
    job = RenderJob(tmp_path, seed=20, count=3, size=SIZE, shard=10)
    (path, _), *_ = render_set(job, workers=1)
    shard = read_shard(path)
    generator = production._WORKER[0].generator
    for index, seed in enumerate(shard.seeds.tolist()):
        picture = generator.generate(seed)
        labels, facts = shard.annotation(index), shard.facts(index)
        np.testing.assert_array_equal(labels.joints_cam, picture.annotation.joints_cam)
        for name in ("pose_category", "arrangement", "years", "visible_share"):
            np.testing.assert_array_equal(getattr(facts, name), getattr(picture.facts, name))
        assert facts.pitch_deg == pytest.approx(picture.facts.pitch_deg, abs=1e-4)
        stored = cv2.imread(str(image_path(tmp_path, seed)))[..., ::-1].astype(int)
        assert np.abs(stored - picture.image).mean() < 12  # JPEG
