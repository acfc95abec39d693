from html import unescape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment

from das_app.gui.style.notices import FaultBanner
from das_app.gui.style.texts import Label, plain

HOSTILE = [
    "<h1>BIG<b>x<img src='file:..etc'><a href='http:evil'>link",
    '<img src="//host/share/x">',
    "a <b>bold</b> name.mp4",
    "<!DOCTYPE html>x",
    "&lt;b&gt;",
    "1 < 2 and 3 > 2",
    "plain",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_labels_show_their_text_as_it_is_written(qtbot, text):
    label = Label(text)
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == text


@pytest.mark.parametrize("text", HOSTILE)
def test_tips_show_their_text_as_it_is_written(text):
    shown = plain(text)
    if shown.startswith("<qt>"):
        assert QTextDocumentFragment.fromHtml(shown).toPlainText() == text
        assert "<img" not in shown
        assert "<a" not in shown
        assert text in unescape(shown)
    else:
        assert shown == text
        assert not set(shown) & set("<&")  # what Qt looks for


def test_lines_of_a_tip_stay_lines():
    shown = plain("<b>one</b>\ntwo")
    assert QTextDocumentFragment.fromHtml(shown).toPlainText() == "<b>one</b>\ntwo"


@pytest.mark.parametrize("text", HOSTILE)
def test_the_banner_shows_file_names_as_they_are(qtbot, text):
    banner = FaultBanner()
    qtbot.addWidget(banner)
    banner.show_fault(text)
    labels = [x for x in banner.findChildren(Label) if text.lower() in x.text().lower()]
    assert labels
    assert all(x.textFormat() is Qt.TextFormat.PlainText for x in labels)
