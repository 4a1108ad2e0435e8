from __future__ import annotations

import torch

from torchkeras_compat.legacy.backend import activations as K


def test_slopes_may_be_tensors() -> None:
    x = torch.tensor([-1.0, -1.0, 2.0])
    assert K.relu(x, alpha=torch.tensor([0.5, 0.25, 9.0])).tolist() == [-0.5, -0.25, 2.0]
    assert torch.allclose(K.elu(x, alpha=torch.tensor(2.0)), torch.nn.functional.elu(x, 2.0))


def test_hard_sigmoid_is_that_of_keras_2() -> None:
    assert torch.allclose(K.hard_sigmoid(torch.tensor([-2.5, 0.0, 1.0, 2.5])), torch.tensor([0.0, 0.5, 0.7, 1.0]))
