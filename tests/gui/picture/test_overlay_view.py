import sys
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from window_fakes import FREE_BONE, GREY, grey_frame, people_at

from das_app.gui.picture import overlay_layer
from das_app.gui.picture.letterbox import MAX_ZOOM
from das_app.gui.picture.overlay_layer import OverlayOptions
from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.picture.picture_marks import free_place, label_texts
from das_app.gui.picture.skeleton_painter import limb_widths
from das_app.gui.style import theme
from das_model.inference.centre_map import CentreMap
from das_model.people import People

ROOM = 40.0  # summed over RGB: screens of 16 bits round colours
SLOTS = np.array([0, 1])


@pytest.fixture
def view(qtbot, themed):
    view = OverlayView()
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.set_options(OverlayOptions(has_labels=False))
    view.show()
    return view


def hover(view, point):
    """Move the mouse there, whatever the real pointer does."""
    at = QPointF(*np.asarray(point, float))
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        view.mapToGlobal(at),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def colour_at(view, point):
    return QColor(view.grab().toImage().pixelColor(QPoint(*np.round(point).astype(int))))


def difference(first, second):
    return sum(abs(a - b) for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True))


def midpoint_in_view(view, people, frame, person, bone):
    joints = view.letterbox.to_view(people.joints_px(frame.camera))[person]
    return joints[list(people.skeleton.bones[bone])].mean(axis=0)


def test_limbs_are_painted_where_the_joints_project_in_their_persons_colour(view):
    frame, people = grey_frame(), people_at((-1000, -100, 4000), (600, -100, 3500))
    view.show_people(frame, people, SLOTS)
    for person in (0, 1):
        spot = midpoint_in_view(view, people, frame, person, FREE_BONE)
        assert difference(colour_at(view, spot), theme.person_colour(person)) < ROOM
    untouched = view.letterbox.to_view(np.array([5.0, 170.0]))
    assert difference(colour_at(view, untouched), QColor(GREY, GREY, GREY)) < ROOM


def test_unsure_limbs_let_the_picture_through(view):
    frame, sure = grey_frame(), people_at((0, -100, 3500))
    unsure = people_at((0, -100, 3500), joint_score=0.0)
    distances = []
    for people in (sure, unsure):
        view.show_people(frame, people, SLOTS[:1])
        spot = midpoint_in_view(view, people, frame, 0, FREE_BONE)
        distances.append(difference(colour_at(view, spot), QColor(GREY, GREY, GREY)))
    assert 0 < distances[1] < 0.6 * distances[0]


def test_the_bars_beside_the_picture_stay_free(view):
    people = people_at((0, 1500, 2000))  # below the lower edge
    view.show_people(grey_frame(), people, SLOTS[:1])
    image = view.grab().toImage()
    below = int(view.letterbox.top + view.letterbox.size[1]) + 4
    colours = {image.pixelColor(x, y).name() for x in range(0, 640, 3) for y in (below, 470)}
    assert len(colours) == 1


def test_people_behind_the_lens_are_left_out(view):
    people = people_at((0, 0, -500), (0, -100, 3500))
    view.show_people(grey_frame(), people, SLOTS)
    spot = midpoint_in_view(view, people, grey_frame(), 1, FREE_BONE)
    assert difference(colour_at(view, spot), theme.person_colour(1)) < ROOM


def test_hover_tells_the_joints_name_score_and_place(view, qtbot):
    frame, people = grey_frame(), people_at((-1000, -100, 4000), (600, -100, 3500), score=0.8)
    view.show_people(frame, people, SLOTS)
    joint = people.skeleton.index("left_elbow")
    spot = view.letterbox.to_view(people.joints_px(frame.camera))[1, joint]
    hover(view, spot)
    x, y, z = people.joints_cam[1, joint]
    assert view.hover_lines() == [
        "left elbow",
        "joint 100 % · person 79 %",
        f"x {x:.0f}  y {y:.0f}  z {z:.0f} mm",
    ]
    before = view.grab().toImage()
    hover(view, (2, 2))
    assert view.hover_lines() == []
    assert view.grab().toImage() != before  # the card is gone


def test_hover_follows_the_people_under_a_still_mouse(view):
    frame, people = grey_frame(), people_at((0, -100, 3500))
    view.show_people(frame, people, SLOTS[:1])
    spot = view.letterbox.to_view(people.joints_px(frame.camera))[0, 0]
    hover(view, spot)
    assert view.hover_lines()[0] == "pelvis"
    view.show_people(frame, people_at((1500, -100, 3500)), SLOTS[:1])
    assert view.hover_lines() == []


def test_nobody_and_nothing(view):
    view.show_people(grey_frame(), People.empty(), np.zeros(0, np.int64))
    hover(view, (320, 240))
    assert view.hover_lines() == []
    middle = np.array([320, 240])
    assert difference(colour_at(view, middle), QColor(GREY, GREY, GREY)) < ROOM
    view.clear()
    assert difference(colour_at(view, middle), QColor(theme.stage().ground)) < ROOM


