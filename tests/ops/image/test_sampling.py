"""Values between the pixels, beside scipy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import torch

from tests.ops.image.against_keras import X
from torchkeras_compat.ops import image


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("fill_mode", ["nearest", "mirror", "reflect", "wrap", "constant"])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
def test_map_coordinates_as_in_scipy(order, fill_mode, dtype):
    x = np.arange(60).reshape(3, 4, 5).astype(dtype)
    inside = np.random.rand(3, 2, 7) * (np.array(x.shape) - 1)[:, None, None]
    mode = {"wrap": "grid-wrap"}.get(fill_mode, fill_mode)
    expected = scipy.ndimage.map_coordinates(x, inside, order=order, mode=mode)
    np.testing.assert_allclose(image.map_coordinates(x, inside, order, fill_mode), expected, rtol=1e-5)


@pytest.mark.parametrize("fill_mode, expected", [
    ("constant", [7, 7, 10, 20, 30, 7, 7]), ("nearest", [10, 10, 10, 20, 30, 30, 30]),
    ("wrap", [20, 30, 10, 20, 30, 10, 20]), ("mirror", [30, 20, 10, 20, 30, 20, 10]),
    ("reflect", [20, 10, 10, 20, 30, 30, 20]),
])  # fmt: skip
def test_what_lies_outside(fill_mode, expected):
    coordinates = torch.arange(-2.0, 5.0)[None]
    for order in (0, 1):
        out = image.map_coordinates(torch.tensor([10.0, 20.0, 30.0]), coordinates, order, fill_mode, fill_value=7)
        assert out.tolist() == expected


@pytest.mark.parametrize("call, error, words", [
    (lambda: image.map_coordinates(X, torch.ones(2, 5), 0), ValueError, "rank of `inputs`"),
    (lambda: image.map_coordinates(torch.ones(3), torch.ones(1), 0), ValueError, "at least rank 2"),
    (lambda: image.map_coordinates(torch.ones(3), torch.ones(1, 1), 3), NotImplementedError, "order=3"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
