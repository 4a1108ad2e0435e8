"""Quantization by the largest magnitude, beside real Keras to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import quantizers

FLOATS = [torch.float32, torch.float16, torch.bfloat16]


def assert_same(mine, other):
    for a, b in zip(mine, other, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0, equal_nan=True)


def inputs_of(kind: str, dtype: torch.dtype) -> torch.Tensor:
    x = {
        "normal": torch.randn(5, 4, 3),
        "ties": torch.randint(-9, 10, (5, 4, 3)) / 4,
        "zeros": torch.zeros(5, 4, 3),
        "equal": torch.full((5, 4, 3), -2.5),
        "odd": torch.tensor([float("inf"), 1.0, float("nan"), 1e-9] * 15).reshape(5, 4, 3),
    }[kind]
    return x.to(dtype)


@pytest.mark.parametrize("to_numpy", [False, True])
@pytest.mark.parametrize("axis", [0, -1, (0, 2), [-2, -1], (), None])
@pytest.mark.parametrize("kind", ["normal", "ties", "zeros", "equal", "odd"])
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NumPy in Keras, at the odd values
def test_values_are_those_of_keras(real_keras, dtype, kind, axis, to_numpy):
    x = inputs_of(kind, dtype)
    for value_range in [(-127, 127), (-8, 7), (-128, 127)]:
        arguments = {"axis": axis, "value_range": value_range, "to_numpy": to_numpy}
        mine = quantizers.abs_max_quantize(x, **arguments)
        other = real_keras.quantizers.abs_max_quantize(x, **arguments)
        if axis is None:
            # On the host Keras keeps the axes, and otherwise computes scalars of bfloat16 in float32.
            torch.testing.assert_close(mine[1], other[1].reshape(()), rtol=2**-7, atol=0, equal_nan=True)
            other = other[0], mine[1]
        if kind == "odd" or (kind == "zeros" and dtype is torch.float16):
            assert_same(mine[1:], other[1:])  # the integer of NaN is any
        else:
            assert_same(mine, other)


@pytest.mark.parametrize("to_numpy", [False, True])
def test_other_inputs_and_dtypes(real_keras, to_numpy):
    array, numbers = np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3), [[1.0, -2.0]]
    for x in (array, numbers if not to_numpy else torch.tensor(numbers), torch.arange(6).reshape(2, 3)):
        for dtype in ("int8", "int16", "float32"):
            arguments = {"axis": 1, "dtype": dtype, "epsilon": 0.25, "to_numpy": to_numpy}
            if to_numpy and isinstance(x, torch.Tensor) and not x.is_floating_point():
                continue  # Keras computes those in float64
            assert_same(
                quantizers.abs_max_quantize(x, **arguments), real_keras.quantizers.abs_max_quantize(x, **arguments)
            )


def test_float64_keeps_its_precision(real_keras):
    x = torch.randn(7, 5, dtype=torch.float64)
    mine, other = quantizers.abs_max_quantize(x, 0), real_keras.quantizers.abs_max_quantize(x, 0)
    assert mine[1].dtype is torch.float64 and torch.equal(mine[0], other[0])
    torch.testing.assert_close(mine[1], other[1], rtol=1e-13, atol=0)  # Keras rounds epsilon to float32


def test_the_error_is_half_a_step():
    x = torch.randn(6, 50)
    values, scale = quantizers.abs_max_quantize(x, -1)
    assert values.shape == x.shape and scale.shape == (6, 1)
    assert ((values / scale - x).abs() <= 0.5001 / scale).all()


def test_the_gradient_goes_through_the_scale_alone():
    x = torch.tensor([[1.0, -2.0]], requires_grad=True)
    values, scale = quantizers.abs_max_quantize(x, -1)
    assert not values.requires_grad
    scale.sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor([[0.0, 127 / 4]]))
    assert not quantizers.abs_max_quantize(x, -1, to_numpy=True)[1].requires_grad


@pytest.mark.parametrize("to_numpy", [False, True])
def test_symbolic_inputs(to_numpy):
    values, scale = quantizers.abs_max_quantize(keras.KerasTensor((None, 3), "float16"), -1, to_numpy=to_numpy)
    assert (values.shape, values.dtype, scale.shape, scale.dtype) == ((None, 3), "int8", (None, 1), "float16")


def test_an_axis_that_does_not_exist(real_keras):
    for space in (quantizers, real_keras.quantizers):
        with pytest.raises(IndexError, match="5"):
            space.abs_max_quantize(torch.ones(2, 3), 5)


@pytest.mark.parametrize("own", [None, 0, -1, (0, 2), ()])
@pytest.mark.parametrize("given", [None, 1, (0, 1)])
def test_a_quantizer_has_its_axes_unless_the_call_says_otherwise(real_keras, own, given):
    x = torch.randn(2, 3, 4)
    mine, other = (K.quantizers.AbsMaxQuantizer(axis=own) for K in (keras, real_keras))
    assert mine.axis == other.axis
    for to_numpy in (False, True):
        assert_same(mine(x, axis=given, to_numpy=to_numpy), other(x, axis=given, to_numpy=to_numpy))
    assert_same(mine(x), other(x))


def test_a_quantizer_passes_on_its_settings(real_keras):
    x = torch.randn(5, 3)
    arguments = {"value_range": [-100, 100], "epsilon": 0.5, "output_dtype": "int16"}
    assert_same(quantizers.AbsMaxQuantizer(**arguments)(x), real_keras.quantizers.AbsMaxQuantizer(**arguments)(x))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"axis": 1.5}, TypeError, "axis=1.5"),
        ({"axis": ("a",)}, TypeError, "sequence of ints"),
        ({"value_range": (-256, 256)}, ValueError, r"value_range=\(-256, 256\)"),
        ({"value_range": (0, 255)}, ValueError, "another output_dtype"),
        ({"output_dtype": "uint8"}, ValueError, r"'uint8' are in \[0, 255\]"),
        ({"value_range": (7, -8)}, ValueError, r"\(7, -8\)"),
        ({"value_range": (7,)}, ValueError, "least and the greatest"),
        ({"value_range": None}, ValueError, "value_range=None"),
        ({"output_dtype": "int9"}, ValueError, "int9"),
    ],
)
def test_bad_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        quantizers.AbsMaxQuantizer(**arguments)


@pytest.mark.cuda
def test_nothing_waits_for_the_gpu():
    x = torch.randn(8, 16, device="cuda")
    quantizer = quantizers.AbsMaxQuantizer()
    quantizer(x)
    torch.cuda.set_sync_debug_mode("error")
    try:
        values, scale = quantizer(x)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert_same((values.cpu(), scale.cpu()), quantizer(x.cpu()))
    assert all(result.is_cuda for result in quantizer(x, to_numpy=True))
