"""The class of all configs, beside real Keras."""

from __future__ import annotations

import json

import pytest

from torchkeras_compat import quantizers
from torchkeras_compat.quantizers.quantization_config import (
    activation_quantizer_or_default,
    weight_quantizer_or_default,
)


@pytest.mark.parametrize("has_quantizer", [False, True])
def test_configs_are_those_of_keras_and_round_trip(real_keras, has_quantizer):
    stored = []
    for K in (quantizers, real_keras.quantizers):
        config = K.QuantizationConfig(weight_quantizer=K.AbsMaxQuantizer(0) if has_quantizer else None)
        stored.append(json.loads(json.dumps(K.serialize(config))))
        again = K.deserialize(stored[-1])
        assert type(again) is K.QuantizationConfig and again.activation_quantizer is None
        assert type(again.weight_quantizer) is (K.AbsMaxQuantizer if has_quantizer else type(None))
        with pytest.raises(NotImplementedError, match="QuantizationConfig"):
            config.mode  # noqa: B018
    assert stored[0] == stored[1]


def test_a_config_stays_as_it_is_when_it_is_read():
    config = quantizers.QuantizationConfig(quantizers.AbsMaxQuantizer(0)).get_config()
    before = json.dumps(config)
    quantizers.QuantizationConfig.from_config(config)
    assert json.dumps(config) == before


def test_what_a_config_has_or_the_default():
    default, other = object(), quantizers.AbsMaxQuantizer(0)
    for config, weight, activation in (
        (None, default, default),
        (quantizers.Int8QuantizationConfig(other, None), other, None),
        (quantizers.Int8QuantizationConfig(None, other), default, other),
        (quantizers.Float8QuantizationConfig(), default, None),
    ):
        assert weight_quantizer_or_default(config, default) is weight
        assert activation_quantizer_or_default(config, default) is activation
        # As Keras has them.
        assert quantizers.QuantizationConfig.weight_quantizer_or_default(config, default) is weight
        assert quantizers.Int8QuantizationConfig.activation_quantizer_or_default(config, default) is activation
