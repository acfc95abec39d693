"""Actions of the window: one `QAction` for each command, shared by menus, buttons and keys.

They belong to the window itself, so that their keys work where menus and bars are hidden.
"""

from collections.abc import Sequence

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from das_app.gui.actions.command import Command
from das_app.gui.actions.commands import COMMANDS
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import named, plain

SECTION = "section"  # property of an action: its heading on the help sheet


class Actions:
    """The window's actions by name.

    Args:
        window: owns them; their keys work wherever the focus is in it.
        commands: what they do.
    """

    def __init__(self, window: QWidget, commands: Sequence[Command] = COMMANDS) -> None:
        self._actions = {command.name: _action(command, window) for command in commands}
        self._settings = {c.name: c.setting for c in commands if c.setting}

    def __getitem__(self, name: str) -> QAction:
        """The action `name`. Raises KeyError."""
        return self._actions[name]

    def switches(self) -> tuple[tuple[str, QAction], ...]:
        """Names of settings, and the actions that switch them."""
        return tuple((name, self[action]) for action, name in self._settings.items())

    def set_enabled(self, names: tuple[str, ...], is_enabled: bool) -> None:
        """Allow or forbid several."""
        for name in names:
            self[name].setEnabled(is_enabled)

    def forbid(self, names: tuple[str, ...], reason: str) -> None:
        """Forbid several and say why in their tooltips; an empty reason allows them."""
        self.set_enabled(names, not reason)
        self.explain(names, reason)

    def explain(self, names: tuple[str, ...], reason: str) -> None:
        """Add to their tooltips the reason why several are disabled; an empty one removes it."""
        for name in names:
            _set_tip(self[name], self[name].whatsThis())
            if reason:
                self[name].setToolTip(plain(f"{self[name].toolTip()}\n{reason}"))


def set_playing(action: QAction, is_playing: bool) -> None:
    """Make the play action say what it would do now."""
    text = tr("Pause") if is_playing else tr("Play")
    action.setText(text)
    action.setIcon(theme.icon("pause" if is_playing else "play"))
    _set_tip(action, text)


def set_recording(action: QAction, is_recording: bool) -> None:
    """Make the record action say what it would do now."""
    action.setChecked(is_recording)
    action.setText(tr("Stop recording") if is_recording else tr("Record"))
    action.setIcon(theme.icon("record-stop") if is_recording else theme.icon("record"))


def _action(command: Command, window: QWidget) -> QAction:
    action = named(QAction(tr(command.text), window), command.name)
    action.setProperty(SECTION, command.section)
    if command.button:
        action.setIconText(tr(command.button))
    action.setCheckable(command.is_checkable)
    action.setShortcuts([QKeySequence(keys) for keys in command.keys])
    if command.icon:
        action.setIcon(theme.icon(command.icon))
    _set_tip(action, tr(command.tip or command.text))
    window.addAction(action)
    return action


def _set_tip(action: QAction, words: str) -> None:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(plain(f"{words} ({keys})" if keys else words))
    action.setWhatsThis(words)
