"""Names of dtypes and torch's dtypes, both ways."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dtypes.names import standardize_dtype, stored_torch_dtype, to_torch_dtype

WIDER = {"uint16": torch.int32, "uint32": torch.int64}


@pytest.mark.parametrize("given", ["float16", "half", torch.float16, np.float16, np.dtype("float16")])
def test_a_dtype_has_one_name(given):
    assert standardize_dtype(given) == "float16" and to_torch_dtype(given) is torch.float16


@pytest.mark.parametrize("name", WIDER)
def test_unsigned_integers_that_torch_lacks_are_the_next_wider_ones_as_in_keras(name, real_keras):
    for space in (keras, real_keras):
        ops = space.ops
        made = (
            ops.ones((2,), dtype=name),
            ops.cast(np.ones(2), name),
            ops.convert_to_tensor(np.ones(2, name)),
            ops.convert_to_tensor([1, 2], dtype=name),
            ops.arange(3, dtype=name),
            space.random.randint((2,), 0, 5, dtype=name),
        )
        assert [x.dtype for x in made] == [WIDER[name]] * len(made)


@pytest.mark.parametrize("name", WIDER)
def test_they_compute(name):
    highest = np.iinfo(name).max
    a, b = (keras.ops.convert_to_tensor(np.array(values, name)) for values in ([3, highest], [2, highest - 1]))
    assert keras.ops.add(a, b).tolist() == [5, 2 * highest - 1]
    assert keras.ops.less_equal(a, b).tolist() == [False, False]
    assert (keras.ops.max(a) <= highest).item()
    assert keras.ops.sort(keras.ops.subtract(b, a)).tolist() == [-1, -1]


def test_files_hold_the_very_dtype():
    assert [stored_torch_dtype(name) for name in ("uint16", "uint32", "float32")] == [
        torch.uint16,
        torch.uint32,
        torch.float32,
    ]
    x = torch.tensor([1, 2**16 - 1], dtype=torch.int64).to(torch.uint16)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(x))
    assert again.dtype is torch.uint16 and again.tolist() == x.tolist()


@pytest.mark.parametrize("name", ["float31", "flaot32"])
def test_an_unknown_dtype_is_refused(name):
    with pytest.raises(ValueError, match=f"Invalid dtype: '{name}'"):
        to_torch_dtype(name)


def test_strings_are_not_numbers():
    with pytest.raises(ValueError, match="dtype 'string' has no torch counterpart"):
        to_torch_dtype(str)


def test_a_view_is_of_the_very_dtype():
    assert keras.ops.view(np.ones(2, "int32"), "uint32").shape == (2,)
    assert keras.ops.view(keras.KerasTensor((2, 3), "int32"), "uint16").shape == (2, 6)
