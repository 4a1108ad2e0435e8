"""What holds for all functions of tensors: dtypes of results beside Keras, and compilation."""

from __future__ import annotations

import itertools

import pytest
import torch

from torchkeras_compat import ops
from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

DTYPES = "bool uint8 int8 int16 int32 bfloat16 float16 float32".split()
FLOAT_UNARY = (
    "arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh deg2rad exp exp2 expm1 fabs floor i0 log log10 "
    "log1p log2 mean median rad2deg sin sinc sinh sqrt std tan tanh trapezoid var nanmean nanstd nanvar"
).split()
UNARY = (
    "absolute all any argmax argsort conj copy count_nonzero cumprod cumsum diag isfinite isinf isnan isreal "
    "logical_not max min nancumsum nansum negative ones_like prod ravel sort square sum trunc zeros_like"
).split()
BINARY = (
    "add arctan2 divide equal floor_divide fmax fmin fmod greater heaviside hypot inner logaddexp logical_and "
    "matmul maximum minimum mod multiply nextafter outer power subtract vdot"
).split()


def dtype_here(name, *args):
    if name == "negative" and standardize_dtype(args[0].dtype) == "bool":
        pytest.skip("torch has no negative of booleans, as NumPy")
    eager = standardize_dtype(getattr(ops, name)(*args).dtype)
    symbolic = [KerasTensor(x.shape, x.dtype) if isinstance(x, torch.Tensor) else x for x in args]
    assert getattr(ops, name)(*symbolic).dtype == eager
    return eager


@pytest.mark.parametrize("name", FLOAT_UNARY + UNARY)
def test_one_operand(name, real_keras):
    for dtype in DTYPES:
        if (name, dtype) in (("negative", "bool"), ("trapezoid", "bool")):
            continue
        expected = getattr(real_keras.ops, name)(real_keras.KerasTensor((3,), dtype)).dtype
        if expected == "uint32":
            expected = "int32"  # torch adds up no unsigned integers of 32 bits; Keras on torch gives int32 too
        assert dtype_here(name, torch.ones(3).to(getattr(torch, dtype))) == expected, dtype


@pytest.mark.parametrize("name", BINARY)
def test_two_operands(name, real_keras):
    for first, second in itertools.combinations(DTYPES, 2):
        expected = getattr(real_keras.ops, name)(
            real_keras.KerasTensor((3,), first), real_keras.KerasTensor((3,), second)
        ).dtype
        operands = (torch.ones(3).to(getattr(torch, dtype)) for dtype in (first, second))
        assert dtype_here(name, *operands) == expected, (first, second)


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "maximum", "power", "floor_divide"])
@pytest.mark.parametrize("number", [1, 1.0])
def test_numbers_are_weak(name, number, real_keras):
    for dtype in DTYPES:
        if dtype == "bool" and name in ("subtract", "floor_divide") and number == 1:
            continue
        expected = getattr(real_keras.ops, name)(real_keras.KerasTensor((3,), dtype), number).dtype
        assert dtype_here(name, torch.ones(3).to(getattr(torch, dtype)), number) == expected, dtype


def test_a_tensor_without_axes_is_not_weak():
    assert ops.add(torch.ones(2, dtype=torch.float16), torch.ones(())).dtype is torch.float32


def test_64_bits_stay():
    assert ops.add(torch.ones(2, dtype=torch.float64), 1).dtype is torch.float64
    assert ops.multiply(torch.ones(2, dtype=torch.int64), 2).dtype is torch.int64


def test_ops_compile_whole():
    def formula(x, half, indices):
        y = ops.add(x, half)
        y = ops.where(ops.greater(y, 1), ops.maximum(y, 0.0), indices)
        return ops.mean(ops.sum(ops.concatenate([y, half]), axis=0)), ops.take(y, indices)

    args = torch.ones(3), torch.ones(3, dtype=torch.float16), torch.arange(3)
    for expected, got in zip(
        formula(*args), torch.compile(formula, backend="eager", fullgraph=True)(*args), strict=True
    ):
        torch.testing.assert_close(got, expected)
