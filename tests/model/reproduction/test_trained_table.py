"""Table 1 with trained rows at a tiny size: equal but for the switch, resumable, shared out."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from filelock import FileLock
from people_scenes import annotate, perfect_maps

from das_model.camera import Camera
from das_model.inference.targets import Encoding
from das_model.reproduction import trained_table
from das_model.reproduction.density import draw_rows
from das_model.reproduction.paired import Row
from das_model.reproduction.trained_table import BASELINE, CONTROL, ROWS, Plan, make, row_recipe
from das_model.reproduction.true_centres import person_errors
from das_model.synthetic.storage import write_image, write_shard
from das_model.training.losses import pose_weights
from das_model.training.train import Trainer

CAMERA = Camera.from_fov((160, 96), 60)
TWO = ([-600.0, 0, 4000], [700.0, 0, 5000])


def perfect(centre):
    encoding = Encoding((8, 16, 32), (32, 64), centre=centre)
    annotation = annotate(TWO, CAMERA)
    return perfect_maps(annotation, encoding), annotation, encoding


@pytest.mark.parametrize("centre", ["root", "box"])
def test_errors_at_true_centres_are_those_that_were_made(centre):
    maps, annotation, encoding = perfect(centre)
    np.testing.assert_allclose(person_errors(maps, annotation, encoding), [0, 0], atol=0.5)
    for level in maps:  # 100 mm too near, all joints but the root
        level.joint_offset[1:, 2] -= 100 / encoding.joint_depth_unit_mm
    errors = person_errors(maps, annotation, encoding)
    assert ((errors > 99) & (errors < 125)).all()


def test_people_whose_root_is_outside_are_in_no_row():
    encoding = Encoding((8, 16, 32), (32, 64))
    annotation = annotate(TWO, CAMERA)
    annotation.joints_px[1, annotation.skeleton.root] += (500, 0)
    for centre in ("root", "box"):
        told = replace(encoding, centre=centre)
        assert len(person_errors(perfect_maps(annotation, told), annotation, told)) == 1


def test_rows_differ_in_what_the_table_names_alone():
    rows = {name: row_recipe(name, 7, (160, 96)) for name in ROWS}
    assert len(rows) == 8
    weights = {n: sum(pose_weights(r.train.loss, 4).values()) for n, r in rows.items()}
    assert weights == {**dict.fromkeys(ROWS, 2.0), CONTROL: 4.0}
    base = rows[BASELINE].train
    for recipe in rows.values():
        train = recipe.train
        plain = replace(
            train,
            network=replace(
                train.network,
                update=base.network.update,
                update_layers=base.network.update_layers,
                encoding=base.network.encoding,
            ),
            loss=replace(train.loss, pose_loss=base.loss.pose_loss, pose_weight=2.0),
        )
        assert plain == base
        assert train.frozen == "none"


@pytest.fixture
def plan(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    for name in ("train", "val"):
        for seed in range(4):
            write_image(tmp_path / name, seed, rng.integers(0, 256, (96, 160, 3), np.uint8))
        write_shard(tmp_path / name, list(range(4)), [annotate(TWO, CAMERA)] * 4)
    monkeypatch.setattr(trained_table, "ROWS", {n: ROWS[n] for n in (BASELINE, CONTROL)})
    monkeypatch.setattr(trained_table, "_SAVE_EVERY", 1)
    return Plan(tmp_path / "train", tmp_path / "val", tmp_path / "runs", 3, 2, 4, batch_size=2)


def test_a_run_that_was_killed_ends_like_one_that_was_not(plan, monkeypatch, tmp_path):
    whole = make(plan, lambda _: None)
    told = whole.splitlines()
    assert "2 of 2 seeds (4 of 4 runs); the same 8 people" in told[0]
    assert len(told) == 2 + 2 + 2
    step, steps = Trainer.train_step, []

    def dying(self, batch):
        if len(steps) == 5:
            raise KeyboardInterrupt
        steps.append(self.step)
        return step(self, batch)

    monkeypatch.setattr(Trainer, "train_step", dying)
    killed = replace(plan, folder=tmp_path / "killed")
    with pytest.raises(KeyboardInterrupt):
        make(killed, lambda _: None)
    monkeypatch.setattr(Trainer, "train_step", step)
    news = []
    assert make(killed, news.append) == whole
    assert "goes on from step 2" in news
    for file in plan.folder.glob("seed*/*/errors.npy"):
        other = killed.folder / file.relative_to(plan.folder)
        np.testing.assert_array_equal(np.load(file), np.load(other))


def test_a_run_that_another_process_is_at_is_left_to_it(plan):
    folder = plan.folder / "seed0" / BASELINE
    folder.mkdir(parents=True)
    with FileLock(folder / "lock"):
        told = make(plan, lambda _: None)
    assert not (folder / "errors.npy").exists()
    assert "1 of 2 seeds (3 of 4 runs)" in told
    assert "2 of 2 seeds (4 of 4 runs)" in make(plan, lambda _: None)


def test_runs_of_another_plan_are_not_mixed_in(plan):
    make(replace(plan, num_seeds=1), lambda _: None)
    with pytest.raises(ValueError, match=r"another plan \(num_steps 3 -> 4\)"):
        make(replace(plan, num_steps=4), lambda _: None)
    make(replace(plan, num_seeds=2), lambda _: None)  # more seeds are no other plan


def test_figure_4_is_of_the_two_rows(plan, monkeypatch):
    names = ("table1-mle", "table1-full")
    monkeypatch.setattr(trained_table, "ROWS", {n: Row(n, 1.0) for n in (BASELINE, *names)})
    torch.manual_seed(0)
    make(replace(plan, num_seeds=1, num_steps=1), lambda _: None)
    draw_rows(plan.folder / "seed0", plan.folder / "figure4.png")
    assert (plan.folder / "figure4.png").stat().st_size > 10_000
