"""Scales of float8 and the rounding to it, beside real Keras."""

from __future__ import annotations

import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import quantizers

INFINITY, NAN = float("inf"), float("nan")


@pytest.mark.parametrize("amax", [3.0, 0.0, -1.0, INFINITY, NAN, 1e-30, 1e-45, 700.0])
@pytest.mark.parametrize(("dtype_max", "margin"), [(448.0, 0), (57344.0, 1), (448.0, -2), (448.0, 0.5)])
def test_scales_are_those_of_keras(real_keras, amax, dtype_max, margin):
    K = real_keras.quantizers
    mine = quantizers.compute_float8_scale(amax, 4.0, dtype_max, margin)
    torch.testing.assert_close(mine, K.compute_float8_scale(amax, 4.0, dtype_max, margin), rtol=0, atol=0)
    for dtype in (torch.float32, torch.bfloat16):
        arguments = torch.tensor([amax, 2.0]).to(dtype), torch.tensor([4.0, 0.5]), torch.tensor(dtype_max).to(dtype)
        mine = quantizers.compute_float8_scale(*arguments, margin)
        torch.testing.assert_close(mine, K.compute_float8_scale(*arguments, margin), rtol=0, atol=0)


def test_scales_of_whole_numbers():
    assert quantizers.compute_float8_scale(224, 1, 448).item() == 0.5


@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_histories_are_those_of_keras(real_keras, dtype, steps):
    x, history = torch.randn(3, 4).to(dtype), torch.rand(steps)
    before = history.clone()
    mine = quantizers.compute_float8_amax_history(x, history)
    torch.testing.assert_close(mine, real_keras.quantizers.compute_float8_amax_history(x, history), rtol=0, atol=0)
    assert torch.equal(history, before)
    assert mine.dtype is history.dtype


def test_a_history_holds_no_graph():
    x = torch.ones(3, requires_grad=True)
    assert not quantizers.compute_float8_amax_history(x, torch.zeros(4)).requires_grad


@pytest.mark.parametrize("quantized", ["float8_e4m3fn", "float8_e5m2"])
@pytest.mark.parametrize("compute", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("scale", [1.0, 0.01, 3.0])
def test_rounded_values_are_those_of_keras(real_keras, quantized, compute, scale):
    x = torch.cat([torch.randn(200), torch.randn(50) * 1e3, torch.tensor([0.0, 6e4, -6e4, 1e-9, NAN, INFINITY])])
    for inputs in (x, x.bfloat16(), x.numpy()):
        for given in (torch.tensor(scale), scale):
            mine = quantizers.quantize_and_dequantize(inputs, given, quantized, compute)
            other = real_keras.quantizers.quantize_and_dequantize(inputs, given, quantized, compute)
            torch.testing.assert_close(mine, other, rtol=0, atol=0, equal_nan=True)


def test_gradients_are_those_of_keras(real_keras):
    found = []
    for K in (keras, real_keras):
        x = torch.tensor([1.0, 2.0, 500.0, -1e6], requires_grad=True)
        scale = torch.tensor(0.1, requires_grad=True)
        y = K.quantizers.quantize_and_dequantize(x, scale, "float8_e4m3fn", "float32")
        (y * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
        found.append((x.grad, scale.grad))
    for mine, other in zip(*found):
        torch.testing.assert_close(mine, other, rtol=0, atol=0)
    assert found[0][0][2:].tolist() == [0, 0]


def test_dtypes_of_torch():
    y = quantizers.quantize_and_dequantize(torch.tensor([1.05]), 1.0, torch.float8_e5m2, torch.bfloat16)
    assert y.dtype is torch.bfloat16 and y.item() == 1.0


def test_symbolic_inputs():
    x = keras.KerasTensor((None, 3))
    y = quantizers.quantize_and_dequantize(x, 0.1, "float8_e5m2", "bfloat16")
    assert (y.shape, y.dtype) == ((None, 3), "bfloat16")
    assert quantizers.compute_float8_amax_history(x, keras.KerasTensor((4,))).shape == (4,)
    assert quantizers.compute_float8_scale(keras.KerasTensor(()), keras.KerasTensor(()), 448.0).shape == ()


def test_what_holds_no_fractions_is_refused():
    with pytest.raises(ValueError, match="'int8'"):
        quantizers.quantize_and_dequantize(torch.ones(2), 1.0, "int8", "float32")


@pytest.mark.cuda
def test_nothing_waits_for_the_gpu():
    x, scale, history = (torch.rand(shape, device="cuda") for shape in ((4, 4), (), (8,)))
    torch.cuda.set_sync_debug_mode("error")
    try:
        history = quantizers.compute_float8_amax_history(x, history)
        scale = quantizers.compute_float8_scale(history.amax(), scale, 448.0)
        y = quantizers.quantize_and_dequantize(x, scale, "float8_e4m3fn", "float32")
    finally:
        torch.cuda.set_sync_debug_mode("default")
    torch.testing.assert_close(y, x, rtol=0.07, atol=0)  # three bits of fraction
