"""One thread for torch: the tests' networks are too small for more, and the runs repeat."""

import torch

torch.set_num_threads(1)
