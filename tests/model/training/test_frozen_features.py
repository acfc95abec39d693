"""ONNX Runtime computes the features of a frozen backbone as torch does."""

import torch

from das_model.network.backbones.movenet import MoveNetBackbone
from das_model.skeleton import BODY_22
from das_model.training.frozen_features import FrozenFeatures


def test_features_are_those_of_torch_at_any_size_and_number_of_images():
    torch.manual_seed(0)
    backbone = MoveNetBackbone(BODY_22.joint_names).eval()
    frozen = FrozenFeatures(backbone)
    for shape in ((2, 3, 64, 96), (3, 3, 96, 64)):
        image = torch.rand(shape) * 2 - 1
        with torch.no_grad():
            wanted = backbone.features(image)
        features = frozen(image)
        assert len(features) == len(wanted) == 4
        for ours, theirs in zip(features, wanted, strict=True):
            assert not ours.requires_grad
            assert theirs.abs().max() > 0
            torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-3)
