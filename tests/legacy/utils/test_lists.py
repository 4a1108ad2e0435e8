from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.legacy.utils.lists import (
    is_all_none,
    make_batches,
    make_tuple,
    object_list_uid,
    slice_arrays,
    to_list,
    transpose_shape,
    unpack_singleton,
)


def test_lists_of_one():
    given = [1]
    assert to_list(given) is given and to_list((1,)) == [(1,)] and to_list((1,), allow_tuple=True) == [1]
    assert unpack_singleton(given) == 1 and unpack_singleton((1, 2)) == (1, 2) and make_tuple(1, 2) == (1, 2)
    assert is_all_none(None) and is_all_none((None, None)) and not is_all_none([None, 0])
    assert object_list_uid([given, given]) == f"{id(given)}, {id(given)}"


def test_rows():
    x = np.arange(5)
    assert slice_arrays(None) == [None] and slice_arrays(x, 1, 3).tolist() == [1, 2]
    assert [None if part is None else part.tolist() for part in slice_arrays([x, None], np.array([4, 0]))] == [
        *([4, 0], None)
    ]
    assert slice_arrays(x, [3]).tolist() == [3]
    assert make_batches(5, 2) == [(0, 2), (2, 4), (4, 5)] and make_batches(0, 2) == []


def test_shapes():
    assert transpose_shape([1, 2, 3, 4], "channels_first", [1, 2]) == [1, 4, 2, 3]
    assert transpose_shape((1, 2, 3), "channels_last", (1,)) == (1, 2, 3)
    with pytest.raises(ValueError, match="'NCHW'"):
        transpose_shape((1, 2, 3), "NCHW", (1,))
