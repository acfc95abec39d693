"""Reading of maps between their places, for convolutions and updates whose steps are learned."""

import torch
from torch import Tensor
from torch.nn import functional


def sampled(maps: Tensor, steps: Tensor) -> Tensor:
    """Read maps where steps lead from every location, bilinearly, as 0 outside of them.

    Args:
        maps: (B, C, h, w).
        steps: (B, M, 2, h, w) x and y, places of the map.

    Returns:
        (B, C, M, h, w).
    """
    h, w = maps.shape[-2:]
    num_steps = steps.shape[1]
    # bfloat16 maps have float32 steps: places beyond 128 need more than eight bits
    ys = torch.arange(h, device=maps.device, dtype=steps.dtype) + 0.5
    xs = torch.arange(w, device=maps.device, dtype=steps.dtype) + 0.5
    x = (steps[:, :, 0] + xs) * (2 / w) - 1  # (B, M, h, w)
    y = (steps[:, :, 1] + ys[:, None]) * (2 / h) - 1
    grid = torch.stack([x, y], dim=-1).reshape(len(maps), num_steps * h, w, 2)
    values = functional.grid_sample(maps, grid, "bilinear", "zeros", align_corners=False)
    return values.view(*maps.shape[:2], num_steps, h, w)
