"""Clothes as meshes: files are read as MakeHuman means them, pieces follow the body."""

from dataclasses import replace

import anny
import numpy as np
import pytest
import torch
from synthetic_stages import SIZE, scene_of, standing

from das_model.synthetic.body import materials as m
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.clothes import sample_look
from das_model.synthetic.body.kit_cache import load_kit, load_wear
from das_model.synthetic.body.wear import HAIR, HAT, SUIT
from das_model.synthetic.body.wear_build import (
    bound_vertices,
    build_wear,
    nearest_places,
    read_faces,
    read_mhclo,
)
from das_model.synthetic.rendering.launching import Launcher
from das_model.synthetic.rendering.meshes import MeshMaker
from das_model.synthetic.rendering.renderer import Renderer
from das_model.synthetic.scene.textures import make_atlas

MHCLO = """# a comment
basemesh hm08
x_scale 0 1 2.0
y_scale 0 2 4.0
z_scale 0 3 1.0
verts 0
material some.mhmat
0 1 2 0.5 0.5 0.0 1.0 2.0 3.0
3
delete_verts
4 - 6 9
11
"""
BASE = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0.4], [0, -0.2, 0]], float)


def test_binding_file_is_read():
    binding = read_mhclo(MHCLO)
    assert binding.base.tolist() == [[0, 1, 2], [3, 3, 3]]
    assert binding.weights.tolist() == [[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]]
    assert binding.hides.tolist() == [4, 5, 6, 9, 11]
    assert binding.scales["y_scale"] == (0, 2, 4.0)


def test_offsets_are_scaled_by_the_base_mesh_along_each_axis():
    # scales: x 1 m / 2, up 0.4 m / 4, front 0.2 m / 1; y of the file is up, its z the front (-y)
    places = bound_vertices(read_mhclo(MHCLO), BASE)
    np.testing.assert_allclose(places[0], [0.5 + 1 * 0.5, -3 * 0.2, 2 * 0.1])
    np.testing.assert_allclose(places[1], BASE[3])


def test_polygons_become_triangles():
    faces = read_faces("v 0 0 0\nf 1/1 2/2 3/3 4/4\nf 4 2 1\n")
    assert faces.tolist() == [[0, 1, 2], [0, 2, 3], [3, 1, 0]]


def test_nearest_place_is_inside_the_triangle():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [5, 5, 5]], np.float32)
    faces = np.array([[0, 1, 2], [1, 2, 3]])
    points = np.array([[0.25, 0.25, 0.5], [-1.0, -1.0, 0.0]])
    corners, shares = nearest_places(points, vertices, faces)
    assert corners.tolist() == [[0, 1, 2], [0, 1, 2]]
    np.testing.assert_allclose(shares[0], [0.5, 0.25, 0.25], atol=1e-9)
    np.testing.assert_allclose(shares[1], [1, 0, 0], atol=1e-9)


