"""`InputLayer` and `Input`: shapes, dtypes, and arguments that do not agree."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from torchkeras_compat import Input, Model, layers
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_shapes_and_dtypes() -> None:
    assert Input((3, None)).shape == (None, 3, None)
    assert Input((np.int64(3),), batch_size=4).shape == (4, 3)
    assert Input(batch_shape=(2, 3), dtype="int32").dtype == "int32"
    assert Input(()).shape == (None,)
    layer = layers.InputLayer((3,), name="here")
    assert layer.output.name == "here" and layer.built and layer.call() is None


def test_the_config_is_that_of_keras(real_keras: ModuleType) -> None:
    config = layers.InputLayer((3, None), dtype="int32", name="here").get_config()
    theirs = real_keras.layers.InputLayer((3, None), dtype="int32", name="here").get_config()
    assert {key: theirs[key] for key in config} == config
    assert layers.InputLayer.from_config(config).output.shape == (None, 3, None)


def test_a_given_tensor_becomes_the_input() -> None:
    tensor = KerasTensor((2, 3))
    layer = layers.InputLayer(input_tensor=tensor, shape=(3,), batch_size=2, dtype="float32", sparse=False)
    assert layer.output is tensor and layer.batch_shape == (2, 3)
    x = Input((3,))
    y = layers.Dense(2)(x)
    assert Input(tensor=y) is not y
    assert Model(x, y).output_shape == (None, 2)


@pytest.mark.parametrize(
    ("name", "value"), [("shape", (4,)), ("batch_shape", (2, 4)), ("batch_size", 5), ("dtype", "float16"),
                        ("sparse", True), ("ragged", True)],
)  # fmt: skip
def test_what_disagrees_with_a_given_tensor_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"incompatible `{name}`"):
        layers.InputLayer(input_tensor=KerasTensor((2, 3)), **{name: value})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "You must pass a `shape` argument"),
        ({"shape": (3,), "batch_shape": (2, 3)}, "both `shape` and `batch_shape`"),
        ({"batch_size": 2, "batch_shape": (2, 3)}, "both `batch_size` and `batch_shape`"),
        ({"shape": (3,), "sparse": True}, "`sparse=True` is not supported"),
        ({"shape": (3,), "ragged": True}, "`ragged=True` is not supported"),
        ({"shape": 3}, r"Use \(3,\)"),
        ({"input_tensor": np.zeros(3)}, "must be a KerasTensor"),
        ({"shape": (3,), "shapes": 3}, "shapes"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layers.InputLayer(**arguments)


def test_the_names_of_keras_2_warn() -> None:
    with pytest.warns(UserWarning, match="Use `shape` instead"):
        assert layers.InputLayer(input_shape=(3,), batch_size=2).batch_shape == (2, 3)
    with pytest.warns(UserWarning, match="Use `batch_shape` instead"):
        assert layers.InputLayer(batch_input_shape=(2, 3)).batch_shape == (2, 3)
