"""Pictures read at places of a linear map. Oracle: SciPy."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.image import affine_sampling
from torchkeras_compat.legacy.preprocessing.image.affine_sampling import FILL_MODES, affine_sampled, numpy_sampled


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_numpy_has_the_numbers_of_scipy(fill_mode, order):
    ndimage = pytest.importorskip("scipy.ndimage")
    random = np.random.RandomState(0)
    for dtype in ("float32", "float64", "uint8", "int16"):
        for _ in range(25):
            picture = random.uniform(0, 255, (1, *random.randint(1, 9, 2))).astype(dtype)
            matrix, offset = random.normal(size=(2, 2)), random.normal(size=2) * 10
            expected = ndimage.affine_transform(picture[0], matrix, offset, order=order, mode=fill_mode, cval=7.0)
            found = numpy_sampled(picture, matrix, offset, fill_mode, 7.0, order)
            assert found.dtype == expected.dtype
            assert np.allclose(found[0], expected, rtol=1e-5, atol=1e-4)


def test_without_scipy_low_orders_are_computed_and_high_ones_refused(monkeypatch):
    picture, matrix, offset = np.arange(12.0).reshape(1, 3, 4), np.eye(2), np.array([0.0, 0.5])
    expected = affine_sampled(picture, matrix, offset)
    monkeypatch.setattr(affine_sampling, "_of_scipy", lambda: None)
    assert np.allclose(affine_sampled(picture, matrix, offset), expected)
    with pytest.raises(ImportError, match="order 3 needs SciPy"):
        affine_sampled(picture, matrix, offset, order=3)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="'mirror'"):
        affine_sampled(np.ones((1, 2, 2)), np.eye(2), np.zeros(2), "mirror")
    with pytest.raises(ValueError, match="Received: 6"):
        affine_sampled(np.ones((1, 2, 2)), np.eye(2), np.zeros(2), order=6)
