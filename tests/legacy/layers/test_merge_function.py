"""The function `merge` of Keras 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import layers, models
from torchkeras_compat.legacy.layers.merge_function import merge


@pytest.mark.parametrize(
    ("arguments", "shape", "kind"),
    [
        ({}, (None, 4, 3), "Add"),
        ({"mode": "mul"}, (None, 4, 3), "Multiply"),
        ({"mode": "ave"}, (None, 4, 3), "Average"),
        ({"mode": "max"}, (None, 4, 3), "Maximum"),
        ({"mode": "concat"}, (None, 4, 6), "Concatenate"),
        ({"mode": "concat", "concat_axis": 1}, (None, 8, 3), "Concatenate"),
        ({"mode": "dot", "dot_axes": 2}, (None, 4, 4), "Dot"),
        ({"mode": "cos", "dot_axes": [1, 1]}, (None, 3, 3), "Dot"),
        ({"mode": lambda x: x[0] - x[1], "output_shape": lambda s: s[0]}, (None, 4, 3), "Merge"),
        ({"mode": lambda x: x[0] - x[1], "output_shape": (4, 3)}, (None, 4, 3), "Merge"),
        ({"mode": lambda x, k: k * x[0], "arguments": {"k": 2}}, (None, 4, 3), "Merge"),
    ],
)
def test_symbolic_tensors(arguments: dict[str, Any], shape: tuple[Any, ...], kind: str) -> None:
    a, b = layers.Input((4, 3)), layers.Input((4, 3))
    merged = merge([a, b], name="joined", **arguments)
    assert merged.shape == shape
    model = models.Model([a, b], merged)
    assert (type(model.layers[-1]).__name__, model.layers[-1].name) == (kind, "joined")
    x = np.ones((2, 4, 3))
    assert model.predict([x, x], verbose=0).shape == (2, *shape[1:])


def test_a_sum_counts_where_all_count() -> None:
    a, b = layers.Input((3,), dtype="int32"), layers.Input((3,), dtype="int32")
    merged = merge([layers.Embedding(5, 2, mask_zero=True)(x) for x in (a, b)], mode="sum")
    model = models.Model([a, b], layers.GlobalAveragePooling1D()(merged))
    known = models.Model([a, b], merged)
    x = [torch.tensor([[1, 2, 0]]), torch.tensor([[1, 0, 0]])]
    torch.testing.assert_close(model(x)[0], known(x)[0, 0])


def test_bad_arguments() -> None:
    with pytest.raises(TypeError, match="at least two tensors"):
        merge([layers.Input((3,))])
    with pytest.raises(ValueError, match="mode='div'"):
        merge([layers.Input((3,)), layers.Input((3,))], mode="div")
