"""COCO's visibility and images, OpenPose, MMPose, MOTChallenge, Rerun and Foxglove, read back."""

import io
import json
import subprocess
import sys

import av
import cv2
import numpy as np
import pandas
import pytest
from moving_bodies import walking
from session_fakes import BENT, FPS, WIDE, record, result, write_session

from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat, default_path
from das_app.exports.pictures.pixel_files import BODY_25
from das_app.exports.takes.take import ExportError, ExportOptions
from das_app.exports.viewers.rerun_file import mp4_of
from das_app.files.encoders import film_picture
from das_app.session.session import Session
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17

NUM_FRAMES = 8
JOINTS = walking(NUM_FRAMES)[2] * [1, -1, -1]


def people_of(index):
    """Two people; the second stands half outside the picture, with weak ankles."""
    if index == 4:
        return People.empty()
    joints = np.stack([JOINTS[index], JOINTS[index] + [2900, 0, 0]]).astype(np.float32)
    scores = np.full((2, 22), 0.8, np.float32)
    scores[1, [BODY_22.index("left_ankle"), BODY_22.index("right_ankle")]] = 0.05
    return People(joints, scores, np.array([0.9, 0.6], np.float32), np.array([3, 7]))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures") / "s"
    return Session(write_session(folder, NUM_FRAMES, people_of=people_of))


def export(session, tmp_path, to, options=None):
    path = default_path(tmp_path / "out", to)
    export_session(session, to, path, options or ExportOptions())
    return path


def test_visibility_is_that_of_picture_and_score(session, tmp_path):
    content = json.loads(export(session, tmp_path, ExportFormat.COCO).read_text())
    first, second = content["annotations"][:2]
    assert first["track_id"] == 3
    assert set(first["keypoints"][2::3]) == {2}
    points = WIDE.project(people_of(0).joints_cam[1, COCO_17.indices_in(BODY_22)]) + 0.5
    is_inside = ((points >= 0) & (points <= WIDE.size)).all(axis=1)
    assert 0 < is_inside.sum() < 17  # half outside
    expected = np.where(is_inside, 2, 0)
    ankles = [COCO_17.index("left_ankle"), COCO_17.index("right_ankle")]
    expected[ankles] = np.where(is_inside[ankles], 1, 0)
    assert second["keypoints"][2::3] == expected.tolist()
    x, y, width, height = second["bbox"]
    assert x >= 0
    assert y >= 0
    assert x + width <= WIDE.size[0]
    assert y + height <= WIDE.size[1]
    assert second["num_keypoints"] == is_inside.sum()


def test_images_stand_beside_coco(tmp_path):
    record(tmp_path / "s", [result(i, people_of(i)) for i in range(3)], has_video=True, waits=True)
    options = ExportOptions(has_images=True)
    path = export(Session(tmp_path / "s"), tmp_path, ExportFormat.COCO, options)
    images = json.loads(path.read_text())["images"]
    for number, image in enumerate(images):
        picture = cv2.imread(str(path.parent / image["file_name"]))
        assert picture.shape[:2] == (image["height"], image["width"])
        assert abs(picture.mean() - number) < 3
    folder = path.with_name("out_coco_images")
    files = json.loads((folder / "about.json").read_text())["files"]
    assert {each.name for each in folder.iterdir()} == files.keys() | {"about.json"}
    assert [f"{folder.name}/{name}" for name in files] == [i["file_name"] for i in images]
    (folder / "mine.png").touch()
    path.unlink()
    for is_forced, why in ((False, "not empty"), (True, r"files of others .mine\.png")):
        with pytest.raises(ExportError, match=why):
            export_session(
                Session(tmp_path / "s"), ExportFormat.COCO, path, options, is_forced=is_forced
            )
    assert (folder / "mine.png").is_file()
    assert not path.exists()


def test_openpose(session, tmp_path):
    folder = export(session, tmp_path, ExportFormat.OPENPOSE)
    files = sorted(folder.glob("*_keypoints.json"))
    assert next(file.name for file in files) == f"{folder.name}_000000000000_keypoints.json"
    assert len(files) == NUM_FRAMES
    assert json.loads(files[4].read_text()) == {"version": 1.3, "people": []}
    content = json.loads(files[2].read_text())
    points = np.array(content["people"][0]["pose_keypoints_2d"]).reshape(25, 3)
    assert BODY_25[:3] == ("nose", "neck", "right_shoulder")
    assert BODY_25[8] == "pelvis"
    for place, name in enumerate(BODY_25):
        if name not in BODY_22.joint_names:
            assert (points[place] == 0).all()
            continue
        expected = WIDE.project(JOINTS[2, BODY_22.index(name)][None])[0] + 0.5
        assert np.allclose(points[place], [*expected, 0.8], atol=1e-2)


def test_mmpose(session, tmp_path):
    content = json.loads(export(session, tmp_path, ExportFormat.MMPOSE).read_text())
    assert content["meta_info"]["keypoint_name2id"]["left_wrist"] == COCO_17.index("left_wrist")
    assert [len(frame["instances"]) for frame in content["instance_info"]][3:6] == [2, 0, 2]
    person = content["instance_info"][1]["instances"][0]
    joints = JOINTS[1, COCO_17.indices_in(BODY_22)]
    assert np.allclose(person["keypoints"], WIDE.project(joints) + 0.5, atol=1e-2)
    low, high = np.min(person["keypoints"], axis=0), np.max(person["keypoints"], axis=0)
    assert np.allclose(person["bbox"][0], [*low, *high], atol=1e-1)