def test_a_read_only_strided_picture_is_shown(view):
    frame = grey_frame()
    assert not frame.image.flags.writeable
    image = np.zeros((180, 640, 3), np.uint8)
    image[:, ::2] = (250, 0, 0)
    strided = type(frame)(0, 0.0, image[:, ::2], frame.camera)
    view.show_people(strided, People.empty(), np.zeros(0, np.int64))
    assert difference(colour_at(view, np.array([320, 240])), QColor(250, 0, 0)) < ROOM


def test_the_picture_is_painted_in_device_pixels(view, monkeypatch):
    monkeypatch.setattr(OverlayView, "devicePixelRatioF", lambda self: 1.5)
    frame, people = grey_frame(), people_at((0, -100, 3500))
    view.show_people(frame, people, SLOTS[:1])
    layer = view.current_layer()
    assert (layer.width(), layer.height()) == (960, 720)
    assert layer.devicePixelRatio() == 1.5
    spot = midpoint_in_view(view, people, frame, 0, FREE_BONE) * 1.5
    colour = layer.pixelColor(*np.round(spot).astype(int).tolist())
    assert difference(colour, theme.person_colour(0)) < ROOM


def test_limbs_are_thicker_on_near_people_within_limits():
    widths = limb_widths(np.array([[[0.0, 0.0], [0.0, h]] for h in (10, 200, 300, 5000)])).tolist()
    assert widths == sorted(widths)
    assert len(set(widths)) == 4
    assert widths[-1] <= 9


def test_repainting_loses_no_references(view, qtbot):
    """PySide6 6.12 lost one to True at every painted frame and died within a minute."""
    frame, people = grey_frame(), people_at((0, -100, 3500), (500, -100, 4000))
    view.show_people(frame, people, SLOTS)
    spot = view.letterbox.to_view(people.joints_px(frame.camera))[0, 0]
    hover(view, spot)
    watched = (True, False, None, Qt.PenStyle.SolidLine)
    view.grab()
    before = [sys.getrefcount(value) for value in watched]
    for _ in range(200):
        view.show_people(frame, people, SLOTS)
        view.grab()
    lost = np.subtract(before, [sys.getrefcount(value) for value in watched])
    assert lost.max() < 100


