import pytest

from das_app.files import bundled
from das_app.files.bundled import bundled_file, file_sha256


@pytest.mark.parametrize("where", ["installed", "checkout"])
def test_bundled_files_of_an_installation_and_of_a_checkout(tmp_path, monkeypatch, where):
    package = tmp_path / "das_app"
    root = package if where == "installed" else tmp_path
    (root / "assets" / "clips").mkdir(parents=True)
    package.mkdir(exist_ok=True)
    (root / "assets" / "clips" / "x.mp4").touch()
    monkeypatch.setattr(bundled, "__file__", str(package / "files" / "bundled.py"))
    assert bundled_file("clips", "x.mp4") == root / "assets" / "clips" / "x.mp4"
    with pytest.raises(FileNotFoundError, match=r"clips/y.mp4"):
        bundled_file("clips", "y.mp4")


def test_sha256(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert file_sha256(path).startswith("ba7816bf8f01cfea")
