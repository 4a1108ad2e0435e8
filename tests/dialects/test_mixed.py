"""Code of which nobody knows the version: Keras 3, and what only an older Keras took means what it meant there."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator

import numpy as np
import pytest

from torchkeras_compat import layers, optimizers
from torchkeras_compat.dialects.facades import facade_of
from torchkeras_compat.dialects.install import install_as_keras
from torchkeras_compat.legacy.activations.hard_sigmoid import hard_sigmoid
from torchkeras_compat.public_names import named, names_in

pytestmark = pytest.mark.usefixtures("mixed")


@pytest.fixture
def mixed(nothing_imported: None) -> Iterator[None]:
    with install_as_keras("mixed"):
        yield


def make(path: str, *args, **kwargs):
    space, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"keras.{space}"), name)(*args, **kwargs)


def test_calls_of_keras_3_mean_what_they_mean() -> None:
    assert make("layers.GRU", 3).reset_after is True
    assert make("layers.Conv2D", 8, 3, 3).strides == (3, 3)
    assert float(make("optimizers.Adagrad").learning_rate) == np.float32(0.001)
    assert make("layers.LSTM", 3).recurrent_activation is layers.LSTM(3).recurrent_activation


def test_calls_of_older_versions_mean_what_they_meant() -> None:
    assert make("layers.Dense", output_dim=3, init="uniform").units == 3
    assert make("layers.GRU", output_dim=3).reset_after is False
    assert make("layers.LSTM", output_dim=3).recurrent_activation is hard_sigmoid
    optimizer = make("optimizers.Adagrad", lr=0.1)
    assert float(optimizer.learning_rate) == np.float32(0.1) and type(optimizer) is optimizers.Adagrad
    assert make("layers.Dense", 3, W_regularizer="l2", use_bias=False).kernel_regularizer is not None  # of both


SPACES = ("layers", "optimizers", "losses", "metrics", "regularizers", "constraints", "initializers")
REQUIRED = {
    **{"layer": layers.LSTM(2), "target_shape": (2, 2), "dims": (2, 1), "target_class_ids": [0], "activation": "relu"},
    **dict.fromkeys(("rate", "stddev", "factor", "height_factor", "width_factor", "recall", "precision"), 0.3),
    **dict.fromkeys(("sensitivity", "specificity", "sigma"), 0.3),
}


def another(default: object) -> object:
    """A value that is not the default of an argument, of its type."""
    if isinstance(default, bool):
        return not default
    if isinstance(default, (int, float)):
        return default + 1 if isinstance(default, int) else default / 2
    return default


def calls(made: type) -> Iterator[tuple[list[object], dict[str, object]]]:
    """Calls of Keras 3: the required arguments alone, one more by name, all up to one by place."""
    parameters = [p for p in inspect.signature(made).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    required = {p.name: REQUIRED.get(p.name, 3) for p in parameters if p.default is p.empty}
    yield [], required
    by_place: list[object] = []
    for p in parameters:
        if p.name not in required:
            yield [], {**required, p.name: another(p.default)}
        by_place.append(required.get(p.name, another(p.default)))
    yield by_place, {}


def described(make_it: object, arguments: list[object], named_arguments: dict[str, object]) -> str:
    try:
        config = make_it(*arguments, **named_arguments).get_config()
    except (TypeError, ValueError, NotImplementedError, ImportError) as error:
        config = f"{type(error).__name__}: {error}"
    return re.sub(r"_\d+\b|0x\w+", "", str(config))


@pytest.mark.parametrize("space", SPACES)
def test_every_call_of_keras_3_makes_what_the_core_makes(space: str) -> None:
    count = 0
    for name in sorted(names_in(space)):
        made = named(f"{space}.{name}")
        if not isinstance(made, type) or "Convolution" in name:  # names of Keras 1, which gave sizes one by one
            continue
        assert facade_of("keras3", f"{space}.{name}", made) is made
        facade = facade_of("mixed", f"{space}.{name}", made)
        for arguments, named_arguments in calls(made):
            assert described(facade, arguments, named_arguments) == described(made, arguments, named_arguments), name
            count += 1
    assert count > 3


def test_a_kernel_and_strides_in_three_dimensions_are_not_three_sizes() -> None:
    made = make("layers.Convolution3D", 4, 3, 2)
    assert made.kernel_size == (3, 3, 3) and made.strides == (2, 2, 2)
    assert make("layers.Convolution3D", 4, 3, 3, 2).kernel_size == (3, 3, 2)


def test_models_take_both() -> None:
    model = make("models.Sequential", [make("layers.Dense", 1, input_dim=2)])
    x, y = np.ones((4, 2)), np.ones((4, 1))
    model.compile("sgd", "mse", ["mae"])
    assert set(model.fit(x, y, nb_epoch=2, verbose=0).history) == {"loss", "mae"}
    assert model.fit(x, y, epochs=1, verbose=0).history["mean_absolute_error"]
    model.compile("sgd", "mse", [2.0], ["mae"])
    assert model._compile_arguments["loss_weights"] == [2.0]
    assert model.layers[0].output_shape == (None, 1)


def test_arguments_that_no_version_had_are_refused() -> None:
    with pytest.raises((TypeError, ValueError), match="nothing"):
        make("layers.Dense", 3, nothing=1)


def test_keras_of_tensorflow_is_tf_keras() -> None:
    assert importlib.import_module("tensorflow.keras").__version__.startswith("2.")
    assert importlib.import_module("keras").__version__.startswith("3.")
