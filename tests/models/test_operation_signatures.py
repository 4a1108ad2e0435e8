"""How Keras stores functions: the parameters of its operation classes are those that the tables say.

Oracle: the signatures of real Keras's operations.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest

from torchkeras_compat import activations, ops
from torchkeras_compat.models.operation_signatures import (
    function_named,
    is_beside_ops,
    is_input,
    is_operation,
    joined_call,
    operation_name,
    renamed_settings,
    split_call,
)


def parameters(function: Any) -> list[str]:
    named = inspect.signature(function).parameters.items()
    return [name for name, p in named if name not in ("self", "name") and p.kind is not p.VAR_KEYWORD]


def names() -> list[str]:
    # Functions that are others here, and what takes functions or makes tensors of numbers alone.
    others = set(
        "abs arange associative_scan bartlett bitwise_not blackman cond conj convert_to_numpy custom_gradient dsplit"
        " dtype empty eye fori_loop hamming hanning hard_swish hsplit identity is_tensor jvp kaiser left_shift map ndim"
        " ones right_shift scan shape switch swish tri vectorize vectorized_map view vsplit while_loop zeros".split()
    )
    return [n for n in dir(ops) if not n.startswith("_") and callable(getattr(ops, n)) and n not in others]


@pytest.mark.parametrize("name", names())
def test_inputs_and_settings_are_those_of_the_class(name: str, real_keras: Any) -> None:
    function = inspect.unwrap(getattr(ops, name))
    if not hasattr(real_keras.ops, name):
        pytest.skip("not a function of Keras")
    class_name, module = operation_name(function)
    cls = getattr(importlib.import_module(module), class_name)
    settings = [] if cls.__init__ is real_keras.Operation.__init__ else parameters(cls.__init__)
    inputs = parameters(cls.call) or parameters(cls.compute_output_spec)
    mine = [p for p in parameters(function) if is_input(function, p)]
    if "operands" not in parameters(function) and name != "meshgrid":
        assert mine == inputs
    assert set(parameters(function)) - set(mine) - set(inputs) <= set(settings)


def test_functions_beside_ops() -> None:
    assert operation_name(activations.relu) == ("ReLU", "keras.src.activations.activations")
    assert is_beside_ops(activations.mish) and not is_beside_ops(ops.relu)
    assert function_named("ReLU") is activations.relu and function_named("Relu") is ops.relu
    assert is_operation("keras.src.activations.activations", "ReLU") and not is_operation(None, "Dense")
    assert not is_operation("keras.layers", "ReLU") and not is_operation("keras.layers", ["Relu"])


def test_calls_are_split_and_joined_again() -> None:
    function = inspect.unwrap(ops.batch_normalization)
    inputs, named, settings = split_call(function, (1, 2, 3, -1), {"scale": 4, "epsilon": 0.1})
    assert (inputs, named, settings) == ([1, 2, 3, None, 4], {}, {"axis": -1, "epsilon": 0.1})
    args, kwargs = joined_call(function, settings, inputs, named)
    assert (args, kwargs) == ([1, 2, 3], {"offset": None, "scale": 4, "axis": -1, "epsilon": 0.1})
    assert split_call(inspect.unwrap(ops.rearrange), (1, "a b -> (a b)"), {"a": 2})[1] == {"a": 2}


@pytest.mark.parametrize(
    ("function", "settings", "inputs", "expected"),
    [
        # Calls of operations of Keras 3.0 to 3.9, which have fewer settings.
        (ops.scatter, {}, ["indices", "values", (4,)], {"indices": "indices", "values": "values", "shape": (4,)}),
        (ops.full, {}, [(2,), 1, "int32"], {"shape": (2,), "fill_value": 1, "dtype": "int32"}),
        (ops.isclose, {}, ["a", "b", 1, 2, True], {"x1": "a", "x2": "b", "rtol": 1, "atol": 2, "equal_nan": True}),
        (ops.searchsorted, {}, ["a", "b", "right"], {"sorted_sequence": "a", "values": "b", "side": "right"}),
        (ops.zeros_like, {}, ["x", "int32"], {"x": "x", "dtype": "int32"}),
        (ops.slice, {}, ["x", [0], [1]], {"inputs": "x", "start_indices": [0], "shape": [1]}),
        # And of later ones.
        (ops.full, {"shape": (2,), "dtype": "int32"}, [1], {"shape": (2,), "fill_value": 1, "dtype": "int32"}),
        (ops.average, {"axis": 1}, ["x", "w"], {"x": "x", "axis": 1, "weights": "w"}),
    ],
)
def test_calls_of_other_versions(function: Any, settings: Any, inputs: Any, expected: Any) -> None:
    function = inspect.unwrap(function)
    args, kwargs = joined_call(function, settings, inputs, {})
    assert inspect.signature(function).bind(*args, **kwargs).arguments == expected


def test_more_arguments_than_a_function_has_are_refused() -> None:
    with pytest.raises(TypeError, match="absolute takes .'x'. in calls. Received: 2 arguments"):
        joined_call(inspect.unwrap(ops.abs), {}, [1, 2], {})


def test_old_settings() -> None:
    assert renamed_settings(ops.threshold, {"threshold_value": 1, "value": 2}) == {"threshold": 1, "default_value": 2}
    assert renamed_settings(ops.fft, {"axis": -1}) == {}
    with pytest.raises(ValueError, match="fft computes along the last axis. Received: axis=0"):
        renamed_settings(ops.fft, {"axis": 0})
