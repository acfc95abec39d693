"""The lists of photos that are kept out of training."""

import pytest

from das_model.datasets.validation_lists import photos_with_somebody, validation_names


@pytest.mark.parametrize(
    ("kind", "count"), [("coco_real", 70), ("coco_no_person", 159), ("backgrounds", 259)]
)
def test_lists_hold_distinct_names_of_pictures(kind, count):
    names = validation_names(kind)
    assert len(names) == count
    assert all(name.endswith((".jpg", ".png")) and "\\" not in name for name in names)


def test_other_list_is_refused():
    with pytest.raises(ValueError, match="kind must be one of coco_real"):
        validation_names("coco_mini")


def test_photos_with_somebody_are_named_as_those_without():
    assert all(name.startswith(("images/", "backgrounds/")) for name in photos_with_somebody())
    assert photos_with_somebody() & validation_names("backgrounds")
