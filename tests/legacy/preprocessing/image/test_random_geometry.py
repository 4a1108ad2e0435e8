from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.legacy.preprocessing.image.affine import apply_affine_transform
from torchkeras_compat.legacy.preprocessing.image.random_geometry import (
    flip_axis,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)

IMAGE = np.random.RandomState(0).uniform(0, 255, (3, 5, 4))


@pytest.mark.parametrize(
    ("function", "arguments", "draw"),
    [
        (random_rotation, (20,), lambda: {"theta": np.random.uniform(-20, 20)}),
        (random_shear, (20,), lambda: {"shear": np.random.uniform(-20, 20)}),
        (
            random_shift,
            (0.2, 0.3),
            lambda: {"tx": np.random.uniform(-0.3, 0.3) * 5, "ty": np.random.uniform(-0.2, 0.2) * 4},
        ),
        (random_zoom, ((0.5, 1.5),), lambda: dict(zip(("zx", "zy"), np.random.uniform(0.5, 1.5, 2)))),
    ],
)
def test_draws_are_those_of_keras(function, arguments, draw):
    np.random.seed(4)
    found = function(IMAGE, *arguments, fill_mode="constant", cval=2.0)
    np.random.seed(4)
    assert np.array_equal(found, apply_affine_transform(IMAGE, **draw(), fill_mode="constant", cval=2.0))


def test_no_zoom_draws_nothing():
    before = np.random.get_state()[2]
    assert random_zoom(IMAGE, (1, 1)) is IMAGE and np.random.get_state()[2] == before
    with pytest.raises(ValueError, match=r"0\.5"):
        random_zoom(IMAGE, 0.5)


def test_flips():
    assert np.array_equal(flip_axis(IMAGE, 1), IMAGE[:, ::-1])
