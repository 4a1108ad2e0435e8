"""Configs, JSON, summaries, paths and names are what Keras gives, to the letter: scripts parse and compare them."""

from __future__ import annotations

import inspect
import json
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import torchkeras_compat as ours
from tests.test_layers import TABLE
from torchkeras_compat import layers
from torchkeras_compat.serialization import serialize_keras_object

# Keys that configs here have and Keras's lack: it takes the argument and loses it.
KEPT_HERE = {
    "CosineSimilarity": {"axis"},
    "Huber": {"delta"},
    "Identity": {"gain"},
    "IdentityInitializer": {"gain"},
    "MaxNumBoundingBoxes": {"fill_value"},
    "RandomGrayscale": {"seed"},
    "SimpleRNN": {"seed"},
    "SparseCategoricalCrossentropy": {"axis"},  # the loss
    "SparseTopKCategoricalAccuracy": {"from_sorted_ids"},
}
# Numbers that are a pair in Keras's configs, which it refuses to read.
AS_A_NUMBER = {"RandomShear": {"x_factor", "y_factor"}}
# What Keras draws a number for where None is given.
DRAWN = {"RandomCrop": {"seed"}}
# Numbers that Keras keeps as float32, so that 0.001 comes back as 0.0010000000474974513.
ROUNDED = {"learning_rate", "l1", "l2", "factor"}


def as_text(x: Any) -> Any:
    """Return what JSON makes of a config."""
    return json.loads(json.dumps(x, default=str))


def assert_equal_configs(found: dict[str, Any], expected: dict[str, Any], name: str) -> None:
    kept = KEPT_HERE.get(name, set()) - expected.keys()
    found = {k: v for k, v in found.items() if k not in kept}
    drawn = DRAWN.get(name, set())
    assert list(found) == list(expected)
    for key, value in expected.items():
        if key in AS_A_NUMBER.get(name, ()):
            assert [-found[key], found[key]] == value
        elif key in ROUNDED and isinstance(value, float):
            assert np.float32(found[key]) == np.float32(value)
        elif key not in drawn:
            assert as_text(found[key]) == as_text(value), key


def instances() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield every public class that can be made without arguments, by namespace and name."""
    for space in (
        "losses",
        "metrics",
        "optimizers",
        "optimizers.schedules",
        "initializers",
        "regularizers",
        "constraints",
    ):
        namespace = ours
        for part in space.split("."):
            namespace = getattr(namespace, part)
        for name in sorted(dir(namespace)):
            cls = getattr(namespace, name)
            if not inspect.isclass(cls) or not hasattr(cls, "get_config") or cls.__name__ != name:
                continue
            parameters = inspect.signature(cls).parameters.values()
            if not any(p.default is p.empty and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters):
                yield f"{space}.{name}", cls


INSTANCES = dict(instances())


@pytest.mark.parametrize("name", sorted(INSTANCES))
def test_objects_have_the_configs_of_keras(real_keras: types.ModuleType, name: str) -> None:
    space, _, last = name.rpartition(".")
    theirs = real_keras
    for part in space.split("."):
        theirs = getattr(theirs, part)
    cls = getattr(theirs, last, None)
    if cls is None:
        pytest.skip("a name that Keras does not have")
    try:
        cls().get_config()
    except (NotImplementedError, TypeError, ValueError):
        pytest.skip("Keras makes none without arguments")
    ours.backend.clear_session()  # names that are numbered start at the beginning, in both
    real_keras.backend.clear_session()
    expected, found = cls().get_config(), INSTANCES[name]().get_config()
    assert_equal_configs(as_text(found), as_text(expected), last)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_layers_have_the_configs_of_keras(real_keras: types.ModuleType, name: str) -> None:
    if not hasattr(real_keras.layers, name):
        pytest.skip("a name that Keras does not have")
    layer = TABLE[name].make()
    if type(layer).__name__ != name:
        layer = getattr(layers, name)(2, 4) if name == "MultiHeadAttention" else getattr(layers, name)(4, 2, 2)
    try:
        config = serialize_keras_object(layer)
    except (NotImplementedError, ValueError):
        pytest.skip("holds code or a torch module, which no config does")
    try:
        twin = real_keras.saving.deserialize_keras_object(json.loads(json.dumps(config)))
    except (ImportError, TypeError, ValueError) as error:
        if any(reason in str(error) for reason in ("TensorFlow", "lambda", "torch.load")):
            pytest.skip("Keras needs TensorFlow for it, or loads no code")
        raise
    assert layer.built == twin.built
    assert_equal_configs(config["config"], as_text(twin.get_config()), name)


def sequential(keras: Any) -> Any:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, padding="same", kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def unbuilt(keras: Any) -> Any:
    return keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(4), keras.layers.Dense(2)], name="waiting")


def functional(keras: Any) -> Any:
    layers = keras.layers
    image, side = keras.Input((8, 8, 3)), keras.Input((5,), name="side")
    x = layers.GlobalAveragePooling2D()(layers.SeparableConv2D(4, 3)(image))
    shared = layers.Dense(3)
    joined = layers.Concatenate()([x, shared(side), shared(side)])
    return keras.Model([image, side], [layers.Dense(1)(joined), layers.Dense(2, name="p")(joined)])


def operators(keras: Any) -> Any:
    x = keras.Input((8,))
    dense = keras.layers.Dense(8)
    return keras.Model(x, keras.ops.relu(dense(dense(x)) + x) * 2, name="with_operators")


def recurrent(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((5, 4))
    y = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    y = layers.Add()([layers.MultiHeadAttention(2, 4)(y, y), y])
    return keras.Model(x, layers.GRU(2)(layers.TimeDistributed(layers.Dense(3))(layers.LayerNormalization()(y))))


JSON_MODELS = [sequential, unbuilt, functional, operators, recurrent]


def subclassed(keras: Any) -> Any:
    class Block(keras.layers.Layer):  # type: ignore[name-defined]
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.parts = [keras.layers.Dense(2) for _ in range(2)]
            self.scale = self.add_weight(shape=(1,), name="scale")

        def call(self, x: Any) -> Any:
            for part in self.parts:
                x = part(x)
            return x * self.scale

    class Net(keras.Model):  # type: ignore[name-defined]
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.block = Block()
            self.inner = keras.Sequential([keras.layers.Dense(3), keras.layers.ReLU()])
            self.drop = keras.layers.Dropout(0.1)
            self.never_called = keras.layers.Dense(7)
            self.scale = self.add_weight(shape=(1,), name="scale")

        def call(self, x: Any) -> Any:
            return self.drop(self.inner(self.block(x))) * self.scale

    model = Net(name="net")
    model(np.ones((2, 2), "float32"))
    model.compile("rmsprop", "mse")
    return model


def summary(model: Any, **options: Any) -> str:
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), **options)
    return "\n".join(lines)


def both(real_keras: Any, make: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Return the model of this package and that of Keras, with names that start at the beginning in both."""
    made = []
    for keras in (ours, real_keras):
        keras.backend.clear_session()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras's, of a layer that is never called
            made.append(make(keras))
    return made[0], made[1]


