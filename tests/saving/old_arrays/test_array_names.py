"""What names of arrays say. Oracle: names in files of Keras 1.2.2, 2.3.1, tf.keras 2.15 and Keras 3."""

from __future__ import annotations

import pytest

from torchkeras_compat.saving.old_arrays.array_names import array_name, in_order_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dense/kernel:0", ("dense", "kernel")),
        ("a/forward_lstm/lstm_cell_1/recurrent_kernel:0", ("a/forward_lstm/lstm_cell_1", "recurrent_kernel")),
        ("conv1/bn/moving_variance:0", ("conv1/bn", "moving_variance")),
        ("dense/kernel_1:0", ("dense", "kernel")),
        ("convolution2d_1_W:0", ("convolution2d_1", None)),
        ("lstm_1_U_f", ("lstm_1", None)),
        ("batchnormalization_2_running_std:0", ("batchnormalization_2", "moving_variance")),
        ("prelu_1_alphas", ("prelu_1", "alpha")),
        ("embedding/embeddings:0", ("embedding", "embeddings")),
        ("param_3", ("", None)),
        ("", ("", None)),
        ("/:0", ("", None)),
    ],
)
def test_owner_and_part(text, expected):
    assert array_name(text) == expected


def test_arrays_get_the_order_of_the_weights_if_their_parts_are_the_same():
    own = ["gamma", "beta", "moving_mean", "moving_variance"]
    assert in_order_of(["beta", "gamma", "moving_mean", "moving_variance"], own) == [1, 0, 2, 3]
    assert in_order_of(own, own) == [0, 1, 2, 3]
    assert in_order_of([None, "gamma", "moving_mean", "moving_variance"], own) is None
    assert in_order_of(own[:3], own) is None
    assert in_order_of(["kernel", "kernel"], ["kernel", "kernel"]) is None
