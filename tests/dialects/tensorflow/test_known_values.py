"""Shapes that are computed of shapes, in functional models."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.arrays.creation import one_hot
from torchkeras_compat.dialects.tensorflow.arrays.joining import concat, stack
from torchkeras_compat.dialects.tensorflow.arrays.rearranging import tile
from torchkeras_compat.dialects.tensorflow.arrays.shapes import reshape, shape
from torchkeras_compat.dialects.tensorflow.known_values import known_value
from torchkeras_compat.dialects.tensorflow.math.arithmetic import add
from torchkeras_compat.dialects.tensorflow.random.stateful import normal

_spec = importlib.util.spec_from_file_location(
    "numbers_of_tensorflow", Path(__file__).parent / "numbers_of_tensorflow.py"
)
assert _spec is not None and _spec.loader is not None
numbers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(numbers)


def test_the_value_of_a_shape_is_known_but_for_the_batch() -> None:
    sizes = shape(keras.Input((5, 4)))
    value = known_value(sizes, 240)
    assert value is not None
    assert value.tolist() == [240, 5, 4]
    assert known_value(keras.Input((5,), dtype="int32"), 240) is None


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (lambda s: [s[0], -1], (None, 20)),
        (lambda s: [s[0] * s[1], s[2]], (None, 4)),
        (lambda s: [-1, s[1] // 5, 20], (None, 1, 20)),
        (lambda s: stack([s[0], 2, 10]), (None, 2, 10)),
        (lambda s: concat([s[:1], [2, 10]], 0), (None, 2, 10)),
        (lambda s: concat([[-1], s[2:], [5]], axis=0), (None, 4, 5)),
    ],
)
def test_shapes_made_of_a_shape_reshape(target: Any, expected: tuple[Any, ...]) -> None:
    x = keras.Input((5, 4))
    y = reshape(x, target(shape(x)))
    assert y.shape == expected
    assert keras.Model(x, y)(torch.zeros(3, 5, 4)).shape[1:] == expected[1:]


def test_noise_of_the_size_of_the_batch_is_drawn_in_each_call() -> None:
    x = keras.Input((5,))
    sizes = shape(x)
    y = normal([sizes[0], 3])
    assert y.shape == (None, 3)
    model = keras.Model(x, y)
    first, second = model(torch.zeros(2, 5)), model(torch.zeros(2, 5))
    assert first.shape == (2, 3)
    assert not torch.equal(first, second)


def test_sizes_serve_as_counts_too() -> None:
    x = keras.Input((5, 4))
    assert tile(x, [1, shape(x)[1], 1]).shape == (None, 25, 4)
    assert one_hot(keras.Input((2,), dtype="int32"), shape(x)[2]).shape == (None, 2, 4)


def test_an_error_says_none_for_the_batch() -> None:
    with pytest.raises(ValueError, match=r"shape \(None, 5, 4\)"):
        reshape(keras.Input((5, 4)), [7, 3])


def test_a_constant_says_how_large_the_batch_is() -> None:
    assert add(keras.Input((3,)), torch.ones(4, 3)).shape == (4, 3)


def _leaves(x: Any) -> list[Any]:
    return [leaf for part in x for leaf in _leaves(part)] if isinstance(x, (list, tuple)) else [x]


def _recorded(call: str, tf: Any) -> tuple[Any, list[Any], list[torch.Tensor]]:
    """What a call gives on inputs in place of tensors, the inputs, and the tensors."""
    symbols, tensors = [], []

    def in_place_of(make: Any) -> Any:
        def symbol(*shape: int, **options: int) -> Any:
            tensor = make(*shape, **options)
            if not shape:
                return tensor
            symbols.append(keras.Input(batch_shape=shape, dtype=tensor.dtype.name))
            tensors.append(torch.as_tensor(tensor.numpy()))
            return symbols[-1]

        return symbol

    known = {name: in_place_of(make) for name, make in numbers.inputs(tf).items()}
    return eval(call, {"tf": tf, "np": np, **known}), symbols, tensors


def test_every_function_can_be_a_step_of_a_functional_model(tf: Any, calls_on_numbers: list[tuple[str, Any]]) -> None:
    differences, count = [], 0
    for call, expected in calls_on_numbers:
        found, symbols, tensors = _recorded(call, tf)
        outputs = _leaves(found)
        if not symbols or not all(isinstance(x, keras.KerasTensor) for x in outputs):
            continue  # no tensor of the call became an input
        count += 1
        results = _leaves(keras.Model(symbols, outputs)(tensors))
        for output, result, wanted in zip(outputs, results, _leaves(expected), strict=True):
            difference = numbers.agrees(result, None, wanted)
            if len(output.shape) != result.ndim or any(a not in (None, b) for a, b in zip(output.shape, result.shape)):
                difference = f"{output.shape} was inferred for {tuple(result.shape)}"
            differences += [f"{call}: {difference}"] if difference else []
    assert differences == []
    assert count > 400
