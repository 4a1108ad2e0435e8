from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Input, models
from torchkeras_compat.legacy.backend.placeholders import is_placeholder, placeholder


def test_a_number_of_axes_is_enough() -> None:
    assert placeholder(ndim=3).shape == (None, None, None)
    assert placeholder((2, None), dtype="int32").dtype == "int32"
    with pytest.raises(ValueError, match="needs the sizes of its axes, `shape`, or their number, `ndim`"):
        placeholder()


def test_sparse_ones_are_refused() -> None:
    with pytest.raises(ValueError, match="Sparse and ragged placeholders are not supported"):
        placeholder((2,), sparse=True)


def test_a_placeholder_is_an_input_of_a_model() -> None:
    x = placeholder((None, 2), name="images")
    assert models.Model(x, x * 2).predict(np.ones((1, 2)), verbose=0).tolist() == [[2.0, 2.0]]
    assert [is_placeholder(t) for t in (x, Input((2,)), x + 1, 1.0)] == [True, True, False, False]
