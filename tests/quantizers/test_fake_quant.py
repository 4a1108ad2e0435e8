"""Fake quantization, beside real Keras, and beside TensorFlow's rules where Keras has none."""

from __future__ import annotations

import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.quantizers import fake_quant_with_min_max_vars


@pytest.mark.parametrize("num_bits", [2, 4, 8, 12])
@pytest.mark.parametrize("narrow_range", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize(
    ("low", "high"), [(-3.0, 3.0), (0.0, 6.0), (1.0, 2.0), (-2.0, -1.0), (-0.1, 0.1), (-1e-8, 1e-8), (3.0, -3.0)]
)
def test_values_of_one_range_are_those_of_keras(real_keras, low, high, dtype, narrow_range, num_bits):
    x = (torch.randn(40, 5) * 2).to(dtype)
    arguments = {"num_bits": num_bits, "narrow_range": narrow_range}
    for bounds in ((low, high), (torch.tensor(low), torch.tensor(high)), (torch.tensor([low]), torch.tensor([high]))):
        mine = fake_quant_with_min_max_vars(x, *bounds, **arguments)
        other = real_keras.quantizers.fake_quant_with_min_max_vars(x, *bounds, **arguments)
        torch.testing.assert_close(mine, other, rtol=0, atol=0)
    assert len(mine.unique()) <= 2**num_bits - narrow_range


@pytest.mark.parametrize("axis", [None, -1, 2])
@pytest.mark.parametrize("num_bits", [3, 8])
def test_values_of_a_range_for_each_channel_are_those_of_keras(real_keras, num_bits, axis):
    x, low, high = torch.randn(5, 4, 3), -torch.rand(3), torch.rand(3)
    mine = fake_quant_with_min_max_vars(x, low, high, num_bits, axis=axis)
    other = real_keras.quantizers.fake_quant_with_min_max_vars(x, low, high, num_bits, axis=axis)
    torch.testing.assert_close(mine, other, rtol=0, atol=0)


@pytest.mark.parametrize("axis", [0, 1, -2, -3])
def test_ranges_lie_along_any_axis(axis):
    """Keras takes them along the last one, whatever `axis` says."""
    x = torch.randn(5, 4, 3)
    low, high = -torch.rand(x.shape[axis]), torch.rand(x.shape[axis])
    mine = fake_quant_with_min_max_vars(x, low, high, axis=axis)
    wanted = fake_quant_with_min_max_vars(x.movedim(axis, -1), low, high).movedim(-1, axis)
    assert torch.equal(mine, wanted)


@pytest.mark.parametrize(("low", "high"), [(-3.0, 3.0), (1.0, 2.0), (-2.0, -1.0)])
def test_gradients_are_those_of_keras(real_keras, low, high):
    found = []
    x = torch.tensor([-4.0, -3.01, -3.0, -1.0, -0.1, 0.0, 0.2, 1.0, 2.9, 3.0, 3.01, 5.0])
    for K in (keras, real_keras):
        inputs = [torch.tensor(v.tolist(), requires_grad=True) for v in (x, torch.tensor(low), torch.tensor(high))]
        (K.quantizers.fake_quant_with_min_max_vars(*inputs) * torch.arange(1.0, 13.0)).sum().backward()
        found.append([v.grad for v in inputs])
    for mine, other in zip(*found):
        torch.testing.assert_close(mine, other, rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_gradients_of_channels_are_those_of_keras(real_keras, dtype):
    x, weights, low, high = torch.randn(20, 3), torch.randn(20, 3), -torch.rand(3), torch.rand(3)
    found = []
    for K in (keras, real_keras):
        inputs = [v.clone().requires_grad_() for v in (x.to(dtype), low, high)]
        y = K.quantizers.fake_quant_with_min_max_vars(*inputs, axis=-1)
        (y * weights.to(dtype)).sum().backward()
        found.append([v.grad for v in inputs])
    for mine, other in zip(*found):
        assert mine.dtype is other.dtype
        torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-5 if dtype is torch.float32 else 1e-2)


def test_gradients_of_bounds_along_another_axis():
    x = torch.tensor([[9.0, 0.5], [-9.0, 9.0]])
    low, high = torch.tensor([-1.0, -2.0], requires_grad=True), torch.tensor([1.0, 2.0], requires_grad=True)
    fake_quant_with_min_max_vars(x, low, high, axis=0).sum().backward()
    assert (low.grad.tolist(), high.grad.tolist()) == ([0, 1], [1, 1])


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0])
def test_an_empty_range_gives_zeros(value):
    """As TensorFlow's operation does at 0; Keras gives NaN."""
    x = torch.randn(7, requires_grad=True)
    y = fake_quant_with_min_max_vars(x, value, value)
    assert torch.equal(y, torch.zeros(7))
    y.sum().backward()
    assert torch.equal(x.grad, torch.zeros(7))


def test_float64_keeps_its_precision():
    y = fake_quant_with_min_max_vars(torch.tensor([0.3], dtype=torch.float64), -1.0, 1.0, num_bits=16)
    torch.testing.assert_close(y, torch.round(y * 32767.5) / 32767.5, rtol=1e-15, atol=0)


def test_other_inputs(real_keras):
    x = [-4.0, 0.2, 5.0]
    for inputs in (x, torch.tensor(x).numpy(), torch.tensor([-4, 0, 5])):
        mine = fake_quant_with_min_max_vars(inputs, -3, 3)
        assert torch.equal(mine, real_keras.quantizers.fake_quant_with_min_max_vars(inputs, -3, 3))


def test_symbolic_inputs():
    y = fake_quant_with_min_max_vars(keras.KerasTensor((2, None, 4), "float16"), -3.0, 3.0, axis=-1)
    assert (y.shape, y.dtype) == ((2, None, 4), "float16")
    bounds = keras.KerasTensor((4,)), keras.KerasTensor((4,))
    assert fake_quant_with_min_max_vars(keras.KerasTensor((None, 4)), *bounds, axis=1).shape == (None, 4)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"num_bits": 0}, ValueError, "num_bits=0"),
        ({"num_bits": 10**12}, ValueError, "num_bits=1000000000000"),
        ({"num_bits": 1, "narrow_range": True}, ValueError, "narrow_range=True"),
        ({"num_bits": 2.5}, ValueError, "num_bits=2.5"),
        ({"num_bits": None}, TypeError, "NoneType"),
        ({"axis": 3}, ValueError, "axis` 3"),
        ({"axis": (0, 1)}, TypeError, "tuple"),
        ({"axis": 0, "min_vals": torch.zeros(3)}, ValueError, r"each of the 2 indices along axis 0 .* Received: 3"),
    ],
)
def test_bad_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        fake_quant_with_min_max_vars(torch.ones(2, 3), **{"min_vals": -1.0, "max_vals": 1.0, **arguments})
