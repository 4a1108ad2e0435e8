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
from torchkeras_compat.errors import FileSafetyError, UnknownNameError
from torchkeras_compat.models.from_json import model_from_json
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


def keep(inputs: Any, mask: Any = None) -> Any:
    return mask


# The configs of `Lambda(scaled, arguments={"factor": 3.0})`, where `scaled` has `factor=2.0`, and of `Lambda(lambda x:
# 2 * x, output_shape=lambda s: s, mask=keep)` in .h5, .json and .keras files of tf.keras 2.15.1 on Python 3.11.
OLD_NAMED = {
    "name": "named",
    "trainable": True,
    "dtype": "float32",
    "function": [
        "4wIAAAAAAAAAAAAAAAIAAAADAAAA8wwAAACXAHwAfAF6BQAAUwCpAU6pACkC2gF42gZmYWN0b3Jz\nAgAAACAg+gRt"
        "LnB52gZzY2FsZWRyBwAAAAEAAABzCgAAAIAAoCGgRqEomD/zAAAAAA==\n",
        [2.0],
        None,
    ],
    "function_type": "lambda",
    "module": "__main__",
    "output_shape": None,
    "output_shape_type": "raw",
    "output_shape_module": None,
    "arguments": {"factor": 3.0},
}
OLD_LAMBDAS = {
    **OLD_NAMED,
    "name": "full",
    "function": [
        "4wEAAAAAAAAAAAAAAAIAAAADAAAA8wwAAACXAGQBfAB6BQAAUwApAk7pAgAAAKkAKQHaAXhzAQAA\nACD6BG0ucHn6"
        "CDxsYW1iZGE+cgYAAAAEAAAAcw0AAACAANBUVdBWV9FUV4AA8wAAAAA=\n",
        None,
        None,
    ],
    "output_shape": [
        "4wEAAAAAAAAAAAAAAAEAAAADAAAA8wYAAACXAHwAUwCpAU6pACkB2gFzcwEAAAAg+gRtLnB5+gg8\nbGFtYmRhPnIG"
        "AAAABAAAAHMHAAAAgADQbm+AAPMAAAAA\n",
        None,
        None,
    ],
    "output_shape_type": "lambda",
    "output_shape_module": "__main__",
    "mask": [
        "4wIAAAAAAAAAAAAAAAEAAAADAAAA8wYAAACXAHwBUwCpAU6pACkC2gF42gRtYXNrcwIAAAAgIPoE\nbS5wedoEa2Vl"
        "cHIHAAAAAgAAAHMGAAAAgACYdJgL8wAAAAA=\n",
        [None],
        None,
    ],
    "mask_type": "lambda",
    "mask_module": "__main__",
    "arguments": {},
}


def test_functions_of_keras_2_are_refused_by_their_name_and_never_shown() -> None:
    expected = (
        r"The Lambda layer 'named' has Python bytecode as its `function` \(the function 'scaled'\). It allows arbitrary"
        r" code execution, .*\{'named': function\}, or by its own name, custom_objects=\{'scaled': scaled\}"
    )
    with pytest.raises(FileSafetyError, match=expected) as error:
        layers.Lambda.from_config(OLD_NAMED)
    assert "4wIA" not in str(error.value)
    with pytest.raises(
        FileSafetyError,
        match=r"its `function` and `output_shape` and `mask` \(the function 'keep'\). .*\{'full': Lambda\(f",
    ):
        layers.Lambda.from_config(OLD_LAMBDAS)


def test_functions_of_keras_2_are_given_by_the_name_of_the_layer_or_their_own() -> None:
    x = torch.ones(1)
    for name in ("named", "scaled"):
        layer = layers.Lambda.from_config(OLD_NAMED, custom_objects={name: scaled})
        assert layer(x).tolist() == [3.0]
        assert layer.get_config()["arguments"] == {"factor": 3.0}
    with pytest.raises(FileSafetyError, match="`function`"):  # a class would be made by each call
        layers.Lambda.from_config(OLD_NAMED, custom_objects={"scaled": dict})
    whole = layers.Lambda(lambda x: 2 * x, mask=keep)
    layer = layers.Lambda.from_config(OLD_LAMBDAS, custom_objects={"full": whole})
    assert layer(x).tolist() == [2.0] and layer.mask is keep
    with pytest.warns(UserWarning, match="'full' is a function in the file, .*its output has no mask"):
        layer = layers.Lambda.from_config(OLD_LAMBDAS, custom_objects={"full": lambda x: 2 * x})
    assert layer.compute_output_shape((None, 3)) == (None, 3)


