"""Functions of `ops` and `activations` in files: real Keras reads what is written here, and the other way round.

Oracle: real Keras with its torch backend.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils import _pytree as pytree

import torchkeras_compat as ours
from tests.integration.operation_cases import ACTIVATIONS, CALLS, IMAGES, OPERATORS, SHAPE, X, forms, made

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*:UserWarning", "ignore:.*:DeprecationWarning"
)  # of Keras's operations
SPACES = {"ops": CALLS, "ops.image": IMAGES, "activations": ACTIVATIONS}
NAMES = [(space, name) for space, calls in SPACES.items() for name in calls]
# Calls that Keras cannot make on its torch backend, or whose file it cannot read again.
KERAS_CANNOT = {
    "ops": set(
        "adaptive_average_pool adaptive_max_pool bitwise_and bitwise_or bitwise_xor conv_transpose cross digitize"
        " geomspace heaviside histogram hypot linspace rearrange repeat softmax".split()
    ),
    "ops.image": set(),
    "activations": {"softmax", "mish", "hard_silu", "hard_swish", "sparsemax"},
}
# What Keras's torch backend computes in another way than NumPy and its TensorFlow backend do.
OTHER_NUMBERS = {
    "ops": set(
        "argpartition average average_pool correlate count_nonzero cumprod cumsum nancumprod nancumsum pad quantile"
        " size sparsemax top_k unique".split()
    ),
    "ops.image": {"gaussian_blur"},
    "activations": set(),
}
# What takes functions, gives Python values, or makes tensors of numbers alone.
NOT_RECORDED = set(
    "arange associative_scan bartlett blackman cond convert_to_numpy custom_gradient dtype empty eye fori_loop hamming"
    " hanning identity is_tensor jvp kaiser map ndim nonzero ones scan shape switch tri vectorize vectorized_map"
    " while_loop zeros".split()
)


def calls_of(space: str, name: str) -> Iterator[tuple[str, Any, Any]]:
    for call in SPACES[space][name]:
        for form, args, kwargs in forms(operator.attrgetter(f"{space}.{name}")(ours), call):
            yield f"{form}: {call}", args, kwargs


def model_of(keras: Any, space: str, name: str, args: Any, kwargs: Any) -> Any:
    inputs = keras.Input(SHAPE)
    values = [made(keras, v, inputs) for v in args], {k: made(keras, v, inputs) for k, v in kwargs.items()}
    return keras.Model(inputs, operator.attrgetter(f"{space}.{name}")(keras)(*values[0], **values[1]))


def outputs(model: Any) -> list[np.ndarray]:
    return [np.asarray(y.detach()) for y in pytree.tree_leaves(model(torch.from_numpy(X)))]


def read(keras: Any, model: Any) -> Any:
    return keras.models.model_from_json(model.to_json())


def assert_same(found: list[np.ndarray], expected: list[np.ndarray], what: str) -> None:
    assert [y.shape for y in found] == [y.shape for y in expected], what
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5, err_msg=what)


# What is another function here: that one is recorded.
SAME_AS_OTHERS = set("bitwise_not convert_to_tensor dsplit hsplit left_shift right_shift vsplit".split())


@pytest.mark.parametrize(("space", "name"), NAMES)
def test_files_go_both_ways(space: str, name: str, real_keras: Any) -> None:
    for what, args, kwargs in calls_of(space, name):
        model = model_of(ours, space, name, args, kwargs)
        expected = outputs(model)
        assert_same(outputs(read(ours, model)), expected, what)
        try:
            theirs = model_of(real_keras, space, name, args, kwargs)
            by_keras = outputs(theirs)
            assert_same(outputs(read(real_keras, theirs)), by_keras, what)
        except Exception:
            if name not in KERAS_CANNOT[space]:
                raise
            continue
        if name not in OTHER_NUMBERS[space]:
            assert_same(by_keras, expected, what)
        text = theirs.to_json()
        assert_same(outputs(ours.models.model_from_json(text)), expected, what)
        assert_same(outputs(real_keras.models.model_from_json(model.to_json())), by_keras, what)


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_and_indices_go_both_ways(name: str, real_keras: Any) -> None:
    found = []
    for keras in (ours, real_keras):
        inputs = keras.Input(SHAPE)
        model = keras.Model(inputs, OPERATORS[name](keras, inputs))
        found += [outputs(model), outputs(read(ours, model)), outputs(read(real_keras, model))]
    for values in found[1:]:
        assert_same(values, found[0], name)


def test_a_reshape_by_the_batch_size_is_read(real_keras: Any) -> None:
    for keras in (ours, real_keras):
        inputs = keras.Input(SHAPE)
        model = keras.Model(inputs, keras.ops.reshape(inputs, (keras.ops.shape(inputs)[0], 16)))
        assert_same(outputs(read(ours, model)), [X.reshape(2, 16)], "which Keras's torch backend cannot compute")


# Keras 3.15 writes numbers, which its own graph cannot take, for the first five; and has no such indices.
WRITTEN_FOR_KERAS = {
    "heaviside": lambda t: ours.ops.heaviside(t, 0.5),
    "hypot": lambda t: ours.ops.hypot(2, t),
    "bitwise_and": lambda t: ours.ops.bitwise_and(ours.ops.cast(t * 9, "int32"), 3),
    "digitize": lambda t: ours.ops.digitize(t, [0.2, 0.5]),
    "a slice alone": lambda t: t[:2],
    "a new axis alone": lambda t: t[None],
    "an ellipsis alone": lambda t: t[...],
    "indices": lambda t: t[[0, 1, 1]],
    "indices of an axis": lambda t: t[:, [0, 2]],
    "indices from the end": lambda t: t[..., np.array([3, 0]), :],
    "mish": lambda t: ours.activations.mish(t),
    "hard_silu": lambda t: ours.activations.hard_silu(t),
}


@pytest.mark.parametrize("name", WRITTEN_FOR_KERAS)
def test_keras_reads_what_it_cannot_write(name: str, real_keras: Any) -> None:
    inputs = ours.Input(SHAPE)
    model = ours.Model(inputs, WRITTEN_FOR_KERAS[name](inputs))
    for keras in (ours, real_keras):
        assert_same(outputs(read(keras, model)), outputs(model), name)


# Keras itself finds no operation that it reads from a `.h5` file.
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_all_functions_in_one_file(ending: str, real_keras: Any, tmp_path: Any) -> None:
    for keras, other in ((ours, real_keras if ending == "keras" else ours), (real_keras, ours)):
        inputs = keras.Input(SHAPE)
        ends = []
        for space, calls in SPACES.items():
            for name in sorted(calls.keys() - KERAS_CANNOT[space] - OTHER_NUMBERS[space]):
                call = {k: made(keras, v, inputs) for k, v in calls[name][-1].items()}
                several = call.pop("operands", None) or (call.pop("x") if name == "meshgrid" else ())
                first = [call.pop("subscripts")] if "subscripts" in call else []
                ends += pytree.tree_leaves(operator.attrgetter(f"{space}.{name}")(keras)(*first, *several, **call))
        model = keras.Model(inputs, ends)
        model.save(tmp_path / f"all.{ending}")
        again = other.models.load_model(tmp_path / f"all.{ending}")
        assert_same(outputs(again), outputs(model), ending)


def test_every_function_has_a_case(real_keras: Any) -> None:
    for space, calls in SPACES.items():
        public = operator.attrgetter(space)(real_keras)
        names = {n for n in dir(public) if not n.startswith("_") and callable(getattr(public, n))}
        others = {"get", "serialize", "deserialize", "empty_like"} | NOT_RECORDED
        assert names - calls.keys() - others == set()


def test_entries_are_those_of_keras(real_keras: Any) -> None:
    for space, name in NAMES:
        if name in KERAS_CANNOT[space] | {*SAME_AS_OTHERS}:
            continue
        _, args, kwargs = next(calls_of(space, name))
        last = []
        for keras in (ours, real_keras):
            layers = json.loads(model_of(keras, space, name, args, kwargs).to_json())["config"]["layers"]
            last.append({(entry["module"], entry["class_name"]) for entry in layers})
        assert last[0] == last[1], name
