"""Packing of batches and the validation split."""

from __future__ import annotations

import pytest

from torchkeras_compat.data.batching import pack_x_y_sample_weight, unpack_x_y_sample_weight


def test_packing_is_that_of_keras(real_keras):
    for data in [(1,), (1, 2), (1, 2, 3), ([1], None), ((1, 2), None, 3), ({"a": 1},)]:
        assert pack_x_y_sample_weight(*data) == real_keras.utils.pack_x_y_sample_weight(*data)
    for data in [1, (1,), (1, 2), (1, 2, 3), [1, 2], {"a": 1}]:
        assert unpack_x_y_sample_weight(data) == tuple(real_keras.utils.unpack_x_y_sample_weight(data))


def test_unpacking_refuses_four_parts():
    with pytest.raises(ValueError, match="Received a tuple of 4 items"):
        unpack_x_y_sample_weight((1, 2, 3, 4))
