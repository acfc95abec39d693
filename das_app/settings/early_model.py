"""Loading of the model while the window is still being imported and built."""

from typing import TYPE_CHECKING

from das_app.messaging.background import BackgroundTask
from das_app.settings.app_settings import AppSettings

if TYPE_CHECKING:
    from das_model.inference.runtime import PoseEstimator


class EarlyModel(BackgroundTask["PoseEstimator"]):
    """Loads the model of some settings in a thread of its own, its imports too.

    Args:
        settings: of the start.

    Attributes:
        model: the settings' part that tells which model it is.
    """

    def __init__(self, settings: AppSettings) -> None:
        self.model = settings.model

        def load() -> "PoseEstimator":
            from das_model.inference.runtime import open_estimator

            return open_estimator(settings.model.path(), settings.estimator_options())

        super().__init__(load, "das-early-model")
