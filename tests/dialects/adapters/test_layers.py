"""Other layers of Keras 1 and 2."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.dialects.adapters import layers
from torchkeras_compat.public_names import named


def test_dense() -> None:
    assert layers.dense({"output_dim": 3, "input_dim": None}, "keras1") == {"output_dim": 3}
    assert layers.dense({"input_dim": 4, "input_length": None}, "keras1") == {"input_dim": 4}
    assert layers.time_distributed_dense({"input_dim": 4, "input_length": 7}, "keras1") == {"input_shape": (7, 4)}


def test_embeddings() -> None:
    assert layers.embedding({"input_dim": 5, "dropout": 0.0, "input_length": None}, "keras1") == {"input_dim": 5}
    given = {
        "input_dim": 5,
        "output_dim": 2,
        "init": "normal",
        "W_regularizer": "l2",
        "dropout": 0.2,
        "mask_zero": True,
    }
    path, arguments = layers.embedding(given, "keras1")
    layer = named(str(path))(**arguments)  # type: ignore[arg-type]
    assert layer.dropout == 0.2 and layer.mask_zero and layer.embeddings_regularizer is not None


def test_modes_of_batch_normalization() -> None:
    assert layers.batch_normalization({"mode": 0, "fused": True, "axis": [3]}, "keras1") == {"axis": 3}
    path, arguments = layers.batch_normalization({"mode": 2, "axis": 1, "gamma_init": "one"}, "keras1")
    layer = named(str(path))(**arguments)  # type: ignore[arg-type]
    assert (layer.mode, layer.axis) == (2, 1)
    with pytest.raises(ValueError, match="virtual_batch_size=8"):
        layers.batch_normalization({"virtual_batch_size": 8}, "tf.keras")


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        ({"top_pad": 1, "left_pad": 2}, ((1, 0), (2, 0))),
        ({"left_pad": 1, "right_pad": 2}, (1, 2)),
        ((1, 2, 3, 4), ((1, 2), (3, 4))),
        ((1, 2), (1, 2)),
        (3, 3),
    ],
)
def test_padding(padding: Any, expected: Any) -> None:
    assert layers.zero_padding({"padding": padding}, "keras1") == {"padding": expected}


def test_padding_with_other_keys() -> None:
    with pytest.raises(ValueError, match="'upper_pad'"):
        layers.zero_padding({"padding": {"upper_pad": 1}}, "keras1")


def test_preprocessing() -> None:
    assert layers.encoding({"output_mode": "tf-idf"}, "tf.keras") == {"output_mode": "tf_idf"}
    found = layers.category_encoding({"max_tokens": 4, "output_mode": "binary"}, "tf.keras")
    assert found == {"num_tokens": 4, "output_mode": "multi_hot"}
    found = layers.integer_lookup({"max_values": 4, "mask_value": 0, "oov_value": -1}, "tf.keras")
    assert found == {"max_tokens": 4, "mask_token": 0, "oov_token": -1}
    assert layers.discretization({"bins": [0.0, 1.0]}, "tf.keras") == {"bin_boundaries": [0.0, 1.0]}
    assert layers.discretization({"bins": 4}, "tf.keras") == {"num_bins": 4}


def test_what_every_layer_took_and_cells_in_the_reverse_order() -> None:
    assert layers.layer({"dynamic": True, "experimental_autocast": False, "name": "a"}, "tf.keras") == {
        "autocast": False,
        "name": "a",
    }
    assert layers.stacked_cells({"cells": [], "reverse_state_order": False}, "keras2") == {"cells": []}
    with pytest.raises(ValueError, match="reverse_state_order=True"):
        layers.stacked_cells({"cells": [], "reverse_state_order": True}, "keras2")
