"""Shapes that are broadcast together."""

from __future__ import annotations

import pytest

from torchkeras_compat import ops
from torchkeras_compat.symbolic.keras_tensor import KerasTensor


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"\(None, 3\) with shape \(4,\)"):
        ops.add(KerasTensor((None, 3)), KerasTensor((4,)))
