"""Getting quantizers by name, config and class, and their configs, beside real Keras."""

from __future__ import annotations

import json

import pytest
import torch

import torchkeras_compat
from torchkeras_compat import quantizers, saving
from torchkeras_compat.errors import UnknownNameError


class Halves(quantizers.Quantizer):
    def __init__(self, factor=2, output_dtype="int8"):
        super().__init__(output_dtype)
        self.factor = factor

    def __call__(self, x, **kwargs):
        return torch.round(x * self.factor).to(torch.int8), torch.tensor(float(self.factor))

    def get_config(self):
        return {"factor": self.factor}


@pytest.mark.parametrize("name", ["abs_max_quantizer", "AbsMaxQuantizer", "Quantizer", "quantizer"])
def test_names_mean_the_same_as_in_keras(real_keras, name):
    assert type(quantizers.get(name)).__name__ == type(real_keras.quantizers.get(name)).__name__


def test_get_takes_all_forms():
    quantizer = quantizers.AbsMaxQuantizer(axis=1)
    assert quantizers.get(None) is None
    assert quantizers.get(quantizer) is quantizer
    assert quantizers.get(round) is round
    assert type(quantizers.get(quantizers.AbsMaxQuantizer)) is quantizers.AbsMaxQuantizer
    for config in (quantizers.serialize(quantizer), {"class_name": "abs_max_quantizer", "config": {"axis": 1}}):
        assert quantizers.get(config).axis == (1,)


def test_arguments_go_with_a_name_or_a_class():
    assert quantizers.get("abs_max_quantizer", axis=0, value_range=(-8, 7)).value_range == (-8, 7)
    assert quantizers.get(Halves, factor=4).factor == 4
    with pytest.raises(ValueError, match=r"\['axis'\] beside"):
        quantizers.get(quantizers.AbsMaxQuantizer(), axis=0)


def test_what_is_not_a_quantizer_is_refused():
    with pytest.raises(UnknownNameError, match="'abs_max_quantiser'. Did you mean 'abs_max_quantizer'"):
        quantizers.get("abs_max_quantiser")
    with pytest.raises(ValueError, match="identifier: 3"):
        quantizers.get(3)
    for name in ("get", "pack_int4", "Layer"):
        with pytest.raises(ValueError, match=f"identifier: '{name}'"):
            quantizers.get(name)
    with pytest.raises(ValueError, match="Could not interpret quantizer identifier"):
        quantizers.get(quantizers.Int8QuantizationConfig)


def test_the_class_itself(real_keras):
    for space in (quantizers, real_keras.quantizers):
        quantizer = space.Quantizer()
        assert quantizer.output_dtype == "int8" and quantizer(5) == 5
        with pytest.raises(NotImplementedError, match="get_config"):
            quantizer.get_config()
    assert torchkeras_compat.Quantizer is quantizers.Quantizer


@pytest.mark.parametrize(
    "arguments", [{}, {"axis": (0, -1), "value_range": (-8, 7), "epsilon": 0.5}, {"axis": 0}, {"axis": ()}]
)
def test_configs_are_those_of_keras_and_round_trip(real_keras, arguments):
    mine, other = quantizers.AbsMaxQuantizer(**arguments), real_keras.quantizers.AbsMaxQuantizer(**arguments)
    assert mine.get_config() == other.get_config()
    stored = json.loads(json.dumps(quantizers.serialize(mine)))
    assert stored == json.loads(json.dumps(real_keras.quantizers.serialize(other)))
    assert quantizers.deserialize(stored).get_config() == mine.get_config()
    assert quantizers.serialize(None) is None and quantizers.deserialize(None) is None
    assert type(quantizers.deserialize("abs_max_quantizer")) is quantizers.AbsMaxQuantizer


def test_own_quantizers_in_configs():
    config = quantizers.serialize(quantizers.Int8QuantizationConfig(Halves(3), None))
    assert quantizers.deserialize(config, {"Halves": Halves}).weight_quantizer.factor == 3
    assert quantizers.deserialize({"class_name": "Halves", "config": {}}, {"Halves": Halves}).factor == 2
    with saving.custom_object_scope({"Halves": Halves}):
        assert quantizers.get("Halves", factor=5).factor == 5
        assert quantizers.deserialize(config).weight_quantizer.factor == 3
    with pytest.raises(ValueError, match="Halves"):
        quantizers.deserialize(config)
