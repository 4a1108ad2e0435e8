from __future__ import annotations

import torch

from torchkeras_compat.models.gradients_inside import with_gradients


def slope(x: torch.Tensor) -> torch.Tensor:
    return torch.autograd.grad((x * x).sum(), x, create_graph=True)[0]


def test_gradients_are_taken_where_none_are_computed() -> None:
    with torch.no_grad():
        assert not with_gradients(slope)(torch.ones(2)).requires_grad
    with torch.inference_mode():
        assert with_gradients(slope)(torch.ones(2)).tolist() == [2.0, 2.0]
    x = torch.ones(2, requires_grad=True)
    with_gradients(slope)(x).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [2.0, 2.0]
