"""The result on the screen: polled, filtered by the minimum score, with colour slots."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from das_app.gui.control.controller import Controller
from das_app.gui.style.person_slots import assign_slots
from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.faces import FaceHider, FaceHiding
from das_model.camera import Camera
from das_model.people import People

_PLAIN_GREY = 32  # of a picture that is not shown


class ShownResult(QObject):
    """Holds the newest result of the pipeline, and who of it is shown at the confidence of now.

    Args:
        control: whose pipeline is polled.

    Attributes:
        result: the one on the screen; None for none.
        frame: of it, as it may be seen: without faces or plain where the user wants that.
        drawn: the result, or who of it is shown, is to be drawn anew.
        taken: another result is on the screen.
        forgotten: there is none any more.
        size_changed: pictures have another size, or there are none any more.
    """

    drawn = Signal()
    taken = Signal()
    forgotten = Signal()
    size_changed = Signal()

    def __init__(self, control: Controller) -> None:
        super().__init__(control)
        self._control = control
        self.result: PoseResult | None = None
        self.frame: Frame | None = None
        self._privacy = self._wanted_privacy()
        self._hide_faces = FaceHider(self._privacy[0])
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self._people = People.empty()
        self._threshold = control.settings.people.min_score
        control.ended.connect(self.forget)
        control.settings_changed.connect(self._on_settings)

    @property
    def camera(self) -> Camera | None:
        """Of the picture shown; None for none."""
        return None if self.result is None else self.result.frame.camera

    @property
    def slots(self) -> np.ndarray:
        """(P,) slots of everybody shown."""
        return self._slots

    @property
    def num_hidden(self) -> int:
        """People of the frame who are not sure enough to be shown."""
        if self.result is None:
            return 0
        return self.result.num_unsure + len(self.result.people) - len(self._people)

    @property
    def people(self) -> People:
        """Everybody shown."""
        return self._people

    def take(self) -> None:
        """Show the newest result, if there is one."""
        pipeline = self._control.pipeline
        result = pipeline.results.take(0) if pipeline is not None else None
        if result is None:
            return
        former = self.camera
        self.result, self.frame = result, self._as_may_be_seen(result)
        self.show_again()
        self.taken.emit()
        if former is None or former.size != result.frame.camera.size:
            self.size_changed.emit()

    def show_again(self) -> None:
        """Draw the present result anew."""
        if self.result is None:
            return
        # a session's people, and those of a held frame, may be less sure than what is shown now
        people = self.result.people.at_least(self._threshold)
        self._people = people
        self._slots = assign_slots(people, self._roots_cam, self._slots)
        self._roots_cam = people.root_cam
        self.drawn.emit()

    def forget(self) -> None:
        """Show nothing."""
        self.result, self.frame, self._people = None, None, People.empty()
        self._slots, self._roots_cam = np.zeros(0, np.int64), np.zeros((0, 3))
        self.forgotten.emit()
        self.size_changed.emit()

    def _wanted_privacy(self) -> tuple[FaceHiding, bool]:
        view = self._control.settings.view
        return view.faces, view.has_picture

    def _as_may_be_seen(self, result: PoseResult) -> Frame:
        frame = result.frame
        if not self._privacy[1]:
            image = np.full_like(frame.image, _PLAIN_GREY)
            image.flags.writeable = False
        else:
            image = self._hide_faces(frame.image, result.everybody, frame.camera, frame.time_s)
        return frame if image is frame.image else replace(frame, image=image)

    def _on_settings(self) -> None:
        privacy = self._wanted_privacy()
        if privacy != self._privacy:
            self._privacy, self._hide_faces = privacy, FaceHider(privacy[0])
            if self.result is not None:
                self.frame = self._as_may_be_seen(self.result)
                self.show_again()
        threshold = self._control.settings.people.min_score
        if threshold != self._threshold:
            self._threshold = threshold
            self.show_again()
