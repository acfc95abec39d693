"""The menu Help: about, the log's folder, and reports of problems."""

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from das_app.files.crash_log import take_former_crash
from das_app.files.user_folders import log_folder
from das_app.gui.actions.actions import Actions
from das_app.gui.help.report_dialog import CrashOffer, ReportDialog


class WindowHelp(QObject):
    """Opens what Help offers.

    Args:
        window: the dialogs stand over it.
        actions: the window's.
        crash_offer: shown after a crash.
    """

    def __init__(self, window: QWidget, actions: Actions, crash_offer: CrashOffer) -> None:
        super().__init__(window)
        self._window, self._crash_offer = window, crash_offer
        actions["about"].triggered.connect(self._show_about)
        actions["report"].triggered.connect(self._ask_report)
        actions["log-folder"].triggered.connect(self._show_log)
        crash_offer.asked.connect(self._ask_report)

    def offer_report(self) -> None:
        """Offer a report where the application crashed the last time."""
        if take_former_crash(log_folder()):
            self._crash_offer.show()

    def _show_about(self) -> None:
        from das_app.gui.help.about_dialog import AboutDialog

        dialog = AboutDialog(log_folder(), self._window)
        dialog.log_wanted.connect(self._show_log)
        dialog.report_wanted.connect(dialog.accept)
        dialog.report_wanted.connect(self._ask_report)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_report(self) -> None:
        dialog = ReportDialog(self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder())))