def test_the_shape_of_a_function_that_is_given_by_its_own_name_is_worked_out() -> None:
    """``Lambda(euclidean, output_shape=lambda shapes: ...)``, as siamese networks have it."""
    by_name = {"function": "scaled", "function_type": "function", "module": "__main__", "arguments": {"factor": 2.0}}
    config = {**OLD_LAMBDAS, **by_name, "mask": None, "mask_type": "raw"}
    layer = layers.Lambda.from_config(config, custom_objects={"scaled": scaled})
    assert layer.compute_output_shape((None, 3)) == (None, 3)
    with pytest.raises(FileSafetyError, match="`output_shape`"):
        layers.Lambda.from_config({**config, "function": "relu", "module": "keras.activations", "arguments": {}})
    with pytest.raises(FileSafetyError, match="`mask`"):
        layers.Lambda.from_config({**OLD_LAMBDAS, **by_name}, custom_objects={"scaled": scaled})


def test_functions_that_keras_2_stores_by_name_are_public_ones_or_given() -> None:
    config = {"name": "a", "function": "abs", "function_type": "function", "module": "builtins", "arguments": {}}
    assert layers.Lambda.from_config(config)(torch.full((1,), -2.0)).tolist() == [2.0]
    factor = {"type": "ndarray", "value": [2, 3]}
    config |= {"function": "scaled", "module": "my_code", "arguments": {"factor": factor}}
    with pytest.raises(UnknownNameError, match="Could not locate 'scaled'"):
        layers.Lambda.from_config(config)
    for name in ("a", "scaled"):
        layer = layers.Lambda.from_config(config, custom_objects={name: scaled})
        assert layer.function is scaled and layer.arguments["factor"].tolist() == [2, 3]
    for name in ("system", ["system"], None):
        with pytest.raises(ValueError, match="system|by its name"):
            layers.Lambda.from_config({**config, "function": name, "module": "os", "name": "b"})


def test_functions_of_keras_1_and_merges_are_refused_alike() -> None:
    stored = ["c\0\0\0\0", None, None]
    config = {"name": "a", "function": stored, "function_type": "lambda", "output_shape": None, "arguments": {}}
    model = {"name": "m", "layers": [{"class_name": "Lambda", "config": {**config, "batch_input_shape": [None, 2]}}]}
    text = json.dumps({"class_name": "Sequential", "config": model["layers"], "keras_version": "1.2.2"})
    with pytest.raises(ValueError, match="The Lambda layer 'a' has Python bytecode as its `function`"):
        model_from_json(text)
    assert model_from_json(text, custom_objects={"a": lambda x: 3 * x})(torch.ones(1, 2)).tolist() == [[3.0, 3.0]]
    inputs = [
        {"class_name": "InputLayer", "config": {"name": n, "batch_input_shape": [None, 2]}, "name": n} for n in "xy"
    ]
    merge = {"name": "m", "mode": stored, "mode_type": "lambda", "output_shape": stored, "output_shape_type": "lambda"}
    graph = [*({**entry, "inbound_nodes": []} for entry in inputs)]
    graph += [{"class_name": "Merge", "config": merge, "name": "m", "inbound_nodes": [[["x", 0, 0], ["y", 0, 0]]]}]
    settings = {
        "name": "g",
        "layers": graph,
        "input_layers": [["x", 0, 0], ["y", 0, 0]],
        "output_layers": [["m", 0, 0]],
    }
    text = json.dumps({"class_name": "Model", "config": settings, "keras_version": "1.2.2"})
    with pytest.raises(
        ValueError, match="The Lambda layer 'm' has Python bytecode as its `function` and `output_shape`"
    ):
        model_from_json(text)
    model = model_from_json(text, custom_objects={"m": lambda xs: xs[0] - xs[1]})
    assert model([torch.full((1, 2), 3.0), torch.ones(1, 2)]).tolist() == [[2.0, 2.0]]
