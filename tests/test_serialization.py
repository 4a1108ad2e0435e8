"""What becomes of objects in configs; that real Keras reads them is tested with each kind."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import initializers, layers, ops
from torchkeras_compat.serialization import serialize_keras_object, sharing_objects, without_single_marks
from torchkeras_compat.variables import Variable


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\xff", {"class_name": "__bytes__", "value": "ÿ"}),
        ([(1, None)], [{"class_name": "__tuple__", "items": [1, None]}]),
        ({3: "x"}, {"3": "x"}),
        (slice(1, None), {"class_name": "__slice__", "config": {"start": 1, "stop": None, "step": None}}),
        (..., {"class_name": "__ellipsis__", "config": {}}),
        (torch.Size([2, 3]), {"class_name": "__tuple__", "items": [2, 3]}),
        (torch.float16, "float16"),
        (np.float32(0.5), 0.5),
        (np.ones(1, "int8"), {"class_name": "__numpy__", "config": {"value": [1], "dtype": "int8"}}),
        (
            torch.ones(1, dtype=torch.bfloat16),
            {"class_name": "__tensor__", "config": {"value": [1.0], "dtype": "bfloat16"}},
        ),
        (Variable(2.0), {"class_name": "__tensor__", "config": {"value": 2.0, "dtype": "float32"}}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_become_what_json_can_hold(value: Any, expected: Any) -> None:
    assert serialize_keras_object(value) == expected
    json.dumps(expected)


def test_an_object_is_named_by_its_public_module() -> None:
    assert serialize_keras_object(initializers.Ones()) == {
        "module": "keras.initializers",
        "class_name": "Ones",
        "config": {},
        "registered_name": None,
    }


def test_a_function_of_the_package_is_named_and_a_lambda_refused() -> None:
    assert serialize_keras_object(ops.relu)["config"] == "relu"
    with pytest.raises(ValueError, match="A lambda cannot be serialized safely"):
        serialize_keras_object(lambda x: x)


def test_an_object_without_a_config_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Cannot serialize object.*Give its class a `get_config\(\)` method"):
        serialize_keras_object(object())


def test_only_objects_that_occur_twice_are_marked_as_shared() -> None:
    layer = layers.Dense(1)
    with sharing_objects():
        once = serialize_keras_object([layer, layers.Dense(2)])
    with sharing_objects():
        twice = serialize_keras_object([layer, layer])
    assert "shared_object_id" in once[0] and "shared_object_id" not in without_single_marks(once)[0]
    first, second = without_single_marks(twice)
    assert first["shared_object_id"] == second["shared_object_id"]
