"""`Lambda` beside real Keras, and what it refuses to load."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, Model, layers, ops
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_keras_object
from torchkeras_compat.serialization import serialize_keras_object


def stacked(x: Any) -> Any:
    return ops.concatenate([x, x], axis=1)


def scaled(x: Any, factor: float, mask: Any = None, training: Any = None) -> Any:
    return x * factor if mask is None else x * factor * mask[..., None]


def as_read_from_a_file(layer: Any) -> Any:
    return json.loads(json.dumps(serialize_keras_object(layer)))


def test_it_calls_the_function_with_arguments_and_mask() -> None:
    x = layers.Masking()(torch.tensor([[[1.0], [0.0]]]))
    assert layers.Lambda(scaled, arguments={"factor": 3.0})(torch.ones(1, 1)).tolist() == [[3.0]]
    with pytest.warns(UserWarning, match="drops the mask"):
        assert layers.Lambda(scaled, arguments={"factor": 3.0})(x).tolist() == [[[3.0], [0.0]]]
    assert layers.Lambda(lambda x, training: x + training)(torch.ones(1), training=True).tolist() == [2.0]
    with pytest.raises(TypeError, match="callable"):
        layers.Lambda("square")  # type: ignore[arg-type]


def test_shapes_are_inferred_or_given() -> None:
    assert layers.Lambda(stacked)(Input((3,))).shape == (None, 6)
    assert layers.Lambda(stacked, output_shape=(6,))(Input((3,))).shape == (None, 6)
    assert layers.Lambda(stacked, output_shape=lambda s: (s[0], 2 * s[1]))(Input((3,))).shape == (None, 6)
    x = Input((3,))
    assert Model(x, layers.Lambda(lambda v: v**2)(x))(2 * torch.ones(5, 3)).tolist() == [[4.0] * 3] * 5
    two = [Input((3,)), Input((3,))]
    assert layers.Lambda(lambda v: v[0] - v[1])(two).shape == (None, 3)


def test_masks_are_given_or_computed() -> None:
    x = torch.ones(1, 2, 1)
    fixed = torch.tensor([[True, False]])
    assert layers.Lambda(scaled, mask=fixed, arguments={"factor": 2.0})(x)._keras_mask is fixed
    computed = layers.Lambda(lambda x: x, mask=lambda inputs, mask: inputs[..., 0] > 0)
    assert computed(x)._keras_mask.tolist() == [[True, True]]
    with pytest.warns(UserWarning, match="drops the mask"):
        assert not hasattr(layers.Lambda(lambda x: 2 * x)(layers.Masking()(x)), "_keras_mask")


def test_a_named_function_is_stored_as_keras_does(real_keras: ModuleType) -> None:
    arguments = {"output_shape": (6,), "arguments": {"factor": 2.0}, "name": "same"}
    config = layers.Lambda(scaled, **arguments).get_config()
    theirs = real_keras.layers.Lambda(scaled, **arguments).get_config()
    assert {**config, "function": theirs["function"]} == theirs
    assert real_keras.layers.Lambda.from_config(config, custom_objects={"scaled": scaled}).function is scaled
    stored = as_read_from_a_file(layers.Lambda(stacked, name="same"))
    with pytest.raises(ValueError, match="'stacked'"):
        deserialize_keras_object(stored)
    with custom_object_scope({"stacked": stacked}):
        assert deserialize_keras_object(stored).function is stacked
    assert layers.Lambda.from_config(stored["config"], custom_objects={"stacked": stacked}).function is stacked


def test_a_function_of_ops_comes_back_by_its_name() -> None:
    layer = deserialize_keras_object(as_read_from_a_file(layers.Lambda(ops.square)))
    assert layer(torch.full((1,), 3.0)).tolist() == [9.0]


def test_a_lambda_is_stored_as_keras_does(real_keras: ModuleType) -> None:
    double = lambda x: 2 * x  # noqa: E731
    stored = as_read_from_a_file(layers.Lambda(double, name="same"))
    theirs = real_keras.layers.Lambda(double, name="same").get_config()
    assert stored["config"] == theirs
    loaded = real_keras.layers.Lambda.from_config(stored["config"], safe_mode=False)
    np.testing.assert_array_equal(loaded(torch.ones(2)), np.full(2, 2.0))


@pytest.mark.parametrize("safe_mode", [True, False, None])
def test_code_from_a_file_is_never_run(safe_mode: bool | None) -> None:
    stored = as_read_from_a_file(layers.Lambda(lambda x: 2 * x, name="doubled"))
    with pytest.raises(ValueError, match="Lambda layer 'doubled'.*custom_objects={'doubled': function}"):
        layers.Lambda.from_config(stored["config"], safe_mode=safe_mode)
    with pytest.raises(ValueError, match="never loaded"):
        deserialize_keras_object(stored, safe_mode=bool(safe_mode))


def test_a_lambda_can_be_given_under_the_name_of_the_layer() -> None:
    layer = layers.Lambda(lambda x: 2 * x, output_shape=lambda shape: shape, name="doubled")
    stored = as_read_from_a_file(layer)
    with custom_object_scope({"doubled": lambda x: 3 * x}):
        assert deserialize_keras_object(stored)(torch.ones(1)).tolist() == [3.0]


def test_a_lambda_of_this_process_can_be_copied() -> None:
    config = layers.Lambda(lambda x: 2 * x, output_shape=lambda shape: shape).get_config()
    with pytest.raises(ValueError, match="Lambda"):
        layers.Lambda.from_config(config)
    copied = layers.Lambda.from_config(config, safe_mode=False)
    assert copied(torch.ones(1)).tolist() == [2.0]
    assert copied.compute_output_shape((None, 3)) == (None, 3)