@pytest.fixture(scope="module")
def kit():
    return load_kit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two assets made here: a bib before the chest that hides it, and a hat."""
    root = tmp_path_factory.mktemp("wear")
    base = anny.Anny(topology="anny-full").to(dtype=torch.float32).template_vertices.numpy()
    chest = np.flatnonzero(
        (np.abs(base[:, 0]) < 0.15) & (base[:, 1] < -0.02) & (np.abs(base[:, 2] - 0.3) < 0.15)
    )
    corners = [
        chest[np.abs(base[chest] - [x, -0.1, z]).sum(1).argmin()]
        for x, z in ((-0.12, 0.2), (0.12, 0.2), (0.12, 0.42), (-0.12, 0.42))
    ]
    scales = "x_scale 0 1 1\ny_scale 0 1 1\nz_scale 0 1 1\n"
    for group, name in (
        ("clothes", "male_suit_bib"),
        ("clothes", "fedora_x"),
        ("hair", "short_x"),
    ):
        path = root / group / name
        path.mkdir(parents=True)
        rows = "\n".join(str(corner) for corner in corners)
        hides = "delete_verts\n" + " ".join(map(str, chest)) + "\n" if "bib" in name else ""
        (path / f"{name}.mhclo").write_text(f"{scales}verts 0\n{rows}\n{hides}")
        (path / f"{name}.obj").write_text("f 1 2 3 4\n")
    return root


@pytest.fixture(scope="module")
def wear(folder, kit):
    return build_wear(sorted(folder.rglob("*.mhclo")), kit)


def test_pieces_know_what_they_are(wear):
    kinds = dict(zip(wear.names.tolist(), wear.kind.tolist(), strict=True))
    assert kinds == {"male_suit_bib": SUIT, "fedora_x": HAT, "short_x": HAIR}
    assert wear.sex[wear.names == "male_suit_bib"] == -1
    assert wear.hides[wear.names == "male_suit_bib"].sum() > 30
    assert wear.faces.shape == (6, 3)
    assert wear.faces.max() == len(wear.canon) - 1


def test_piece_that_is_bound_to_skin_stays_on_it_in_any_pose_and_shape(kit, wear):
    bib = int(np.flatnonzero(wear.names == "male_suit_bib")[0])
    maker, poser = MeshMaker(kit, Launcher("cpu"), wear), BodyPoser(kit)
    people = [
        replace(standing(poser, 0.0, 3.0, 40, shape, seed=shape), wear=(bib,))
        for shape in (3, 90, 640)
    ]
    worn = maker.make([scene_of(people)]).worn
    places, owner = worn.vertices.numpy(), worn.vertex_body.numpy()
    assert worn.num_faces == 6
    assert worn.most_faces == 2
    for body, person in enumerate(people):
        skin = poser.vertices(person.body)
        apart = np.linalg.norm(skin[None] - places[owner == body][:, None], axis=-1).min(1)
        assert apart.max() < 0.02


def test_hidden_skin_is_not_drawn_and_the_piece_belongs_to_its_wearer(kit, wear):
    renderer = Renderer(kit, SIZE, make_atlas(0, 2, []), "cpu", wear)
    person = standing(BodyPoser(kit), 0.0, 2.0)
    bib = int(np.flatnonzero(wear.names == "male_suit_bib")[0])
    plain = renderer.render([scene_of([person])], None)[0]
    dressed = renderer.render([scene_of([replace(person, wear=(bib,))])], None)[0]
    assert (dressed.owner == 0).sum() > 0.9 * (plain.owner == 0).sum()
    changed = (np.abs(dressed.linear - plain.linear).max(-1) > 0.01) & (plain.owner == 0)
    assert 50 < changed.sum() < 0.5 * (plain.owner == 0).sum()
    whole = replace(wear, hides=np.ones_like(wear.hides))
    renderer = Renderer(kit, SIZE, make_atlas(0, 2, []), "cpu", whole)
    alone = renderer.render([scene_of([replace(person, wear=(bib,))])], None)[0]
    assert 0 < (alone.owner == 0).sum() < 0.3 * (plain.owner == 0).sum()


def test_outfit_fits_the_person_and_takes_the_painted_clothes_off(wear):
    rng = np.random.default_rng(0)
    chosen = [wear.choose(rng, gender=0.0, years=40.0) for _ in range(300)]
    kinds = [set(wear.kind[list(pieces)].tolist()) for pieces in chosen]
    assert 0.3 < np.mean([SUIT in k for k in kinds]) < 0.7
    assert not any(HAT in k and HAIR in k for k in kinds)
    women = [wear.choose(rng, gender=1.0, years=40.0) for _ in range(50)]
    assert not any(SUIT in set(wear.kind[list(pieces)].tolist()) for pieces in women)
    assert not any(SUIT in set(wear.kind[list(wear.choose(rng, 0.0, 6.0))]) for _ in range(50))
    look = sample_look(rng, 0.0, 40.0, 8)
    outfit = next(p for p, k in zip(chosen, kinds, strict=True) if SUIT in k)
    suited = wear.undress(rng, look, outfit)
    assert suited[m.SLEEVE] < 0
    assert suited[m.SHIRT_LOOSE] == 0
    assert suited[m.SHIRT_HEM] > 1
    np.testing.assert_array_equal(suited[m.SHIRT : m.SHIRT + 3], look[m.SHIRT : m.SHIRT + 3])


def test_folder_without_pieces_is_named(tmp_path, kit):
    with pytest.raises(ValueError, match="mhclo"):
        load_wear(tmp_path, kit)
