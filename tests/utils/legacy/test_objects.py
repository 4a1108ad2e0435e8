"""Configs in the form of Keras 2."""

from __future__ import annotations

import pytest

from torchkeras_compat import activations, layers, utils
from torchkeras_compat.utils.legacy.objects import deserialize_keras_object, serialize_keras_object


def test_objects_and_functions_come_back():
    saved = serialize_keras_object(layers.Dense(3, activation="relu"))
    assert set(saved) == {"class_name", "config"}
    back = deserialize_keras_object(saved, {"Dense": layers.Dense})
    assert (back.units, back.activation) == (3, activations.relu)
    assert serialize_keras_object(activations.relu) == "relu"
    assert deserialize_keras_object("relu", {"relu": activations.relu}) is activations.relu
    assert serialize_keras_object(None) is deserialize_keras_object(None) is None


def test_custom_objects_win():
    class Mine(layers.Dense):
        pass

    config = {"class_name": "Dense", "config": {"units": 2}}
    assert isinstance(deserialize_keras_object(config, {"Dense": layers.Dense}, {"Dense": Mine}), Mine)
    with utils.custom_object_scope({"Mine": Mine}):
        assert isinstance(deserialize_keras_object({**config, "class_name": "Mine"}), Mine)


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("rleu", "Unknown object: 'rleu'. Did you mean 'relu'"),
        ({"class_name": "Zork", "config": {}}, "Unknown object: 'Zork'"),
        ({"a": 1}, "Improper config format"),
        (5, "Could not interpret serialized object: 5"),
    ],
)
def test_what_is_unknown_is_refused(identifier, message):
    with pytest.raises(ValueError, match=message):
        deserialize_keras_object(identifier, {"relu": activations.relu})


def test_an_object_without_config_is_refused():
    with pytest.raises(ValueError, match="Define `get_config`"):
        serialize_keras_object(5)
