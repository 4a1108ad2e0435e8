"""Configs as Keras 2 wrote them. Oracle: the namespace of real Keras."""

from __future__ import annotations

import pytest

import torchkeras_compat as ours
from torchkeras_compat import initializers, layers, regularizers
from torchkeras_compat.errors import UnknownNameError
from torchkeras_compat.legacy.saving import deserialize_keras_object, serialize_keras_object


def test_configs_are_those_of_keras(real_keras):
    theirs = real_keras.legacy.saving.serialize_keras_object
    for name, settings in (("Zeros", {}), ("RandomNormal", {"stddev": 0.1, "seed": 3})):
        make = (getattr(space.initializers, name)(**settings) for space in (ours, real_keras))
        found, expected = serialize_keras_object(next(make)), theirs(next(make))
        assert found == expected
    assert serialize_keras_object(ours.activations.relu) == theirs(real_keras.activations.relu) == "relu"
    assert serialize_keras_object(None) is None
    with pytest.raises(ValueError, match="doesn't implement"):
        serialize_keras_object(3)


def test_configs_come_back():
    names = {"Dense": layers.Dense, "L2": regularizers.L2, "Zeros": initializers.Zeros}
    config = serialize_keras_object(regularizers.L2(0.5))
    assert float(deserialize_keras_object(config, names).l2) == 0.5
    layer = deserialize_keras_object({"class_name": "Dense", "config": {"units": 3, "name": "d"}}, names)
    assert (layer.units, layer.name) == (3, "d")
    assert isinstance(deserialize_keras_object("Zeros", names), initializers.Zeros)
    assert deserialize_keras_object(None, names) is None

    def mine(x):
        return x

    assert deserialize_keras_object("mine", {}, {"mine": mine}) is mine
    assert deserialize_keras_object(mine) is mine


def test_what_is_serialized_with_an_object_is_made_with_it():
    class Holds:
        def __init__(self, part, size=1):
            self.part, self.size = part, size

        def get_config(self):
            return {"part": self.part, "size": self.size}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    config = serialize_keras_object(Holds(regularizers.L2(0.5), 3))
    assert config["config"]["part"]["__passive_serialization__"] is True
    again = deserialize_keras_object(config, {"L2": regularizers.L2}, {"Holds": Holds})
    assert isinstance(again.part, regularizers.L2) and again.size == 3


def test_nothing_but_the_given_names_is_found():
    with pytest.raises(UnknownNameError, match="Unknown loss: 'Zeross'.*Did you mean 'Zeros'"):
        deserialize_keras_object("Zeross", {"Zeros": initializers.Zeros}, printable_module_name="loss")
    for name in ("os.system", "eval", "Dense", 3):
        with pytest.raises(UnknownNameError):
            deserialize_keras_object({"class_name": name, "config": {}})
    with pytest.raises(ValueError, match="Improper config format"):
        deserialize_keras_object({"config": {}})
    with pytest.raises(ValueError, match="Could not interpret serialized object: 3"):
        deserialize_keras_object(3)
