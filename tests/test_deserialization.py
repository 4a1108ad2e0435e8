"""Configs to objects: kinds of positions, aliases, and errors; what a file may name is in `security`."""

from __future__ import annotations

import pytest

import torchkeras_compat as keras
from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.errors import FileContentError, FileSafetyError, UnknownNameError


@pytest.mark.parametrize(
    ("space", "name", "expected"),
    [
        ("initializers", "zero", "Zeros"),
        ("initializers", "normal", "RandomNormal"),
        ("initializers", "glorot_uniform", "GlorotUniform"),
        ("regularizers", "l1_l2", "L1L2"),
        ("metrics", "mae", "MeanAbsoluteError"),
    ],
)
def test_a_config_without_a_module_may_use_an_alias(space: str, name: str, expected: str) -> None:
    assert type(getattr(keras, space).get({"class_name": name, "config": {}})).__name__ == expected


@pytest.mark.parametrize(
    "config",
    [
        {"class_name": "__numpy__", "config": {"value": [1], "dtype": "nonsense"}},
        {"class_name": "__numpy__", "config": {"value": [[1], [1, 2]], "dtype": "float32"}},
        {"class_name": "__numpy__", "config": {"value": ["a"], "dtype": "S9"}},
        {"class_name": "__tensor__", "config": {"value": [1], "dtype": "nonsense"}},
        {"class_name": "__tensor__", "config": {"value": "abc", "dtype": "float32"}},
        {"class_name": "__tensor__"},
        {"class_name": "__tuple__"},
        {"class_name": "__bytes__", "value": 3},
        {"class_name": "__slice__", "config": {"start": 1}},
        {"class_name": 3, "config": {}},
        {"class_name": "Dense", "module": 3, "config": {}},
        {"class_name": "Dense", "registered_name": [], "config": {}},
    ],
)
def test_a_malformed_config_is_refused(config: dict[str, object]) -> None:
    with pytest.raises(FileContentError):
        keras.saving.deserialize_keras_object(config)


def test_a_config_that_holds_itself_is_refused() -> None:
    config: dict[str, object] = {"class_name": "__tuple__"}
    config["items"] = [config]
    with pytest.raises(FileContentError, match="nested too deeply, or holds itself"):
        keras.saving.deserialize_keras_object(config)


def test_an_unknown_name_offers_the_nearest_of_the_kind() -> None:
    with pytest.raises(UnknownNameError, match="Could not locate 'GlorotUnifrm'.*Did you mean 'GlorotUniform'"):
        keras.initializers.deserialize({"class_name": "GlorotUnifrm", "config": {}})


def test_the_kinds_of_a_position_count_inside_structures() -> None:
    losses = deserialize_as("losses", [{"class_name": "MeanSquaredError", "config": {}}, "mae", None])
    assert type(losses[0]) is keras.losses.MeanSquaredError and losses[1:] == ["mae", None]
    with pytest.raises(FileSafetyError, match="class 'Dense' of '' where a loss is wanted"):
        deserialize_as("losses", {"a": [{"class_name": "Dense", "config": {"units": 1}}]})


def test_custom_objects_may_be_functions_where_classes_stand_too() -> None:
    def halved(x: float) -> float:
        return x / 2

    config = {"class_name": "function", "module": "mine", "config": "halved", "registered_name": "halved"}
    assert keras.activations.deserialize(config, {"halved": halved}) is halved


@pytest.mark.parametrize("space", ["initializers", "losses", "metrics", "optimizers", "regularizers", "constraints"])
def test_get_of_a_config_that_lacks_parts_says_so(space: str) -> None:
    class Broken:
        @classmethod
        def from_config(cls, config: dict[str, object]) -> object:
            return config["missing"]

    with keras.saving.custom_object_scope({"Broken": Broken}):
        with pytest.raises(FileContentError, match="malformed: KeyError: 'missing'"):
            getattr(keras, space).get({"class_name": "Broken", "config": {}})


def test_settings_that_earlier_versions_wrote_and_did_not_use_are_left_out() -> None:
    # Keras 3.0.5 to 3.3.3 write `value_range` for a layer that only turns.
    config = {"name": "turn", "factor": 0.1, "value_range": [0, 255]}
    layer = deserialize_as("layers", {"module": "keras.layers", "class_name": "RandomRotation", "config": config})
    assert layer.name == "turn" and "value_range" not in layer.get_config()
