"""The config of GPTQ, beside real Keras."""

from __future__ import annotations

import pytest

from torchkeras_compat import quantizers

CASES = [
    {},
    {"weight_bits": 8, "group_size": -1, "per_channel": False, "symmetric": True, "hessian_damping": 1},
    {"weight_bits": 3, "num_samples": 3, "sequence_length": 7, "activation_order": True, "hessian_damping": 0},
    {"quantization_layer_structure": {"pre_block_layers": ["a"], "sequential_blocks": ["b"]}},
]


@pytest.mark.parametrize("arguments", CASES)
def test_configs_are_those_of_keras_and_round_trip(real_keras, arguments):
    mine, other = (K.GPTQConfig(["text"], len, **arguments) for K in (quantizers, real_keras.quantizers))
    assert vars(mine) == vars(other)
    assert mine.get_config() == other.get_config()
    assert quantizers.serialize(mine) == real_keras.quantizers.serialize(other)
    assert (mine.mode, mine.dtype_policy_string()) == (other.mode, other.dtype_policy_string())
    again = quantizers.deserialize(quantizers.serialize(mine))
    assert type(again) is quantizers.GPTQConfig
    assert vars(again) == {**vars(mine), "dataset": None, "tokenizer": None}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"num_samples": 0}, ValueError, "num_samples must be a positive.*num_samples=0"),
        ({"num_samples": 1.5}, TypeError, "num_samples=1.5"),
        ({"sequence_length": -1}, ValueError, "sequence_length must be a positive.*=-1"),
        ({"sequence_length": None}, TypeError, "sequence_length=None"),
        ({"group_size": 0}, ValueError, "Invalid group_size.*group_size=0"),
        ({"group_size": -2}, ValueError, "group_size=-2"),
        ({"group_size": None}, TypeError, "group_size=None"),
        ({"quantization_layer_structure": ["a"]}, TypeError, "'sequential_blocks'"),
        ({"weight_bits": 5}, ValueError, "weight_bits=5"),
        ({"weight_bits": 4.0}, ValueError, "weight_bits=4.0"),
        ({"weight_bits": None}, ValueError, "weight_bits=None"),
        ({"hessian_damping": -0.1}, ValueError, "hessian_damping must be between 0 and 1.*-0.1"),
        ({"hessian_damping": 1.1}, ValueError, "hessian_damping=1.1"),
        ({"hessian_damping": float("nan")}, ValueError, "hessian_damping=nan"),
        ({"hessian_damping": "a"}, TypeError, "hessian_damping must be a number.*'a'"),
        ({"num_grid_points": 1}, TypeError, "num_grid_points"),
    ],
)
def test_bad_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        quantizers.GPTQConfig(None, None, **arguments)
