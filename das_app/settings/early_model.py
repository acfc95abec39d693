"""Loading of the model while the window is still being imported and built."""

from typing import TYPE_CHECKING

from das_app.messaging.background import BackgroundTask
from das_app.settings.app_settings import AppSettings

if TYPE_CHECKING:
    from das_model.inference.device.on_card import EngineListener
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
        self._engine: tuple[int, int] | None = None  # being built
        self._on_engine: EngineListener = lambda size: None

        def load() -> "PoseEstimator":
            from das_model.inference.runtime import open_estimator

            return open_estimator(
                settings.model.path(), settings.estimator_options(), on_engine=self._note_engine
            )

        super().__init__(load, "das-early-model")

    def tell_engines(self, on_engine: "EngineListener") -> None:
        """Who hears from now on of engines that are built, of one that is, too."""
        self._on_engine = on_engine
        if self._engine is not None:
            on_engine(self._engine)

    def _note_engine(self, size: tuple[int, int] | None) -> None:
        self._engine = size
        self._on_engine(size)
