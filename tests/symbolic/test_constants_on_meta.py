"""Constants beside symbolic inputs, in calls of which only shapes are worked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat import Input, ops
from torchkeras_compat.layers import Layer
from torchkeras_compat.symbolic.constants_on_meta import ConstantsOnMeta


class _Positions(Layer):
    def __init__(self) -> None:
        super().__init__()
        self.table = ops.convert_to_tensor(np.ones((20, 4), "float32"))

    def call(self, x: Any) -> Any:
        return x + self.table[None, : ops.shape(x)[1], :]


def test_they_count_by_their_shapes() -> None:
    with ConstantsOnMeta():
        found = torch.empty(2, 3, device="meta") + torch.ones(3)
    assert found.is_meta and found.shape == (2, 3)
    assert (torch.ones(2) + torch.ones(2)).tolist() == [2, 2]


def test_a_table_of_positions_is_cut_to_an_unknown_length() -> None:
    assert tuple(_Positions()(Input((5, 4))).shape) == (None, 5, 4)
    assert tuple(_Positions()(Input((None, 4))).shape) == (None, None, 4)
    assert _Positions()(torch.zeros(2, 5, 4)).sum() == 40
