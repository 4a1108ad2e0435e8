"""Shapes of einsum that are known before it runs."""

from __future__ import annotations

import pytest

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_unknown_sizes_of_einsum():
    assert ops.einsum(
        "i...,...j,...k", KerasTensor((None, 3, 4)), KerasTensor((None, 4, 5)), KerasTensor((1, 9))
    ).shape == (
        3,
        4,
        None,
        5,
        9,
    )


@pytest.mark.parametrize("call, words", [
        (lambda: ops.einsum("ij,jk", KerasTensor((2, 3)), KerasTensor((4, 5))), "sizes 3 and 4 meet at 'j'"),
        (lambda: ops.einsum("ijk", KerasTensor((2, 3))), "'ijk' does not fit"),
        (lambda: ops.einsum("ij->k", KerasTensor((2, 3))), "'k' of the result"),
])  # fmt: skip
def test_sizes_that_do_not_fit_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
