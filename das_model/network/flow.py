"""Coupling flow: the learned density of regression residuals (RLE; DAS paper 3.3, eq. 8 and 10).

Only the losses use it, so the exported graph leaves it out. A RealNVP of six affine coupling
layers turns a residual x into a base variable z ~ N(0, I). Flows diverge in half precision:
everything here runs in float32 (or float64, if weights and input have it) under autocast too.
"""

import math

import torch
from torch import Tensor, nn

NUM_LAYERS = 6
HIDDEN_CHANNELS = 64
_MASK_PAIRS = {2: ((0, 1), (1, 0)), 3: ((0, 0, 1), (1, 1, 0))}  # 1: passed on unchanged


class CouplingFlow(nn.Module):
    """Invertible map between residuals and a standard normal, with a tractable density.

    Args:
        num_dims: D, 2 for (x, y) or 3 for (x, y, depth).

    Raises:
        ValueError: if num_dims is neither 2 nor 3.
    """

    masks: Tensor  # (layers, D)

    def __init__(self, num_dims: int) -> None:
        super().__init__()
        if num_dims not in _MASK_PAIRS:
            raise ValueError(f"CouplingFlow.num_dims must be 2 or 3, got {num_dims}")
        self.num_dims = num_dims
        masks = torch.tensor(_MASK_PAIRS[num_dims], dtype=torch.float32)
        self.register_buffer("masks", masks.repeat(NUM_LAYERS // 2, 1))
        self.scale_nets = nn.ModuleList(
            nn.Sequential(_mlp(num_dims), nn.Tanh()) for _ in range(NUM_LAYERS)
        )
        self.shift_nets = nn.ModuleList(_mlp(num_dims) for _ in range(NUM_LAYERS))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Residuals to base variables.

        Args:
            x: (N, D) residuals in units of sigma.

        Returns:
            (N, D) base variables z, and (N,) log |det dz/dx|.

        Raises:
            ValueError: if x is not (N, D).
        """
        z = self._checked(x)
        log_det = z.new_zeros(len(z))
        with torch.autocast(z.device.type, enabled=False):
            for layer in reversed(range(NUM_LAYERS)):
                log_scale, shift = self._coupling(layer, z)
                z = (z - shift) * torch.exp(-log_scale)
                log_det = log_det - log_scale.sum(dim=1)
        return z, log_det

    def inverse(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Base variables to residuals; undoes `forward`.

        Args:
            z: (N, D) base variables.

        Returns:
            (N, D) residuals x, and (N,) log |det dx/dz|.

        Raises:
            ValueError: if z is not (N, D).
        """
        x = self._checked(z)
        log_det = x.new_zeros(len(x))
        with torch.autocast(x.device.type, enabled=False):
            for layer in range(NUM_LAYERS):
                log_scale, shift = self._coupling(layer, x)
                x = x * torch.exp(log_scale) + shift
                log_det = log_det + log_scale.sum(dim=1)
        return x, log_det

    def log_prob(self, x: Tensor) -> Tensor:
        """Log density of residuals (N, D), as (N,)."""
        z, log_det = self(x)
        log_base = -0.5 * (z.square().sum(dim=1) + self.num_dims * math.log(2 * math.pi))
        return log_base + log_det

    def sample(self, num_samples: int) -> Tensor:
        """Draw (num_samples, D) residuals from the density."""
        return self.inverse(self.masks.new_empty(num_samples, self.num_dims).normal_())[0]

    def _coupling(self, layer: int, values: Tensor) -> tuple[Tensor, Tensor]:
        """Log scale and shift (N, D) of one layer: zero where its mask passes values on."""
        kept, changed = values * self.masks[layer], 1 - self.masks[layer]
        return self.scale_nets[layer](kept) * changed, self.shift_nets[layer](kept) * changed

    def _checked(self, values: Tensor) -> Tensor:
        if values.ndim != 2 or values.shape[1] != self.num_dims:
            raise ValueError(
                f"CouplingFlow takes (N, {self.num_dims}) values, got {tuple(values.shape)}"
            )
        return values.to(torch.promote_types(values.dtype, torch.float32))


def _mlp(num_dims: int) -> nn.Sequential:
    """D-64-64-D with small weights, so that an untrained flow is close to the identity."""
    net = nn.Sequential(
        nn.Linear(num_dims, HIDDEN_CHANNELS),
        nn.LeakyReLU(),
        nn.Linear(HIDDEN_CHANNELS, HIDDEN_CHANNELS),
        nn.LeakyReLU(),
        nn.Linear(HIDDEN_CHANNELS, num_dims),
    )
    for module in net:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight, gain=0.01)
            nn.init.zeros_(module.bias)
    return net
