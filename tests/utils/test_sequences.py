"""pad_sequences beside Keras's."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.utils.sequences import pad_sequences

RAGGED = [[1], [2, 3], [], [4, 5, 6, 7]]
VECTORS = [[[1, 1]], [[2, 1], [2, 2], [2, 3]]]


@pytest.mark.parametrize("sequences", [RAGGED, VECTORS])
@pytest.mark.parametrize("maxlen", [None, 2, 5])
@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_pads_and_cuts_as_keras_does(real_keras, sequences, maxlen, padding, truncating, dtype):
    options = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "dtype": dtype, "value": -1}
    mine, theirs = pad_sequences(sequences, **options), real_keras.utils.pad_sequences(sequences, **options)
    np.testing.assert_array_equal(mine, theirs)
    assert mine.dtype == theirs.dtype


def test_pads_strings():
    assert pad_sequences([["a"], ["b", "c"]], value="-", dtype=object).tolist() == [["-", "a"], ["b", "c"]]


def test_no_sequences_have_a_length_only_with_maxlen():
    assert pad_sequences([], maxlen=3).shape == (0, 3)
    with pytest.raises(ValueError, match="`sequences` is empty"):
        pad_sequences([])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5,), "must be iterable. Received: 5"),
        (([1, 2],), "Found non-iterable: 1"),
        (([[1]], None, "int32", "middle"), "Padding type 'middle'"),
        (([[1]], None, "int32", "pre", "middle"), "Truncating type 'middle'"),
        (([[1]], None, "int32", "pre", "pre", "x"), "`dtype` int32 is not compatible"),
        (([[[1, 2]], [[1]]],), r"sequence 1 has steps of shape \(1,\)"),
    ],
)
def test_refuses_what_it_cannot_pad(arguments, message):
    with pytest.raises(ValueError, match=message):
        pad_sequences(*arguments)
