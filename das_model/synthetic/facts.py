"""`PictureFacts`: facts of a rendered image, for the breakdown of validation."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False, slots=True)
class PictureFacts:
    """Camera of one picture and circumstances of its P labelled people.

    NaN and "" stand where nobody knows, as in sets rendered before facts were stored.

    Args:
        camera_height_m: of the lens above the floor.
        pitch_deg: of the camera, > 0 looks down.
        roll_deg: of the camera about its axis.
        pose_category: (P,) str, one of `pose_categories.CATEGORIES`.
        arrangement: (P,) str: "alone", or the group that somebody belongs to: "pair", "embrace",
            "row", "crowd".
        years: (P,) float32 age.
        visible_share: (P,) float32 share of the surface turned to the camera that is seen; what
            lies outside the picture counts as hidden.
    """

    camera_height_m: float
    pitch_deg: float
    roll_deg: float
    pose_category: np.ndarray
    arrangement: np.ndarray
    years: np.ndarray
    visible_share: np.ndarray

    @staticmethod
    def unknown(num_people: int) -> "PictureFacts":
        """Facts of a picture of `num_people` about which nothing was stored."""
        nothing = np.full(num_people, np.nan, np.float32)
        names = np.full(num_people, "", np.str_)
        return PictureFacts(np.nan, np.nan, np.nan, names, names, nothing, nothing)
