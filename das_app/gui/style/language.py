"""The window's language: its texts are English in the code and translated where they are shown.

`assets/translations` holds a catalogue a language; `scripts/translations.py` keeps it up to date.
lupdate finds what stands in calls of `tr` and `marked`. Files, logs and the command line do not
go through here: they are English, with dots in numbers.
"""

from string import Formatter
from typing import Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from das_app.files.bundled import bundled_file
from das_app.settings.app_settings import Language
from das_app.words.said import Said

_LANGUAGES = {
    Language.ENGLISH: QLocale.Language.English,
    Language.GERMAN: QLocale.Language.German,
}


def speak(app: QCoreApplication, language: Language) -> None:
    """Have the windows that are made from now on speak a language, and write its numbers."""
    spoken = _locale(language)
    QLocale.setDefault(spoken)
    code = QLocale.languageToCode(spoken.language())
    of_qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (("qtbase", of_qt), ("das_app", str(bundled_file("translations")))):
        translator = QTranslator(app)
        if translator.load(f"{name}_{code}", folder):  # Qt ships none for English
            app.installTranslator(translator)


def tr(text: str, comment: str = "", number: int = -1, /, **fields: object) -> str:
    """A text in the window's language.

    Args:
        text: in English, with `%n` or `%Ln` for `number` and `{name:format}` for fields; or one
            that was `marked` or `said`.
        comment: tells translators which of the text's meanings is meant.
        number: that chooses between one and many.
        **fields: what the text names; numbers are written as the language writes them.
    """
    if not text:
        return ""  # its translation is the catalogue's head
    if isinstance(text, Said):
        return tr(text.template, comment, number, **text.fields)
    told = QCoreApplication.translate("", text, comment, number)
    return _FORMATTER.vformat(told, (), fields) if fields else told


def local(figures: str) -> str:
    """Figures as Python writes them, such as 1,234.5 m, as the window's language writes them."""
    locale = QLocale()
    return figures.translate(str.maketrans(".,", locale.decimalPoint() + locale.groupSeparator()))


class _LocalFormatter(Formatter):
    """Fields as `str.format` knows them, with numbers in the window's language."""

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401
        if isinstance(value, Said | Exception):
            return tr(str(value))
        written: str = super().format_field(value, format_spec)
        return local(written) if isinstance(value, (int, float, np.number)) else written


_FORMATTER = _LocalFormatter()


def _locale(language: Language) -> QLocale:
    """The system's where it speaks the language, for its numbers; else the language's own."""
    system = QLocale.system()
    wanted = _LANGUAGES.get(language, system.language())
    if wanted not in _LANGUAGES.values():
        wanted = QLocale.Language.English
    return system if system.language() is wanted else QLocale(wanted)
