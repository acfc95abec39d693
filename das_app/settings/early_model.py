"""Loading of the model while the window is still being imported and built."""

from das_app.messaging.background import BackgroundTask
from das_app.settings.app_settings import AppSettings
from das_model.inference.estimate import Estimator


class EarlyModel(BackgroundTask[Estimator]):
    """Loads the model of some settings in a thread of its own, its imports too.

    Args:
        settings: of the start.

    Attributes:
        model: the settings' part that tells which model it is.
    """

    def __init__(self, settings: AppSettings) -> None:
        self.model = settings.model

        def load() -> Estimator:
            from das_model.inference.runtime import open_estimator

            return open_estimator(settings.model.path(), settings.estimator_options())

        super().__init__(load, "das-early-model")
