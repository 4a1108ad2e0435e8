"""`distribute_tensor`: onto the one device of a mesh."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import KerasTensor, Variable
from torchkeras_compat.distribution import DeviceMesh, TensorLayout, distribute_tensor


def test_tensors_arrays_and_variables(one: DeviceMesh) -> None:
    layout = TensorLayout(["data", None], one)
    x = torch.ones(2, 3, requires_grad=True)
    assert distribute_tensor(x, layout).requires_grad
    assert distribute_tensor(np.ones((2, 3)), layout).shape == (2, 3)
    assert distribute_tensor(Variable(np.ones((2, 3))), layout).shape == (2, 3)
    assert distribute_tensor(x, None) is x
    symbolic = KerasTensor((2, 3))
    assert distribute_tensor(symbolic, layout) is symbolic


def test_it_moves_to_the_device() -> None:
    layout = TensorLayout([None], DeviceMesh((1,), ["a"], ["meta"]))
    assert distribute_tensor(torch.ones(2), layout).device.type == "meta"


def test_what_cannot_be_is_refused(mesh: DeviceMesh, one: DeviceMesh) -> None:
    with pytest.raises(NotImplementedError, match="spans 8 devices"):
        distribute_tensor(torch.ones(8, 2), TensorLayout(["data", None], mesh))
    with pytest.raises(ValueError, match=r"layout of the tensor names 1 axes"):
        distribute_tensor(torch.ones(8, 2), TensorLayout(["data"], one))
    with pytest.raises(ValueError, match="has no mesh"):
        distribute_tensor(torch.ones(8), TensorLayout(["data"]))
    with pytest.raises(TypeError, match="must be a TensorLayout or None. Received: 3"):
        distribute_tensor(torch.ones(8), 3)
