"""Constants in files, which have no dtype there."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.dialects.old_files.constants import tensor_config, with_dtypes
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def _add(x, y, name=None):
    """An operator."""


def _pad(tensor, paddings, factors=None):
    """Not one."""


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "int64"])
def test_numbers_on_the_left_take_the_dtype_of_the_other_operand(dtype):
    x = KerasTensor((None, 3), dtype)
    (left,), others = with_dtypes(_add, (1,), {"y": x})
    assert left.dtype == getattr(torch, dtype)
    assert others == {"y": x}
    assert with_dtypes(_add, (x,), {"y": 1}) == ((x,), {"y": 1})
    assert with_dtypes(_add, (x, 1), {}) == ((x, 1), {})


def test_a_dtype_that_cannot_hold_the_number_is_left_to_the_function():
    x = KerasTensor((None, 3), "int32")
    assert with_dtypes(_add, (1.5,), {"y": x})[0] == (1.5,)


def test_lists_of_operands_become_tensors():
    x = KerasTensor((None, 3), "float64")
    _, found = with_dtypes(_add, (x,), {"y": [1, 2, 3]})
    torch.testing.assert_close(found["y"], torch.tensor([1, 2, 3], dtype=torch.float64))


def test_arrays_of_floats_become_tensors_and_settings_stay():
    x = KerasTensor((None, 3), "float16")
    args, found = with_dtypes(_pad, (x, [[0, 0], [1, 1]]), {"factors": [0.5, 0.5]})
    assert args == (x, [[0, 0], [1, 1]])
    assert found == {"factors": [0.5, 0.5]}
    args, _ = with_dtypes(_pad, (x, [[0.5, 1.5]]), {})
    assert args[1].dtype == torch.float16
    ragged = [[0.5], [1.5, 2.5]]
    assert with_dtypes(_pad, (x, ragged), {})[0][1] == ragged


def test_numbers_in_lists_become_configs_of_tensors():
    assert tensor_config([[1, 2]])["config"] == {"value": [[1, 2]], "dtype": "int32"}
    assert tensor_config([True])["config"]["dtype"] == "bool"
    for other in ([], "a", [[1], [2, 3]], {"class_name": "x"}):
        assert tensor_config(other) == other
