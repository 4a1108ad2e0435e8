"""Configs of int8, int4 and float8, and what the arguments of `quantize` mean, beside real Keras."""

from __future__ import annotations

import json

import pytest

from torchkeras_compat import quantizers
from torchkeras_compat.quantizers.configs import validate_and_resolve_config

CASES = [
    ("Int8QuantizationConfig", lambda K: {}),
    ("Int8QuantizationConfig", lambda K: {"activation_quantizer": None}),
    (
        "Int8QuantizationConfig",
        lambda K: {"weight_quantizer": K.AbsMaxQuantizer(0), "activation_quantizer": K.AbsMaxQuantizer(-1)},
    ),
    ("Int4QuantizationConfig", lambda K: {}),
    ("Int4QuantizationConfig", lambda K: {"block_size": 64}),
    ("Int4QuantizationConfig", lambda K: {"block_size": -1, "activation_quantizer": K.AbsMaxQuantizer()}),
    (
        "Int4QuantizationConfig",
        lambda K: {"block_size": None, "weight_quantizer": K.AbsMaxQuantizer(0, value_range=(-8, 7))},
    ),
    ("Float8QuantizationConfig", lambda K: {}),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_configs_are_those_of_keras_and_round_trip(real_keras, name, arguments):
    mine = getattr(quantizers, name)(**arguments(quantizers))
    other = getattr(real_keras.quantizers, name)(**arguments(real_keras.quantizers))
    assert vars(mine).keys() == vars(other).keys()
    stored = json.loads(json.dumps(quantizers.serialize(mine)))
    assert stored == json.loads(json.dumps(real_keras.quantizers.serialize(other)))
    config = mine.get_config()
    for again in (quantizers.deserialize(stored), type(mine).from_config(config)):
        assert type(again) is type(mine) and json.dumps(again.get_config()) == json.dumps(config)
        for part in ("weight_quantizer", "activation_quantizer"):
            assert type(getattr(again, part)) is type(getattr(mine, part))
    assert json.dumps(mine.get_config()) == json.dumps(config)


def test_modes(real_keras):
    for K in (quantizers, real_keras.quantizers):
        for mode in ("int8", "int4", "float8"):
            assert getattr(K, f"{mode.capitalize()}QuantizationConfig")().mode == mode


class Bare(quantizers.Quantizer):
    def __call__(self, x, **kwargs):
        return x, 1


@pytest.mark.parametrize(
    ("name", "arguments", "error", "message"),
    [
        ("Int8", {"weight_quantizer": "abs_max_quantizer"}, TypeError, "'abs_max_quantizer' of type <class 'str'>"),
        ("Int8", {"weight_quantizer": quantizers.AbsMaxQuantizer}, TypeError, "weight_quantizer of Int8"),
        ("Int8", {"activation_quantizer": 3}, TypeError, "activation_quantizer of Int8QuantizationConfig .* 3"),
        ("Int8", {"weight_quantizer": Bare("int16")}, ValueError, "output_dtype='int8'. Received: .*'int16'"),
        ("Int8", {"weight_quantizer": round}, ValueError, "output_dtype=None"),
        ("Int4", {"block_size": 0}, ValueError, "block_size must be .* Received: 0"),
        ("Int4", {"block_size": -2}, ValueError, "Received: -2"),
        ("Int4", {"block_size": 2.5}, TypeError, "block_size=2.5"),
        ("Int4", {"block_size": "a"}, TypeError, "block_size='a'"),
        (
            "Int4",
            {"weight_quantizer": Bare()},
            ValueError,
            "sub-channel quantization.*does not support.*block_size=128",
        ),
        ("Int4", {"activation_quantizer": Bare(), "block_size": 64}, ValueError, "block_size=64"),
        ("Int4", {"weight_quantizer": Bare(), "block_size": None}, ValueError, "value_range=None"),
        (
            "Int4",
            {"weight_quantizer": quantizers.AbsMaxQuantizer(0), "block_size": -1},
            ValueError,
            r"value_range=\(-127, 127\)",
        ),
        (
            "Int4",
            {"weight_quantizer": quantizers.AbsMaxQuantizer(0, (-8, 7), output_dtype="int16"), "block_size": None},
            ValueError,
            "'int16'",
        ),
        ("Int4", {"activation_quantizer": 3, "block_size": None}, TypeError, "activation_quantizer of Int4"),
    ],
)
def test_bad_arguments_are_refused(name, arguments, error, message):
    with pytest.raises(error, match=message):
        getattr(quantizers, f"{name}QuantizationConfig")(**arguments)


class Pretended(quantizers.QuantizationConfig):
    def __init__(self, mode):
        super().__init__()
        self._mode = mode

    mode = property(lambda self: self._mode)


def test_modes_and_configs_agree():
    assert type(validate_and_resolve_config("int8", None)) is quantizers.Int8QuantizationConfig
    assert type(validate_and_resolve_config(None, "int4")) is quantizers.Int4QuantizationConfig
    assert type(validate_and_resolve_config("float8", "float8")) is quantizers.Float8QuantizationConfig
    gptq, awq = quantizers.GPTQConfig(None, None), quantizers.AWQConfig(None, None)
    for config in (quantizers.Int4QuantizationConfig(), Pretended("int8"), gptq, awq):
        assert validate_and_resolve_config(None, config) is config
        assert validate_and_resolve_config(config.mode, config) is config


@pytest.mark.parametrize(
    ("mode", "config", "error", "message"),
    [
        (None, None, ValueError, "You must provide"),
        ("int9", None, ValueError, "Invalid quantization mode.*'int9'. Did you mean 'int"),
        ("gptq/4/128", None, ValueError, "Invalid quantization mode"),
        (None, "int9", ValueError, "Invalid quantization mode"),
        (3, None, ValueError, "mode=3"),
        ("int8", 3, ValueError, "config=3 of type"),
        (None, {}, ValueError, "config={} of type"),
        ("int4", quantizers.Int8QuantizationConfig(), ValueError, "Contradictory.*'int4'.*'int8'"),
        ("int4", "int8", ValueError, "Contradictory.*'int4'.*'int8'"),
        ("gptq", None, ValueError, "must pass a `GPTQConfig`"),
        (None, "awq", ValueError, "must pass a `AWQConfig`"),
        ("gptq", quantizers.AWQConfig(None, None), ValueError, "Contradictory"),
        ("gptq", Pretended("gptq"), ValueError, "requires a valid `config`.*`GPTQConfig`.*Pretended"),
        (None, Pretended("awq"), ValueError, "requires a valid `config`.*`AWQConfig`.*Pretended"),
        (None, Pretended("int9"), ValueError, "Invalid quantization mode"),
        (None, quantizers.QuantizationConfig(), NotImplementedError, "has no mode"),
    ],
)
def test_contradictions_are_refused(mode, config, error, message):
    with pytest.raises(error, match=message):
        validate_and_resolve_config(mode, config)
