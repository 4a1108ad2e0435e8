"""Promotion rules against real Keras, pair by pair."""

from __future__ import annotations

import itertools

import pytest
import torch

from torchkeras_compat import config
from torchkeras_compat.dtypes.promotion import common_dtype, result_type

NAMES = (
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 bfloat16 float16 float32 float64 complex64 complex128"
).split()


def test_every_pair_promotes_as_in_keras(real_keras):
    for pair in itertools.product([*NAMES, int, float, bool, None, complex], repeat=2):
        assert result_type(*pair) == real_keras.backend.result_type(*pair), pair


def test_no_dtype_and_weak_floats_are_floatx():
    config.set_floatx("bfloat16")
    assert result_type() == "bfloat16"
    assert result_type("int32", float) == "bfloat16"
    assert common_dtype(torch.int64, float) is torch.bfloat16


def test_strings_promote_to_strings_only():
    assert result_type("string", "string") == "string"
    with pytest.raises(ValueError, match="'string' is not a valid dtype"):
        result_type("string", "float32")


def test_float8_has_no_implicit_conversion():
    with pytest.raises(ValueError, match="float8_e5m2"):
        result_type("float8_e5m2", "float32")


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [
        ((torch.int64, torch.float64), torch.float64),
        ((torch.int64, int), torch.int64),
        ((torch.float16, float), torch.float16),
        ((torch.bool, int), torch.int32),
        ((torch.uint8, torch.int8), torch.int16),
    ],
)
def test_ops_keep_64_bits(dtypes, expected):
    assert common_dtype(*dtypes) is expected
