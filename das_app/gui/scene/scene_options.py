"""What stands in the 3D view; apart from it, since the canvas is imported late."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SceneOptions:
    """Display options of the 3D view.

    Args:
        has_bodies: people as bodies; else as skeletons.
        has_labels: id and distance above each head.
        has_trails: where pelvis and wrists were in the last moments.
        has_shadows: where people touch the floor.
        has_frustum: the live picture on the camera's frustum.
    """

    has_bodies: bool = True
    has_labels: bool = True
    has_trails: bool = True
    has_shadows: bool = True
    has_frustum: bool = True
