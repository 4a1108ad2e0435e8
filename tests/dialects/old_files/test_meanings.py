"""What functions that files of Keras 2 name are today."""

from __future__ import annotations

import pytest

import torchkeras_compat as keras
from torchkeras_compat.dialects.old_files.meanings import is_lost, meaning_of
from torchkeras_compat.dialects.saved_functions import function_at
from torchkeras_compat.errors import FileSafetyError


def test_every_meaning_is_a_function_that_files_may_name():
    for symbol in ("__operators__.ne", "ones", "fill", "signal.stft", "convert_to_tensor", "debugging.check_numerics"):
        assert callable(function_at(meaning_of(symbol).path)[0])


def test_functions_of_tensorflow_1_take_their_old_arguments():
    found = meaning_of("compat.v1.math.reduce_sum")
    assert (found.path, found.name_of("reduction_indices"), found.name_of("axis")) == ("tf.reduce_sum", "axis", "axis")
    assert found.is_unused("name")
    assert not found.is_unused("axis")


def test_floatx_is_that_of_now():
    keras.config.set_floatx("float64")
    try:
        assert meaning_of("keras.backend.cast_to_floatx").fixed == {"dtype": "float64"}
    finally:
        keras.config.set_floatx("float32")


def test_a_function_that_files_may_not_name_is_refused():
    with pytest.raises(FileSafetyError, match=r"'tf\.io\.write_file'"):
        meaning_of("io.write_file")


def test_operands_that_are_not_in_the_file_are_noticed():
    assert is_lost("einsum", {})
    assert is_lost("__operators__.eq", {})
    assert not is_lost("__operators__.eq", {"other": 1})
    assert not is_lost("math.equal", {})
