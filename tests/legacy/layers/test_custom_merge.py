from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat import layers
from torchkeras_compat.legacy.layers.custom_merge import CustomMerge


class Difference(CustomMerge):
    def _merge_function(self, inputs: Any) -> Any:
        return inputs[0] - inputs[1]


def test_a_subclass_merges_by_its_function() -> None:
    assert Difference()([torch.ones(2, 3), torch.ones(2, 3)]).tolist() == [[0.0] * 3] * 2
    assert Difference()([layers.Input((3,)), layers.Input((4, 3))]).shape == (None, 4, 3)


def test_one_without_a_function_says_so() -> None:
    with pytest.raises(TypeError, match="CustomMerge must define `_merge_function"):
        CustomMerge()([torch.ones(2), torch.ones(2)])
