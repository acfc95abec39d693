"""MATLAB files of predictions for the MuPoTS-3D toolbox.

`preds_2d_kpt_mupots.mat` and `preds_3d_kpt_mupots.mat` hold a variable a frame, say
TS1_img_000000: (P, 17, 2) px and (P, 17, 3) mm, joints in the order of the data set.
"""

from pathlib import Path

import numpy as np
from scipy.io import savemat

from das_model.evaluation.predictions import Prediction, people_in, require_joints
from das_model.skeleton import MUPOTS_17

FILE_2D, FILE_3D = "preds_2d_kpt_mupots.mat", "preds_3d_kpt_mupots.mat"


def write_mat_files(folder: Path, predictions: dict[str, Prediction]) -> None:
    """Write both files.

    Args:
        folder: that they go to; made if it is not there.
        predictions: of every frame by the name of its file, which ends in TS1/img_000000.jpg.

    Raises:
        ValueError: if the predictions lack one of the 17 joints.
    """
    points_2d, points_3d = {}, {}
    for name, prediction in predictions.items():
        require_joints(prediction.people.skeleton, MUPOTS_17.joint_names, "the MATLAB toolbox")
        *_, sequence, file_name = name.split("/")
        variable = f"{sequence}_{Path(file_name).stem}"
        order = MUPOTS_17.indices_in(prediction.people.skeleton)
        # to the toolbox (0, 0) is a joint that was not found
        points_2d[variable] = np.nan_to_num(prediction.joints_px[:, order], nan=0.0)
        points_3d[variable] = people_in(prediction.people, MUPOTS_17).joints_cam.astype(float)
    folder.mkdir(parents=True, exist_ok=True)
    savemat(folder / FILE_2D, points_2d, do_compression=True)
    savemat(folder / FILE_3D, points_3d, do_compression=True)
