from __future__ import annotations

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.data.padding import padded, up_to


def test_all_axes_are_padded_at_their_end() -> None:
    batch = padded([torch.ones(1, 2), torch.ones(2, 1)], values=5.0)
    assert batch.tolist() == [[[1, 1], [5, 5]], [[1, 5], [1, 5]]]
    assert padded([torch.ones(1)], [3]).tolist() == [[1, 0, 0]]


def test_structures_are_those_of_an_element() -> None:
    assert up_to((1, {"b": 2, "a": 3}), ([None], {"a": [], "b": [4]}), "padded_shapes") == [[None], [], [4]]
    with pytest.raises(ValueError, match="a tuple of 2"):
        up_to((1, 2), [[None]], "padded_shapes")
    with pytest.raises(ValueError, match="keys of an element"):
        up_to({"a": 1}, {"b": 1}, "padded_shapes")
    with pytest.raises(TypeError, match="dtype torch.int64. Received torch.float32"):
        padded([torch.tensor([1])], values=0.5)
