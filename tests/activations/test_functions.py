"""Every activation and its gradient beside real Keras."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import activations

PLAIN = [
    name
    for name in dir(activations)
    if name not in ("get", "serialize", "deserialize", "glu", "threshold") and not name.startswith("_")
]
WITH_ARGUMENTS = [
    ("celu", {"alpha": 0.5}),
    ("elu", {"alpha": 0.5}),
    ("gelu", {"approximate": True}),
    ("glu", {}),
    ("glu", {"axis": 0}),
    ("hard_shrink", {"threshold": 1.0}),
    ("leaky_relu", {"negative_slope": 0.3}),
    ("log_softmax", {"axis": 0}),
    ("relu", {"max_value": 1.5}),
    ("relu", {"negative_slope": 0.1}),
    ("relu", {"threshold": 0.5}),
    ("relu", {"negative_slope": 0.1, "max_value": 1.5, "threshold": 0.5}),
    ("soft_shrink", {"threshold": 0.25}),
    ("softmax", {"axis": 0}),
    ("softmax", {"axis": (0, 1)}),
    ("squareplus", {"b": 1}),
    ("threshold", {"threshold": 0.5, "default_value": 0.1}),
]
# No point is where two pieces of an activation meet: there the gradient is a matter of taste.
GRID = np.array([-9.3, -4.1, -2.7, -1.1, -0.6, -0.2, -1e-3, 1e-3, 0.3, 0.7, 1.2, 2.6, 4.4, 8.9], dtype="float32")
GRID = GRID.reshape(2, 7).T.copy()


def values_and_gradient(function, x: torch.Tensor, arguments: dict) -> tuple[np.ndarray, np.ndarray]:
    x = x.clone().requires_grad_()
    y = function(x, **arguments)
    (y * torch.linspace(0.5, 1.5, y.numel(), dtype=y.dtype).reshape(y.shape)).sum().backward()
    return y.detach().numpy(), x.grad.numpy()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "arguments"), [*((name, {}) for name in PLAIN), *WITH_ARGUMENTS])
def test_values_and_gradients_are_those_of_keras(real_keras, name, arguments, dtype):
    x = torch.tensor(GRID[:6], dtype=getattr(torch, dtype))
    mine = values_and_gradient(getattr(activations, name), x, arguments)
    theirs = values_and_gradient(getattr(real_keras.activations, name), x, arguments)
    tolerance = 1e-5 if dtype == "float32" else 1e-6  # Keras computes some constants in float32
    for one, other in zip(mine, theirs, strict=True):
        assert one.dtype == other.dtype == dtype
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_stays_and_is_close(name, dtype):
    x = torch.tensor(GRID)
    y = getattr(activations, name)(x.to(getattr(torch, dtype)))
    assert y.dtype is getattr(torch, dtype)
    torch.testing.assert_close(y.float(), getattr(activations, name)(x), rtol=0.05, atol=0.05)


def test_sparsemax_sums_to_one_along_any_axis():
    x = torch.tensor(GRID)
    y = activations.sparsemax(x, axis=0)  # Keras 3.15 sums to more than one here
    torch.testing.assert_close(y.sum(0), torch.ones(2))
    torch.testing.assert_close(y, activations.sparsemax(x.T).T)


def test_arrays_lists_and_keras_tensors_are_accepted():
    import torchkeras_compat as keras

    assert activations.relu([-1.0, 2.0]).tolist() == [0.0, 2.0]
    assert activations.tanh(np.zeros(2, dtype="float32")).tolist() == [0.0, 0.0]
    assert activations.softmax(keras.Input((3,))).shape == (None, 3)
