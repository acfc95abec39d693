import pytest

from das_app.files.whole_file import whole_file, write_whole


def test_a_file_takes_the_place_of_the_former_one(tmp_path):
    path = tmp_path / "new" / "settings.toml"
    for text in ("a = 1\n", "größer = '跳舞'\n"):
        write_whole(path, text)
        assert path.read_bytes() == text.encode()
    assert list(path.parent.iterdir()) == [path]


def test_what_fails_leaves_the_former_file(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("precious")
    with pytest.raises(ZeroDivisionError), whole_file(path) as new:
        new.write_text("half")
        1 / 0  # noqa: B018
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_very_long_names(tmp_path):
    path = tmp_path / ("长" * 80 + ".json")
    write_whole(path, "x")
    assert path.read_text() == "x"


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_whole(tmp_path / "file" / "a.json", "x")