def wheel(view, point, notches):
    at = QPointF(*np.asarray(point, float))
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def press(view, kind, point, button=Qt.MouseButton.LeftButton):
    at = QPointF(*np.asarray(point, float))
    is_up = kind is QEvent.Type.MouseButtonRelease
    is_move = kind is QEvent.Type.MouseMove
    event = QMouseEvent(
        kind,
        at,
        view.mapToGlobal(at),
        Qt.MouseButton.NoButton if is_move else button,
        Qt.MouseButton.NoButton if is_up else button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def test_the_wheel_zooms_at_the_mouse_and_a_double_click_shows_all(view):
    frame, people = grey_frame(), people_at((0, -100, 3500))
    view.show_people(frame, people, SLOTS[:1])
    whole, spot = view.letterbox, np.array([200.0, 260.0])
    pixel = whole.to_image(spot)
    wheel(view, spot, 5)
    assert view.zoom > 2
    assert view.letterbox.to_view(pixel) == pytest.approx(spot)
    view.show_people(frame, people, SLOTS[:1])
    assert view.zoom > 2  # it stays with the next results
    limb = midpoint_in_view(view, people, frame, 0, FREE_BONE)
    sizes = view.frame.camera.size, (view.width(), view.height())
    view._zoom = view._zoom.panned(tuple(np.array([320, 240]) - limb), *sizes)
    limb = midpoint_in_view(view, people, frame, 0, FREE_BONE)
    assert difference(colour_at(view, limb), theme.person_colour(0)) < ROOM
    press(view, QEvent.Type.MouseButtonDblClick, spot)
    assert view.letterbox == whole
    for _ in range(40):
        wheel(view, spot, 5)
    assert view.zoom == MAX_ZOOM


def test_a_drag_moves_the_picture_and_chooses_nobody(view, qtbot):
    view.show_people(grey_frame(), people_at((0, -100, 3500)), SLOTS[:1])
    wheel(view, (320, 240), 6)
    before = view.letterbox
    with qtbot.assertNotEmitted(view.person_chosen):
        press(view, QEvent.Type.MouseButtonPress, (300, 200))
        press(view, QEvent.Type.MouseMove, (320, 190))
        press(view, QEvent.Type.MouseMove, (330, 185))
        press(view, QEvent.Type.MouseButtonRelease, (330, 185))
    moved = view.letterbox
    assert (moved.left - before.left, moved.top - before.top) == pytest.approx((30, -15))


def test_a_click_chooses_the_person_under_it(view, qtbot):
    frame, people = grey_frame(), people_at((-1000, -100, 4000), (600, -100, 3500))
    view.show_people(frame, people, np.array([4, 9]))
    spot = view.letterbox.to_view(people.joints_px(frame.camera))[1, 0]
    with qtbot.waitSignal(view.person_chosen) as chosen, qtbot.waitSignal(view.place_clicked):
        press(view, QEvent.Type.MouseButtonPress, spot)
        press(view, QEvent.Type.MouseButtonRelease, spot)
    assert chosen.args == [9]
    with qtbot.assertNotEmitted(view.person_chosen), qtbot.waitSignal(view.place_clicked) as at:
        press(view, QEvent.Type.MouseButtonPress, (5, 240))
        press(view, QEvent.Type.MouseButtonRelease, (5, 240))
    assert at.args == pytest.approx(view.letterbox.to_image((5, 240)).tolist())


def test_hidden_people_are_not_drawn_nor_found(view):
    frame, people = grey_frame(), people_at((-1000, -100, 4000), (600, -100, 3500))
    view.set_hidden(frozenset({1}))
    view.show_people(frame, people, SLOTS)
    spot = midpoint_in_view(view, people, frame, 1, FREE_BONE)
    assert difference(colour_at(view, spot), QColor(GREY, GREY, GREY)) < ROOM
    hover(view, view.letterbox.to_view(people.joints_px(frame.camera))[1, 0])
    assert view.hover_lines() == []


@pytest.mark.parametrize("name", ["has_labels", "has_trails", "has_offsets", "has_heat_map"])
def test_every_mark_can_be_switched_on_and_off(view, name):
    plain, marked = OverlayOptions(has_labels=False), OverlayOptions(has_labels=False)
    marked = type(marked)(**{"has_labels": False, name: True})
    heat = CentreMap(np.full((9, 16), 0.5, np.float32), (-0.5, -0.5), (320.0, 180.0))
    view.set_options(marked)
    for step in range(3):
        frame = grey_frame(index=step)
        people = people_at((150 * step, -100, 3500), track_ids=[3])
        view.show_people(frame, people, SLOTS[:1], heat)
    with_mark = view.current_layer()
    view.set_options(plain)
    assert view.current_layer() != with_mark


def test_labels_tell_id_confidence_and_distance():
    people = people_at((0, 0, 3000), (0, 0, 4000), score=0.5, track_ids=[7, -1])
    assert label_texts(people) == [("#7", "50 % · 3.0 m"), ("", "49 % · 4.0 m")]


def test_labels_stay_inside_and_off_each_other():
    bounds, taken = QRectF(0, 0, 300, 200), []
    for _ in range(6):
        place = free_place((280, -10, 80, 20), bounds, taken)
        assert bounds.contains(QRectF(*place))
        assert not any(QRectF(*place).intersects(QRectF(*other)) for other in taken)
        taken.append(place)


def test_a_picture_of_another_size_is_shown_whole(view):
    view.show_people(grey_frame(), people_at(), SLOTS[:0])
    wheel(view, (320, 240), 4)
    view.show_people(grey_frame((200, 200)), people_at(), SLOTS[:0])
    assert view.zoom == 1


def test_a_mirrored_picture_carries_people_clicks_and_heat_with_it(view, qtbot):
    frame, people = grey_frame(), people_at((-1000, -100, 4000))
    image = frame.image.copy()
    image[:, :160] = (0, 0, 200)
    frame = replace(frame, image=image)
    values = np.zeros((18, 32), np.float32)
    values[8:10, 2:4] = 1.0
    heat = CentreMap(values, (0.0, 0.0), frame.camera.size)
    view.set_options(OverlayOptions(has_labels=False, has_heat_map=True))
    spots = {}
    for is_mirrored in (False, True):
        view.set_mirrored(is_mirrored)
        view.show_people(frame, people, SLOTS[:1], heat)
        spots[is_mirrored] = midpoint_in_view(view, people, frame, 0, FREE_BONE)
        blue, hot = np.array([150.0, 5.0]), np.array([30.0, 90.0])
        places = view.letterbox.to_view(np.array([blue, hot]))
        assert difference(colour_at(view, spots[is_mirrored]), theme.person_colour(0)) < ROOM
        assert difference(colour_at(view, places[0]), QColor(0, 0, 200)) < ROOM
        assert colour_at(view, places[1]).red() > 150
        with qtbot.waitSignal(view.place_clicked) as clicked:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(*places[1].astype(int)))
        assert clicked.args == pytest.approx(hot, abs=1)
    assert spots[False][0] + spots[True][0] == pytest.approx(view.width())
    assert spots[False][1] == pytest.approx(spots[True][1])


def test_texts_are_not_mirrored_and_a_copy_for_others_is_not(view, monkeypatch):
    drawn = []
    paint = overlay_layer.paint_labels
    monkeypatch.setattr(
        overlay_layer,
        "paint_labels",
        lambda painter, *rest: (drawn.append(painter.transform()), paint(painter, *rest)),
    )
    view.set_options(OverlayOptions(has_labels=True))
    view.show_people(grey_frame(), people_at((500, -100, 3500)), SLOTS[:1])
    plain = view.picture((640, 480))
    view.set_mirrored(True)
    assert view.current_layer() != plain
    assert view.picture((640, 480)) == plain
    assert all(transform.m11() > 0 for transform in drawn)
