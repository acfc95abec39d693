"""Control bar: action buttons, minimum score and the lens.

No state.
"""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSlider,
    QToolButton,
    QWidget,
)

from das_app.gui.actions.actions import Actions
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.pane_frame import HintLine
from das_app.gui.style.texts import Label, described, named, plain
from das_model.inference.estimate import MIN_CANDIDATE_SCORE

_WITH_TEXT = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly
_NAMED = ("camera", "file", "folder", "demo", "record")  # whose icons tell enough
_MIN_WIDTH_PX = 640


class ControlBar(QWidget):
    """Opening, playing, confidence, and the lens in words, whose button shows its panel; without
    words as long as no lens is in use.

    Attributes:
        min_score_changed: least score of people shown, 0 to 1.
    """

    min_score_changed = Signal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.SPACE_PX)
        self.buttons = {
            name: self._add_button(actions, name) for name in ("camera", "file", "folder", "demo")
        }
        self._add_rule()
        for name in ("play", "stop"):
            self.buttons[name] = self._add_button(actions, name, has_text=False)
        self._add_rule()
        self.buttons["record"] = self._add_button(actions, "record")
        self.buttons["record-video"] = self._add_button(actions, "record-video", has_text=False)
        self.hidden = HintLine("")
        self.hidden.setAlignment(theme.ALIGN_RIGHT)
        self._row.addWidget(self.hidden, 1)
        self._add_threshold()
        self._add_rule()
        self.lens = self._add_button(actions, "lens", has_text=False)
        self._has_lens = False

    def set_min_score(self, threshold: float) -> None:
        """Show the least score."""
        with QSignalBlocker(self.threshold):
            self.threshold.setValue(round(threshold * 100))
        self._threshold_text.setText(f"{100 * threshold:.0f} %")

    def set_num_hidden(self, number: int) -> None:
        """Show the number of people below the minimum score."""
        text = tr("%Ln person(s) hidden", "", number) if number else ""
        self.hidden.setText(text)
        self.hidden.setToolTip(
            plain(tr("{people}: the model is less sure of them", people=text) if text else "")
        )

    def set_lens(self, text: str) -> None:
        """Show the lens in use and where it is known from; an empty text for none."""
        self._has_lens = bool(text)
        self.lens.defaultAction().setIconText(text)  # the menu keeps its own words
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Qt: room for the icons; the words go where it is narrow."""
        return QSize(_MIN_WIDTH_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: words beside the icons only where there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        named = [self.buttons[name] for name in _NAMED]
        lens = [self.lens] if self._has_lens else []
        for button in (*named, *lens):
            button.setToolButtonStyle(_WITH_TEXT)
        if not lens:
            self.lens.setToolButtonStyle(_ICON_ONLY)
        for group in (named, lens):
            if self._row.minimumSize().width() <= self.width():
                return
            for button in group:
                button.setToolButtonStyle(_ICON_ONLY)

    def _add_threshold(self) -> None:
        tip = tr("How sure the model must be that somebody is there to show them")
        self._row.addWidget(Label(tr("Confidence"), objectName="muted", toolTip=tip))
        self.threshold = described(QSlider(Qt.Orientation.Horizontal), tip)
        self.threshold.setAccessibleName(tr("Confidence"))
        self.threshold.setRange(round(100 * MIN_CANDIDATE_SCORE), 95)
        self.threshold.setFixedWidth(12 * theme.SPACE_PX)
        self.threshold.valueChanged.connect(self._on_threshold)
        self._threshold_text = Label()
        self._threshold_text.setFixedWidth(self.fontMetrics().horizontalAdvance("000 %"))
        for widget in (self.threshold, self._threshold_text):
            self._row.addWidget(widget)

    def _add_rule(self) -> None:
        rule = named(QFrame(), "rule")
        rule.setFixedSize(1, 3 * theme.SPACE_PX)
        self._row.addWidget(rule)

    def _add_button(self, actions: Actions, name: str, has_text: bool = True) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(actions[name])
        if has_text:
            button.setToolButtonStyle(_WITH_TEXT)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row.addWidget(button)
        return button

    def _on_threshold(self, percent: int) -> None:
        self._threshold_text.setText(f"{percent} %")
        self.min_score_changed.emit(percent / 100)
