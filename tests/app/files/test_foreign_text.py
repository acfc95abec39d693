import pytest

from das_app.files.foreign_text import printable
from das_app.files.small_file import read_small_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("line\nbreak\r\tand\x1b[31m red", "line break and [31m red"),
        ("exe\u202egpj.exe", "exe gpj.exe"),
        ("a\u2066b\u2069c\ufeff", "a b c"),
        ("\ud800half", "half"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("日本 ñ Ü", "日本 ñ Ü"),
    ],
)
def test_control_and_direction_characters_go(text, shown):
    assert printable(text) == shown


def test_long_texts_are_cut():
    assert printable("x" * 50, 10) == "x" * 9 + "…"
    assert printable("x" * 10, 10) == "x" * 10


def test_small_files_only(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("\ufeffabc", encoding="utf-8")
    assert read_small_text(path) == "abc"
    with pytest.raises(ValueError, match="4 bytes"):
        read_small_text(path, 4)
    with pytest.raises(OSError, match="regular"):
        read_small_text(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_small_text(tmp_path / "gone")