def test_motchallenge(session, tmp_path):
    path = export(session, tmp_path, ExportFormat.MOTCHALLENGE)
    table = pandas.read_csv(path, header=None)
    assert table.shape == (2 * (NUM_FRAMES - 1), 10)
    assert sorted(set(table[0])) == [1, 2, 3, 4, 6, 7, 8]
    assert set(table[1]) == {3, 7}
    first = table[(table[0] == 2) & (table[1] == 3)].iloc[0]
    points = WIDE.project(JOINTS[1]) + 0.5
    assert np.allclose(first[[2, 3]], points.min(axis=0), atol=1e-2)
    assert np.allclose(first[[7, 8, 9]], JOINTS[1, 0] / 1000, atol=1e-3)


def test_rerun(tmp_path):
    pytest.importorskip("rerun", reason="needs rerun-sdk, of the extra `rerun`")
    record(tmp_path / "s", [result(i, people_of(i)) for i in range(6)], has_video=True, waits=True)
    path = export(Session(tmp_path / "s"), tmp_path, ExportFormat.RERUN)

    def viewer(task):
        command = [sys.executable, "-m", "rerun", "rrd", task, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)

    assert "verified without error" in "".join([(done := viewer("verify")).stdout, done.stderr])
    entities = viewer("stats").stdout
    for entity in (
        "/world/people/person_3",
        "/world/people/person_7",
        "/world/camera",
        "/world/camera/picture",
        "/plots/left_knee/person_3",
    ):
        assert f"{entity}: " in entities, entity


def test_the_video_for_rerun_has_every_picture_at_its_time(tmp_path):
    film = tmp_path / "film.mkv"
    with av.open(str(film), "w") as out:
        stream = out.add_stream("libx264", 25, options={"bf": "2", "b-adapt": "0"})
        stream.width, stream.height = 64, 48
        for number in range(20):
            image = np.full((48, 64, 3), 10 * number, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image)))
        out.mux(stream.encode(None))
    with av.open(str(film)) as before, av.open(io.BytesIO(mp4_of(film))) as after:
        shown, found = (list(file.decode(video=0)) for file in (before, after))
    assert [frame.time for frame in found] == pytest.approx([frame.time for frame in shown])
    for one, other in zip(found, shown, strict=True):
        assert np.array_equal(one.to_ndarray(), other.to_ndarray())


def test_a_camera_s_own_jpeg_is_encoded_for_rerun(tmp_path):
    film = tmp_path / "jpeg.mkv"
    with av.open(str(film), "w") as out:
        stream = out.add_stream("mjpeg", 25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj422p"
        for number in range(20):
            image = np.full((48, 64, 3), 10 * number, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image)))
        out.mux(stream.encode(None))
    with av.open(str(film)) as before, av.open(io.BytesIO(mp4_of(film))) as after:
        assert after.streams.video[0].codec_context.name == "h264"
        shown, found = (list(file.decode(video=0)) for file in (before, after))
    assert [frame.time for frame in found] == pytest.approx([frame.time for frame in shown])
    for number, frame in enumerate(found):
        assert frame.to_ndarray(format="rgb24").mean() == pytest.approx(10 * number, abs=3)


def test_pictures_of_film_are_as_bright_as_those_of_jpeg():
    grey = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 10, np.uint8), format="rgb24")
    for pixels in ("yuvj422p", "yuv420p"):
        picture = grey.reformat(format=pixels)
        film = film_picture(picture, (64, 48))
        assert film.format.name == "yuv420p"
        assert np.frombuffer(bytes(film.planes[0]), np.uint8)[0] == 25  # of 16 to 235


def test_foxglove(tmp_path):
    pytest.importorskip("foxglove", reason="needs foxglove-sdk, of the extra `foxglove`")
    decoder = pytest.importorskip("mcap_protobuf.decoder", reason="needs mcap-protobuf-support")
    from mcap.reader import make_reader

    results = [result(i, people_of(i), BENT) for i in range(6)]
    record(tmp_path / "s", results, has_video=True, waits=True)
    path = export(Session(tmp_path / "s"), tmp_path, ExportFormat.FOXGLOVE)
    found = {}
    with path.open("rb") as file:
        reader = make_reader(file, decoder_factories=[decoder.DecoderFactory()])
        for schema, channel, message, decoded in reader.iter_decoded_messages():
            found.setdefault(channel.topic, []).append((schema.name, message.log_time, decoded))
    scenes = found["/people"]
    assert {name for name, _, _ in scenes} == {"foxglove.SceneUpdate"}
    assert len(scenes) == 6
    assert np.allclose(np.diff([stamp for _, stamp, _ in scenes]) / 1e9, 1 / FPS, atol=1e-4)
    entity = scenes[1][2].entities[0]
    sphere = entity.spheres[BODY_22.index("left_wrist")].pose.position
    wrist = JOINTS[1, BODY_22.index("left_wrist")] / 1000
    assert np.allclose([sphere.x, sphere.y, sphere.z], wrist, atol=1e-4)
    assert len(entity.lines[0].points) == 2 * len(BODY_22.bones)
    assert {deleted.id for deleted in scenes[4][2].deletions} == {"person_3", "person_7"}
    name, _, lens = found["/camera/calibration"][0]
    assert name == "foxglove.CameraCalibration"
    assert np.allclose(lens.D, BENT.distortion)
    assert np.allclose(np.reshape(lens.K, (3, 3)), BENT.K)
    videos = found["/camera/video"]
    assert {name for name, _, _ in videos} == {"foxglove.CompressedVideo"}
    assert len(videos) == 6
    assert all(m.format == "h264" and m.data.startswith(b"\0\0\0\1") for _, _, m in videos)
