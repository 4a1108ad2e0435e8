"""A function of a shape as an initializer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import initializers
from torchkeras_compat.legacy.initializers.function_of_shape import FunctionOfShape, takes_dtype
from torchkeras_compat.saving import register_keras_serializable
from torchkeras_compat.variables import Variable


@register_keras_serializable("tests")
def twos(shape: Any, name: Any = None) -> Any:
    return Variable(np.full(shape, 2.0), name=name)


@pytest.mark.parametrize("make", [twos, lambda shape: np.full(shape, 2.0), lambda shape: torch.full(shape, 2.0)])
def test_variables_arrays_and_tensors(make: Any) -> None:
    values = FunctionOfShape(make)((2, 3), dtype="float16")
    assert values.dtype is torch.float16 and torch.equal(values, torch.full((2, 3), 2.0, dtype=torch.float16))


def test_a_function_that_must_be_given_a_name() -> None:
    assert FunctionOfShape(lambda shape, name: np.ones(shape))((2,)).tolist() == [1.0, 1.0]


def test_round_trip() -> None:
    config = initializers.serialize(FunctionOfShape(twos))
    again = initializers.deserialize(config)
    assert isinstance(again, FunctionOfShape) and again.function is twos


def test_what_takes_a_dtype() -> None:
    assert takes_dtype(lambda shape, dtype=None: None) and takes_dtype(lambda shape, **others: None)
    assert not takes_dtype(twos)


def test_bad_functions() -> None:
    with pytest.raises(TypeError, match="Received: 3"):
        FunctionOfShape(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"'<lambda>' returned values of shape \(1,\) for a weight of shape \(2,\)"):
        FunctionOfShape(lambda shape: np.ones(1))((2,))


def test_a_function_that_needs_a_name_gets_one() -> None:
    values = FunctionOfShape(lambda shape, name: torch.full(shape, 2.0))((3,))
    assert values.tolist() == [2, 2, 2]
