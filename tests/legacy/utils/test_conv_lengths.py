"""Lengths of convolutions. Numbers: tf.keras 2.15.1."""

from __future__ import annotations

import itertools

import pytest

from torchkeras_compat.legacy.utils.conv_lengths import (
    conv_input_length,
    conv_output_length,
    deconv_length,
    deconv_output_length,
)


def test_outputs():
    settings = itertools.product(("same", "valid", "causal", "full"), (3, 4), (1, 3), (1, 2))
    found = [conv_output_length(10, size, padding, stride, dilation) for padding, size, stride, dilation in settings]
    assert found == [
        *(10, 10, 4, 4, 10, 10, 4, 4, 8, 6, 3, 2, 7, 4, 3, 2),
        *(10, 10, 4, 4, 10, 10, 4, 4, 12, 14, 4, 5, 13, 16, 5, 6),
    ]


def test_inputs():
    settings = itertools.product(("same", "valid", "full"), (3, 4), (1, 3))
    found = [conv_input_length(10, size, padding, stride) for padding, size, stride in settings]
    assert found == [10, 28, 9, 27, 12, 30, 13, 31, 8, 26, 7, 25]


def test_transposed_convolutions():
    settings = [*itertools.product(("same", "valid", "full"), (2, 3), (None, 1), (1, 3), (1, 2))]
    found = [deconv_output_length(5, size, padding, more, stride, d) for padding, size, more, stride, d in settings]
    assert found == [
        *(5, 5, 15, 15, 5, 6, 13, 14, 5, 5, 15, 15, 6, 6, 14, 14),
        *(6, 7, 15, 15, 7, 8, 15, 16, 7, 9, 15, 17, 8, 10, 16, 18),
        *(4, 3, 12, 11, 5, 4, 13, 12, 3, 1, 11, 9, 4, 2, 12, 10),
    ]
    assert found == [deconv_length(5, stride, size, padding, more, d) for padding, size, more, stride, d in settings]


def test_unknown_lengths_and_paddings():
    for function in (conv_output_length, conv_input_length, deconv_output_length):
        assert function(None, 3, "same", 1) is None
        with pytest.raises(ValueError, match="'half'"):
            function(5, 3, "half", 1)
