import pytest
from PySide6.QtCore import Qt

from das_app.gui.model.people_panel import PeoplePanel


@pytest.fixture
def panel(qtbot, themed):
    panel = PeoplePanel()
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_settings_are_shown_without_a_word(panel, qtbot):
    with (
        qtbot.assertNotEmitted(panel.smoothing_toggled),
        qtbot.assertNotEmitted(panel.distance_changed),
        qtbot.assertNotEmitted(panel.limbs_changed),
        qtbot.assertNotEmitted(panel.bones_toggled),
    ):
        panel.set_options(True, 0.6, 0.4, True)
    assert panel.smoothing.isChecked()
    assert panel.bones.isChecked()
    assert panel.distance.value() == 12
    assert panel.limbs.value() == 8
    panel.set_options(False, 0.0, 1.0, False)
    assert not panel.smoothing.isChecked()
    assert not panel.bones.isChecked()
    assert panel.distance.value() == 0
    assert panel.limbs.value() == 20


def test_what_the_user_does_is_said(panel, qtbot):
    panel.set_options(True, 0.6, 0.4, False)
    with qtbot.waitSignal(panel.distance_changed) as changed:
        panel.distance.setValue(5)
    assert changed.args == [0.25]
    with qtbot.waitSignal(panel.limbs_changed) as changed:
        panel.limbs.setValue(20)
    assert changed.args == [1.0]
    for box, signal in (
        (panel.smoothing, panel.smoothing_toggled),
        (panel.bones, panel.bones_toggled),
    ):
        was = box.isChecked()
        with qtbot.waitSignal(signal) as toggled:
            qtbot.keyClick(box, Qt.Key.Key_Space)
        assert toggled.args == [not was]


def test_strengths_rest_while_nothing_is_smoothed(panel):
    panel.set_options(False, 0.6, 0.4, False)
    assert not panel.distance.isEnabled()
    assert not panel.limbs.isEnabled()
    panel.smoothing.click()
    assert panel.distance.isEnabled()
    assert panel.limbs.isEnabled()
