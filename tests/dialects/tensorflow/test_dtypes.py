"""`tf.DType`: names that compare and convert as TensorFlow's dtypes (values of TensorFlow 2.15)."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import DTYPES, as_dtype, with_plain_names
from torchkeras_compat.dtypes.names import standardize_dtype, to_torch_dtype


@pytest.mark.parametrize("given", ["float32", np.float32, np.dtype("float32"), torch.float32, float, "float"])
def test_a_dtype_equals_what_names_it(given: object) -> None:
    assert as_dtype(given) is DTYPES["float32"]
    assert DTYPES["float32"] == given
    assert DTYPES["int32"] != given


def test_attributes() -> None:
    half = DTYPES["float16"]
    assert (half.name, half.is_floating, half.is_integer, half.size) == ("float16", True, False, 2)
    assert half.as_numpy_dtype is np.float16
    assert half.torch_dtype is torch.float16
    assert DTYPES["int8"].limits == (-128, 127)
    assert DTYPES["uint8"].is_unsigned
    assert DTYPES["string"].as_numpy_dtype is object
    assert DTYPES["complex64"].real_dtype == "float32"


def test_the_core_and_numpy_take_it_as_a_name() -> None:
    assert standardize_dtype(DTYPES["float16"]) == "float16"
    assert to_torch_dtype(DTYPES["int64"]) is torch.int64
    assert np.zeros(1, DTYPES["uint8"]).dtype == np.uint8


def test_text_is_that_of_tensorflow() -> None:
    assert repr(DTYPES["float32"]) == "tf.float32"
    assert str(DTYPES["float32"]) == f"{DTYPES['float32']}" == "<dtype: 'float32'>"


def test_copies_are_equal() -> None:
    assert pickle.loads(pickle.dumps(DTYPES["bool"])) == copy.deepcopy(DTYPES["bool"]) == DTYPES["bool"]


@pytest.mark.parametrize("given", ["float33", None, 3, [1]])
def test_what_names_no_dtype_is_refused(given: object) -> None:
    with pytest.raises(TypeError, match="DType"):
        as_dtype(given)
    assert DTYPES["float32"] != given


def test_a_dtype_without_order_has_no_limits() -> None:
    with pytest.raises(TypeError, match="complex64"):
        _ = DTYPES["complex64"].max


def test_names_stand_for_dtypes_in_what_is_recorded() -> None:
    assert with_plain_names({"dtype": DTYPES["int32"], "shape": [1, DTYPES["bool"]]}) == {
        "dtype": "int32",
        "shape": [1, "bool"],
    }
    assert type(with_plain_names(DTYPES["int32"])) is str
