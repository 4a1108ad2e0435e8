from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import ops
from torchkeras_compat.ops import activation_functions
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = np.linspace(-4, 4, 34, dtype="float32").reshape(2, 17)[:, :16]
CALLS = [
    *[(name, {}) for name in (
        "relu relu6 sigmoid sparse_sigmoid softplus softsign soft_shrink hard_shrink tanh_shrink hard_tanh silu swish "
        "squareplus sparse_plus log_sigmoid leaky_relu hard_sigmoid hard_silu hard_swish elu selu gelu celu glu"
    ).split()],
    ("leaky_relu", {"negative_slope": 0.3}),
    ("gelu", {"approximate": False}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 0.5}),
    ("glu", {"axis": 0}),
    ("squareplus", {"b": 2}),
    ("soft_shrink", {"threshold": 1.0}),
    ("hard_shrink", {"threshold": 1.0}),
    ("threshold", {"threshold": 1.0, "default_value": -7.0}),
]  # fmt: skip


@pytest.mark.parametrize("name, arguments", CALLS, ids=str)
def test_values_as_in_keras(real_keras, name, arguments):
    ours = getattr(activation_functions, name)(X, **arguments)
    theirs = getattr(real_keras.ops, name)(X, **arguments)
    assert ours.dtype is torch.float32
    torch.testing.assert_close(ours, theirs.detach().cpu())


@pytest.mark.parametrize("name, arguments", CALLS, ids=str)
def test_shape_and_dtype_of_symbolic_inputs(name, arguments):
    half = KerasTensor((None, 6), "float16")
    result = getattr(activation_functions, name)(
        half, **{**arguments, "axis": -1} if "axis" in arguments else arguments
    )
    assert (result.shape, result.dtype) == ((None, 3 if name == "glu" else 6), "float16")


def test_integers_become_floats():
    assert activation_functions.sigmoid([0, 1]).dtype is torch.float32


def test_glu_refuses_an_odd_size():
    with pytest.raises(ValueError, match=r"even size along axis -1. Received: x.shape=\(3,\)"):
        activation_functions.glu([1.0, 2.0, 3.0])


@pytest.mark.parametrize("name", ["relu6", "hard_tanh"])
def test_clipped_integers_stay_integers(name):
    x = torch.tensor([-9, 0, 9], dtype=torch.int16)
    assert getattr(ops, name)(x).dtype is torch.int16
    assert ops.threshold(x, 1, 3).tolist() == [3, 3, 9]
