"""The window in another language: catalogues, numbers, and the German window itself."""

import re
import string
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QDoubleSpinBox

import translations
from das_app.gui.style import amounts
from das_app.gui.style.language import local, tr
from das_app.gui.style.person_names import JOINTS, joint_text
from das_app.settings.app_settings import Language
from das_app.words.said import counted, marked, said
from das_model import skeleton

CATALOGUES = sorted(translations.CATALOGUES.glob("*.ts"))
NUMBER = re.compile(r"%L?n")


def messages(catalogue):
    """Source text, forms of the translation, and the message itself."""
    for message in ET.parse(catalogue).getroot().iter("message"):
        translation = message.find("translation")
        forms = [form.text or "" for form in translation.iter("numerusform")]
        yield message.find("source").text, forms or [translation.text or ""], translation


def fields(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})


def needs_tool(name):
    if translations.tool(name) is None:
        pytest.skip(f"pyside6-{name} is not installed")


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_every_text_is_translated_with_the_same_fields(catalogue):
    told = list(messages(catalogue))
    assert told
    for source, forms, translation in told:
        assert translation.get("type") is None, source
        for form in forms:
            assert form.strip(), source
            assert fields(form) == fields(source), source
            assert NUMBER.findall(form) == NUMBER.findall(source), source
            assert form.count("\n") == source.count("\n"), source


def test_german_has_all_texts_and_english_those_with_numbers():
    sources = {path.stem: {source for source, *_ in messages(path)} for path in CATALOGUES}
    assert sources["das_app_en"] == {s for s in sources["das_app_de"] if NUMBER.search(s)}


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_the_compiled_catalogue_is_of_now(catalogue, tmp_path):
    needs_tool("lrelease")
    made = translations.compiled(catalogue, tmp_path / "new.qm")
    assert made.read_bytes() == catalogue.with_suffix(".qm").read_bytes()


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.stem)
def test_the_code_has_no_text_that_the_catalogue_lacks(catalogue, tmp_path):
    needs_tool("lupdate")
    copy = tmp_path / catalogue.name
    copy.write_bytes(catalogue.read_bytes())
    translations.update(copy)
    before, now = ({source for source, *_ in messages(path)} for path in (catalogue, copy))
    assert now == before


def test_texts_are_german(german):
    assert tr("Open file…") == "Datei öffnen …"
    assert tr("Opening {source} …", source="x.mp4") == "x.mp4 wird geöffnet …"
    assert tr("%Ln frame(s)", "", 1) == "1 Bild"
    assert tr("%Ln frame(s)", "", 12345) == "12.345 Bilder"
    assert tr("no such text") == "no such text"
    assert tr("") == ""
    assert joint_text("left_wrist") == "linkes Handgelenk"
    assert joint_text("hip_to_knee") == "Hüfte bis Knie"


def test_texts_of_other_rooms_are_translated_as_a_whole(german):
    reason = said("it does not answer for {time:g} s", time=2.5)
    assert reason == "it does not answer for 2.5 s"
    problem = said("{name} cannot be opened: {problem}", name="Kamera 0.1", problem=reason)
    assert problem == "Kamera 0.1 cannot be opened: it does not answer for 2.5 s"
    german_words = "Kamera 0.1 lässt sich nicht öffnen: sie antwortet seit 2,5 s nicht"
    assert tr(problem) == german_words
    assert tr(str(ValueError(problem))) == german_words
    assert tr("Not taken: {error}.", error=ValueError(problem)) == (
        f"Nicht übernommen: {german_words}."
    )
    assert tr(marked("no result")) == "kein Ergebnis"
    frames = [counted(number, "1 frame", "{number} frames") for number in (0, 1, 2000)]
    assert frames == ["0 frames", "1 frame", "2000 frames"]
    assert list(map(tr, frames)) == ["0 Bilder", "1 Bild", "2000 Bilder"]


def test_numbers_are_written_as_the_language_writes_them(german, qtbot):
    assert local("1,234.5 m") == "1.234,5 m"
    assert tr("{fps:.1f} frames/s", fps=np.float32(29.97)) == "30,0 Bilder/s"
    assert tr("Saved as {path}", path="v1.2/a.b.zip") == "Gesichert als v1.2/a.b.zip"
    assert amounts.size(4_100_000) == "4,1 MB"
    box = QDoubleSpinBox(decimals=2, maximum=100)
    qtbot.addWidget(box)
    box.setValue(1.75)
    assert box.text() == "1,75"
    box.selectAll()
    qtbot.keyClicks(box, "1.5")
    assert box.text() == "15"  # a dot is not taken, which one sees
    box.selectAll()
    qtbot.keyClicks(box, "2,5")
    assert box.value() == 2.5


def test_english_has_dots_and_plurals(qapp):
    assert tr("%Ln person(s) hidden", "", 1) == "1 person hidden"
    assert tr("%Ln person(s) hidden", "", 2) == "2 people hidden"
    assert local("1,234.5 m") == "1,234.5 m"
    assert amounts.size(4_100_000) == "4.1 MB"


def test_numbers_in_files_have_dots_in_any_language(german):
    assert f"{1.5:.1f}" == "1.5"
    assert str(said("{height_m:.2f} m", height_m=1.5)) == "1.50 m"


def test_every_joint_has_a_name():
    known = {name.replace(" ", "_") for name in JOINTS}
    skeletons = [s for s in vars(skeleton).values() if isinstance(s, skeleton.Skeleton)]
    assert skeletons
    assert {name for s in skeletons for name in s.joint_names} <= known


def test_the_systems_language_is_asked_for(qapp, monkeypatch):
    from das_app.gui.style import language

    for system, expected in (("de_AT", "German"), ("en_GB", "English"), ("fr_FR", "English")):
        monkeypatch.setattr(QLocale, "system", lambda system=system: QLocale(system))
        assert language._locale(Language.SYSTEM).language().name == expected
        assert language._locale(Language.GERMAN).language().name == "German"
    monkeypatch.setattr(QLocale, "system", lambda: QLocale("de_CH"))
    assert language._locale(Language.SYSTEM).name() == "de_CH"
    assert QCoreApplication.instance() is qapp
    assert sys.modules["translations"].ROOT == Path(translations.__file__).parents[1]
