"""Convolutions of Keras 1."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat.dialects.adapters.convolutional import (
    convolution,
    deconvolution,
    in_two_sizes,
    separable_convolution,
)
from torchkeras_compat.public_names import named


def test_kernel_sizes() -> None:
    assert convolution({"nb_filter": 8, "nb_row": 3, "nb_col": 5}, "keras1") == {"nb_filter": 8, "kernel_size": (3, 5)}
    sizes = {"kernel_dim1": 1, "kernel_dim2": 2, "kernel_dim3": 3}
    assert convolution(sizes, "keras1") == {"kernel_size": (1, 2, 3)}
    assert convolution({"nb_row": (3, 3)}, "keras1") == {"kernel_size": (3, 3)}
    assert convolution({"atrous_rate": (2, 2)}, "keras1") == {"dilation_rate": (2, 2)}


def test_the_shape_of_steps() -> None:
    assert convolution({"input_dim": 4, "input_length": 9}, "keras1") == {"input_shape": (9, 4)}
    assert convolution({"input_dim": 4}, "keras1") == {"input_shape": (None, 4)}
    assert convolution({"input_dim": None, "input_length": None}, "keras1") == {}


def test_both_kernels_of_a_separable_convolution() -> None:
    found = separable_convolution({"nb_row": 3, "nb_col": 3, "init": "he_normal", "kernel_regularizer": None}, "keras1")
    assert found["depthwise_initializer"] is found["pointwise_initializer"] and "init" not in found
    assert "kernel_regularizer" not in found


def test_an_output_shape() -> None:
    given: dict[str, Any] = {"nb_filter": 3, "nb_row": 3, "nb_col": 3, "dim_ordering": "th", "subsample": (2, 2)}
    path, arguments = deconvolution({**given, "output_shape": (None, 3, 8, 8)}, "keras1")
    layer = named(str(path))(**arguments)  # type: ignore[arg-type]
    assert layer(torch.ones(1, 2, 3, 3)).shape == (1, 3, 8, 8)
    assert isinstance(deconvolution({"filters": 3, "kernel_size": 3, "output_shape": None}, "keras2"), dict)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"nb_row": 3}, "nb_row, nb_col"), ({"nb_row": 3, "nb_col": 3, "kernel_size": 3}, "Give one of them")],
)
def test_sizes_that_are_missing_or_given_twice(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        convolution(arguments, "keras1")


def test_two_sizes_by_place_under_a_name_of_keras_1() -> None:
    given = {"filters": 8, "kernel_size": 3, "strides": 5}
    assert in_two_sizes(given, "keras2") == {"filters": 8, "kernel_size": (3, 5)}
    assert in_two_sizes(given, "tf.keras") == given
    assert in_two_sizes({"kernel_size": 3, "strides": (2, 2)}, "keras2") == {"kernel_size": 3, "strides": (2, 2)}
