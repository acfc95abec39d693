"""Recipes: Table 1's rows differ in what they name and in nothing else; scaling of the rate."""

import dataclasses

import pytest

from das_model.inference.network_config import RESNET50
from das_model.training.recipes import RECIPES, small

TABLE_ROWS = sorted(name for name in RECIPES if name.startswith("table1-"))
# centre, pose loss, update, layers
SWITCHES = {
    "table1-box": ("box", "l1", "none", 0),
    "table1-root": ("root", "l1", "none", 0),
    "table1-mle": ("root", "rle", "none", 0),
    "table1-recursive": ("root", "l1", "recursive", 1),
    "table1-multi1": ("root", "l1", "multi_source", 1),
    "table1-multi2": ("root", "l1", "multi_source", 2),
    "table1-multi3": ("root", "l1", "multi_source", 3),
    "table1-full": ("root", "rle", "multi_source", 3),
    "table1-larger": ("root", "rle", "multi_source", 3),
}


def switches(recipe):
    network = recipe.train.network
    centre, loss = network.encoding.centre, recipe.train.loss.pose_loss
    return centre, loss, network.update, network.num_updates


@pytest.mark.parametrize("name", TABLE_ROWS)
def test_rows_of_table_1_and_their_stand_ins_have_their_switches(name):
    assert switches(RECIPES[name]) == SWITCHES[name]
    assert switches(small(RECIPES[name], 10)) == SWITCHES[name]


@pytest.mark.parametrize("name", sorted(set(TABLE_ROWS) - {"table1-larger"}))
def test_rows_of_table_1_are_alike_but_for_their_switches(name):
    def levelled(recipe):
        network = dataclasses.replace(
            recipe.train.network,
            update="none",
            update_layers=1,
            encoding=dataclasses.replace(recipe.train.network.encoding, centre="root"),
        )
        loss = dataclasses.replace(recipe.train.loss, pose_loss="l1")
        train = dataclasses.replace(recipe.train, network=network, loss=loss)
        return dataclasses.replace(recipe, train=train, summary="")

    assert levelled(RECIPES[name]) == levelled(RECIPES["table1-root"])
    assert RECIPES[name].train.network.backbone == RESNET50.backbone


def test_paper_models_have_the_authors_settings():
    panoptic, mupots = RECIPES["panoptic"], RECIPES["mupots"]
    assert panoptic.train.network.backbone == "mspn2"
    assert panoptic.sets == ("panoptic", "coco")
    assert mupots.train.network.backbone == "mspn3"
    assert mupots.sets == ("muco", "coco")
    assert len(panoptic.train.network.joint_names) == 15
    assert "head_top" in panoptic.train.network.joint_names  # scored, unlike the nose
    assert len(mupots.train.network.joint_names) == 21
    assert [r.train.network.num_updates for r in (panoptic, mupots)] == [1, 2]
    for recipe in (panoptic, mupots):
        encoding = recipe.train.network.encoding
        assert encoding.strides == (8, 16, 32, 64)
        assert encoding.range_bounds_px == (80, 160, 320)
        assert recipe.train.loss.pose_weight == 2.0
        assert all(side % encoding.strides[-1] == 0 for side in recipe.canvas)


def test_rate_and_length_follow_the_batch():
    """22 epochs of 16 pictures a step at 2e-3; twice the pictures, twice the rate."""
    recipe = RECIPES["panoptic"]
    at_16, at_32 = recipe.planned(160_000, 16), recipe.planned(160_000, 32)
    assert at_16.total_steps == 220_000
    assert at_32.total_steps == 110_000
    assert at_16.optimiser.learning_rate == pytest.approx(2e-3)
    assert at_32.optimiser.learning_rate == pytest.approx(4e-3)
    told = recipe.planned(160_000, 32, total_steps=7, learning_rate=1e-4)
    assert told.total_steps == 7
    assert told.optimiser.learning_rate == 1e-4


def test_live_recipes_leave_the_rate_alone():
    assert RECIPES["lite"].planned(100, 64) == RECIPES["lite"].train


def test_live_recipes_differ_in_backbone_what_is_frozen_and_heat_map():
    """What has learned people already stays as it is."""
    lite = RECIPES["lite"].train
    assert (lite.network.backbone, lite.frozen) == ("movenet", "public")
    assert RECIPES["lite"].train.network.encoding.heat_stride == 4
    for name in ("lite0", "lite1", "lite2"):
        recipe = RECIPES[name]
        assert recipe.train.network.backbone == name
        assert recipe.train.network.encoding.heat_stride == 0
        assert recipe.train.frozen == "early"
        assert recipe.train.optimiser == lite.optimiser
        assert dataclasses.replace(recipe, summary="", train=None) == dataclasses.replace(
            RECIPES["lite"], summary="", train=None
        )
