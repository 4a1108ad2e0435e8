"""Scales and zero points of groups, beside real Keras: its public function, and those that GPTQ has for itself."""

from __future__ import annotations

import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import quantizers
from torchkeras_compat.quantizers.grouped import (
    dequantize_by_group,
    dequantize_with_zero_point,
    group_parameters,
    quantize_with_zero_point,
)

GROUPED = "abs_max_quantize_grouped_with_zero_point"


@pytest.fixture
def private(real_keras):
    """Functions of Keras without a public name."""
    return real_keras.src.quantizers.quantizers


def assert_same(mine, other):
    for a, b in zip(mine, other, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


def inputs_of(kind: str) -> torch.Tensor:
    mixed = torch.zeros(23, 9)
    mixed[:, ::2], mixed[:, 3] = 1, -2
    return {
        "normal": torch.randn(23, 9),
        "ties": torch.randint(-8, 9, (23, 9)) / 4,
        "one sign": torch.randn(23, 9).abs() + 0.5,
        "constant": mixed,
    }[kind]


@pytest.mark.parametrize("to_numpy", [False, True])
@pytest.mark.parametrize("value_range", [(-8, 7), (-127, 127), (0, 15), (-4, 3)])
@pytest.mark.parametrize("kind", ["normal", "ties", "one sign", "constant"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_values_are_those_of_keras(real_keras, dtype, kind, value_range, to_numpy):
    x = inputs_of(kind).to(dtype)
    for block_size in (1, 4, 5, 23, 64):
        if to_numpy and dtype is torch.float16 and kind == "constant":
            continue  # the scale is 0, and integers of NaN are any
        if to_numpy and block_size == 1:
            continue  # as are those of infinity
        arguments = {"value_range": value_range, "to_numpy": to_numpy}
        mine = getattr(quantizers, GROUPED)(x, block_size, **arguments)
        assert_same(mine, getattr(real_keras.quantizers, GROUPED)(x, block_size, **arguments))


def test_other_inputs_and_dtypes(real_keras):
    for x in (torch.arange(10).reshape(5, 2), torch.randn(5, 2).numpy()):
        for dtype in ("int16", "float32"):
            mine = getattr(quantizers, GROUPED)(x, 2, dtype=dtype, epsilon=0.25)
            assert_same(mine, getattr(real_keras.quantizers, GROUPED)(x, 2, dtype=dtype, epsilon=0.25))
    double = getattr(quantizers, GROUPED)(torch.randn(5, 2, dtype=torch.float64), 2)
    assert [part.dtype for part in double] == [torch.int8, torch.float64, torch.int8]


def test_symbolic_inputs():
    values, scale, zero = getattr(quantizers, GROUPED)(keras.KerasTensor((5, 2), "float16"), 2)
    assert (values.shape, scale.shape, zero.shape) == ((5, 2), (3, 2), (3, 2))
    assert (values.dtype, scale.dtype, zero.dtype) == ("int8", "float16", "int8")


@pytest.mark.parametrize(
    ("x", "arguments", "error", "message"),
    [
        (torch.ones(4, 2), {"block_size": 0}, ValueError, "positive int. Received: block_size=0"),
        (torch.ones(4, 2), {"block_size": -1}, ValueError, "block_size=-1"),
        (torch.ones(4, 2), {"block_size": None}, TypeError, "block_size=None"),
        (torch.ones(4, 2), {"block_size": 1.5}, TypeError, "block_size=1.5"),
        (torch.ones(4), {"block_size": 2}, ValueError, r"\(4,\)"),
        (torch.ones(4, 2, 2), {"block_size": 2}, ValueError, r"\(4, 2, 2\)"),
        (torch.ones(0, 2), {"block_size": 2}, ValueError, r"\(0, 2\)"),
        (torch.ones(4, 2), {"block_size": 2, "value_range": (-256, 255)}, ValueError, "zero points are int8"),
    ],
)
def test_bad_arguments_are_refused(x, arguments, error, message):
    with pytest.raises(error, match=message):
        getattr(quantizers, GROUPED)(x, **arguments)


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("bits", [2, 3, 4, 8])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_parameters_of_groups_are_those_of_keras(private, dtype, bits, symmetric, per_channel):
    x = torch.randn(6, 14)  # neighbours differ in sign
    x[:, ::2], x[:, 1::2] = x[:, ::2].abs(), -x[:, 1::2].abs()
    for group_size in (-1, 2, 4, 5, 100):
        arguments = {"bits": bits, "symmetric": symmetric, "per_channel": per_channel, "group_size": group_size}
        *mine, maxq = group_parameters(x.to(dtype), **arguments)
        *other, greatest = private.compute_quantization_parameters(x.to(dtype), **arguments)
        assert_same(mine, other)
        assert maxq == greatest and isinstance(maxq, int)


@pytest.mark.parametrize("symmetric", [False, True])
def test_groups_of_zeros_and_of_negative_values_are_those_of_keras(private, symmetric):
    x = torch.stack([torch.zeros(6), -torch.arange(1.0, 7.0), torch.full((6,), -0.5), torch.randn(6)])
    arguments = {"bits": 4, "symmetric": symmetric, "per_channel": True}
    assert_same(group_parameters(x, **arguments)[:2], private.compute_quantization_parameters(x, **arguments)[:2])


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("bits", [4, 8])
def test_groups_of_one_sign_are_kept(bits, symmetric):
    """Keras loses them: zero points wrap around in uint8, or ranges lie about the middle."""
    x = torch.stack([torch.rand(8) + 3, torch.full((8,), 2.0), -torch.rand(8) - 3, torch.rand(8) * 1e-3 - 900])
    scale, zero, maxq = group_parameters(x, bits, symmetric)
    again = dequantize_with_zero_point(quantize_with_zero_point(x, scale, zero, maxq), scale, zero)
    # A symmetric range ends half a step inside its largest value.
    assert ((again - x).abs() <= scale * (1.001 if symmetric else 0.501)).all()


def test_the_error_of_a_group_is_half_a_step():
    x = torch.randn(8, 20)
    g_idx = torch.arange(20) // 6
    scale, zero, maxq = group_parameters(x, 4, group_size=6)
    assert scale.shape == zero.shape == (8, 4) and zero.dtype is torch.uint8
    values = quantize_with_zero_point(x, scale[:, g_idx], zero[:, g_idx], maxq)
    assert values.min() >= 0 and values.max() <= 15
    again = dequantize_by_group(values.to(torch.uint8), scale, zero, g_idx)
    assert ((again - x).abs() <= 1.001 * scale[:, g_idx]).all()


@pytest.mark.parametrize(
    ("x", "arguments", "error", "message"),
    [
        (None, {"bits": 4}, ValueError, "None"),
        (torch.ones(3), {"bits": 4}, ValueError, r"\(3,\)"),
        (torch.ones(3, 0), {"bits": 4}, ValueError, r"\(3, 0\)"),
        (torch.ones(3, 2), {"bits": 0}, ValueError, "bits=0"),
        (torch.ones(3, 2), {"bits": 9}, ValueError, "bits=9"),
        (torch.ones(3, 2), {"bits": 4, "group_size": 0}, ValueError, "group_size=0"),
        (torch.ones(3, 2), {"bits": 4, "group_size": None}, TypeError, "group_size=None"),
    ],
)
def test_bad_weights_and_settings_are_refused(x, arguments, error, message):
    with pytest.raises(error, match=message):
        group_parameters(x, **arguments)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("scale", [0.5, 0.3, 0.0])
def test_quantizing_with_a_zero_point_is_as_in_keras(private, dtype, scale):
    x = (torch.randint(-40, 40, (4, 50)) / 8).to(dtype)
    scale, zero, maxq = torch.full((4, 1), scale, dtype=dtype), torch.full((4, 1), 5, dtype=torch.uint8), 15
    mine = quantize_with_zero_point(x, scale, zero, maxq)
    # 1e-8 is 0 in half precision, and x / 0 of 0 no number.
    equal_nan = dtype is torch.float16
    other = private.quantize_with_zero_point(x, scale, zero, torch.tensor(15.0))
    torch.testing.assert_close(mine, other, rtol=0, atol=0, equal_nan=equal_nan)
    assert torch.equal(mine.nan_to_num(), quantize_with_zero_point(x, scale, zero, torch.tensor(15)).nan_to_num())
    values = mine.nan_to_num().to(torch.uint8)
    for stored in (values, values.to(dtype)):
        assert_same(
            [dequantize_with_zero_point(stored, scale, zero)], [private.dequantize_with_zero_point(stored, scale, zero)]
        )


@pytest.mark.parametrize("group_axis", [0, 1, -1, -2])
@pytest.mark.parametrize("scale_dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("stored", [torch.int8, torch.uint8, torch.float32])
def test_dequantizing_by_group_is_as_in_keras(private, stored, scale_dtype, group_axis):
    shape, groups = [6, 8], [6, 8]
    groups[group_axis] = 3
    low = -8 if stored is torch.int8 else 0
    values = torch.randint(low, low + 16, shape).to(stored)
    zero = torch.randint(low, low + 16, groups).to(torch.uint8 if stored is torch.float32 else stored)
    scale = torch.rand(groups).to(scale_dtype)
    for g_idx in (torch.randint(0, 3, (shape[group_axis],)), torch.arange(shape[group_axis]) % 3):
        for index in (g_idx, g_idx.float()):
            mine = dequantize_by_group(values, scale, zero, index, group_axis)
            assert_same([mine], [private.dequantize_with_sz_map(values, scale, zero, index, group_axis)])
            wanted = (values.float() - zero.index_select(group_axis, g_idx).float()) * scale.float().index_select(
                group_axis, g_idx
            )
            torch.testing.assert_close(mine.float(), wanted, rtol=0.01, atol=0.01)  # of half precision


@pytest.mark.cuda
def test_nothing_waits_for_the_gpu():
    values = torch.randint(-8, 8, (6, 8), dtype=torch.int8, device="cuda")
    scale, zero = torch.rand(3, 8, device="cuda"), torch.randint(-8, 8, (3, 8), dtype=torch.int8, device="cuda")
    g_idx = torch.arange(6, device="cuda") // 2
    torch.cuda.set_sync_debug_mode("error")
    try:
        mine = dequantize_by_group(values, scale, zero, g_idx, 0)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert_same([mine.cpu()], [dequantize_by_group(*(x.cpu() for x in (values, scale, zero, g_idx)), 0)])
