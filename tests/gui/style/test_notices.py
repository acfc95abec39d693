"""Words for the user are shown as they are meant, without marks of HTML."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from das_app.gui.style.notices import WelcomeBar


@pytest.fixture
def bar(qtbot):
    bar = WelcomeBar()
    qtbot.addWidget(bar)
    return bar


def test_a_newcomer_reads_three_hints_without_marks(bar):
    labels = bar.findChildren(QLabel)
    assert [label.text()[:2] for label in labels] == ["1.", "2.", "3."]
    for label in labels:
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert not set(label.text()) & set("<>&;")


def test_got_it_puts_the_hints_away(bar, qtbot):
    with qtbot.waitSignal(bar.dismissed):
        bar.seen.click()
