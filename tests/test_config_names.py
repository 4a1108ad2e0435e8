"""From the names in a config to a class or function."""

from __future__ import annotations

import pytest

from torchkeras_compat import activations, layers, losses
from torchkeras_compat.config_names import find_named
from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.errors import FileContentError, FileSafetyError, UnknownNameError


def config(name: str, module: str | None = "keras.layers", registered: str | None = None, **inner: object) -> dict:
    return {"class_name": name, "module": module, "registered_name": registered, "config": inner}


def test_a_config_names_a_class_wherever_keras_keeps_it() -> None:
    for module in ("keras.layers", "keras.src.layers.core.dense", "tensorflow.keras.layers", None):
        assert find_named(("layers",), config("Dense", module)) is layers.Dense


def test_a_config_names_a_function() -> None:
    named = {"class_name": "function", "module": "keras.activations", "config": "relu", "registered_name": "relu"}
    assert find_named(("activations",), named) is activations.relu


def test_what_the_user_passes_comes_first() -> None:
    class Dense(layers.Dense):
        pass

    with custom_object_scope({"Dense": Dense}):
        assert find_named(("layers",), config("Dense")) is Dense


@pytest.mark.parametrize(
    ("wanted", "given", "error", "says"),
    [
        (
            "losses",
            config("Dense"),
            FileSafetyError,
            "names the class 'Dense' of 'keras.layers' where a loss is wanted",
        ),
        ("layers", config("Desne"), UnknownNameError, "Could not locate 'Desne' .* Did you mean 'Dense'"),
        ("layers", config("Dense", registered="mine>Dense"), ValueError, "'mine>Dense', which is not registered"),
        ("layers", {**config("Dense"), "module": 3}, FileContentError, "The `module` of a config is a string or None"),
        ("layers", {**config("Dense"), "config": "x"}, TypeError, "Expected 'config' to be a dict"),
    ],
)
def test_what_cannot_be_meant_is_refused(wanted: str, given: dict, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        find_named((wanted,), given)


def test_a_class_is_not_taken_where_a_function_is_named() -> None:
    named = {"class_name": "function", "module": "keras.losses", "config": "MeanSquaredError", "registered_name": None}
    assert losses.MeanSquaredError.__name__ == named["config"]
    with pytest.raises(FileSafetyError, match="names the function 'MeanSquaredError'"):
        find_named(("losses",), named)
