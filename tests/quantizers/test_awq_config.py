"""The config of AWQ, beside real Keras."""

from __future__ import annotations

import pytest

from torchkeras_compat import quantizers

CASES = [
    {},
    {"num_samples": 3, "sequence_length": 7, "group_size": -1, "num_grid_points": 5},
    {"quantization_layer_structure": {"pre_block_layers": ["a"], "sequential_blocks": ["b"]}},
]


@pytest.mark.parametrize("arguments", CASES)
def test_configs_are_those_of_keras_and_round_trip(real_keras, arguments):
    mine, other = (K.AWQConfig(["text"], len, **arguments) for K in (quantizers, real_keras.quantizers))
    assert vars(mine) == vars(other)
    assert mine.get_config() == other.get_config()
    assert quantizers.serialize(mine) == real_keras.quantizers.serialize(other)
    assert (mine.mode, mine.dtype_policy_string()) == (other.mode, other.dtype_policy_string())
    again = quantizers.deserialize(quantizers.serialize(mine))
    assert type(again) is quantizers.AWQConfig
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
        ({"weight_bits": 8}, ValueError, "only supports 4-bit weights. Received: weight_bits=8"),
        ({"weight_bits": 4.0}, ValueError, "weight_bits=4.0"),
        ({"num_grid_points": 0}, ValueError, "num_grid_points must be a positive.*=0"),
        ({"num_grid_points": 1.5}, TypeError, "num_grid_points=1.5"),
        ({"symmetric": True}, TypeError, "symmetric"),
    ],
)
def test_bad_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        quantizers.AWQConfig(None, None, **arguments)