def without_choices(x: Any) -> Any:
    """Return a model's JSON without what depends on the backend, or stays different by choice.

    The class of an optimizer of Keras's torch backend has a private module and a registered name; numbers of optimizers
    are float32 there; ``jit_compile="auto"`` is stored as what the backend makes of it; and Keras notes of some calls
    that
    there was no mask, or no training.
    """
    if isinstance(x, list):
        return [without_choices(v) for v in x]
    if not isinstance(x, dict):
        return x
    x = {
        k: without_choices(v)
        for k, v in x.items()
        if k != "jit_compile" and (k, v) not in (("mask", None), ("training", False))
    }
    if "optimizers" in str(x.get("module")):
        x.update(module="keras.optimizers", registered_name=None)
    return {k: float(np.float32(v)) if k in ROUNDED and isinstance(v, float) else v for k, v in x.items()}


@pytest.mark.parametrize("make", JSON_MODELS, ids=lambda f: f.__name__)
def test_json_is_that_of_keras(real_keras: types.ModuleType, make: Callable[[Any], Any]) -> None:
    own, theirs = both(real_keras, make)
    found, expected = (without_choices(json.loads(model.to_json())) for model in (own, theirs))
    assert json.dumps(found, indent=1) == json.dumps(expected, indent=1)


@pytest.mark.parametrize("make", [*JSON_MODELS, subclassed], ids=lambda f: f.__name__)
def test_summaries_are_those_of_keras(real_keras: types.ModuleType, make: Callable[[Any], Any]) -> None:
    own, theirs = both(real_keras, make)
    assert summary(own) == summary(theirs)


@pytest.mark.parametrize("make", [sequential, recurrent, subclassed], ids=lambda f: f.__name__)
@pytest.mark.parametrize("optimizer", ["adam", "adadelta", "ftrl"])
def test_paths_are_those_of_keras(real_keras: types.ModuleType, make: Callable[[Any], Any], optimizer: str) -> None:
    own, theirs = both(real_keras, make)
    paths = []
    for model in (own, theirs):
        model.compile(optimizer, "mse")
        model.optimizer.build(model.trainable_variables)
        paths.append([v.path for v in (*model.weights, *model.optimizer.variables)])
    assert paths[0] == paths[1]


@pytest.mark.parametrize("keras_name", sorted(TABLE))
def test_layers_are_named_as_in_keras(real_keras: types.ModuleType, keras_name: str) -> None:
    cls = getattr(real_keras.layers, keras_name, None)
    if cls is None:
        pytest.skip("a name that Keras does not have")
    made = TABLE[keras_name].make()
    if type(made).__name__ != keras_name:
        pytest.skip("the table has a subclass")
    snake = real_keras.src.utils.naming.to_snake_case(cls.__name__)
    assert made.name.rstrip("0123456789").rstrip("_") == snake.rstrip("0123456789").rstrip("_")


def test_functions_and_own_classes_are_written_as_keras_writes_them(real_keras: types.ModuleType) -> None:
    written = []
    for keras in (ours, real_keras):

        @keras.saving.register_keras_serializable(package="texts")
        def doubled(x: Any) -> Any:
            return x * 2

        class Own(keras.layers.Layer):  # type: ignore[name-defined]
            pass

        Own.__module__ = "__main__"
        save = keras.saving.serialize_keras_object
        own = {k: v for k, v in save(Own()).items() if k != "config"}
        written.append([save(doubled), save(keras.layers.Dense(2, activation=doubled))["config"]["activation"], own])
    assert written[0] == written[1]


@pytest.mark.parametrize(
    "path",
    [
        "losses.mean_squared_error",
        "metrics.categorical_accuracy",
        "activations.relu",
        "activations.leaky_relu",
        "ops.relu",
    ],
)
def test_functions_are_written_as_keras_writes_them(real_keras: types.ModuleType, path: str) -> None:
    space, _, name = path.partition(".")
    own, theirs = (getattr(getattr(keras, space), name) for keras in (ours, real_keras))
    config = ours.saving.serialize_keras_object(own)
    assert config == real_keras.saving.serialize_keras_object(theirs)
    assert ours.saving.deserialize_keras_object(config).__name__ == name
    assert real_keras.saving.deserialize_keras_object(config).__name__ == name
