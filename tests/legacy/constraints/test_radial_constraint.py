"""`RadialConstraint`; the numbers are those of tf.keras 2.15.1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, constraints, layers, models
from torchkeras_compat.legacy.constraints.radial_constraint import RadialConstraint

RINGS = {
    3: [[4, 4, 4], [4, 0, 4], [4, 4, 4]],
    4: [[15, 15, 15, 15], [15, 5, 5, 15], [15, 5, 5, 15], [15, 15, 15, 15]],
    5: [[18] * 5, [18, 12, 12, 12, 18], [18, 12, 6, 12, 18], [18, 12, 12, 12, 18], [18] * 5],
}


@pytest.mark.parametrize("size", RINGS)
def test_rings(size: int) -> None:
    kernel = torch.arange(float(size * size)).reshape(size, size, 1, 1)
    assert RadialConstraint()(kernel)[..., 0, 0].tolist() == RINGS[size]


def test_each_channel_on_its_own() -> None:
    kernel = torch.randn(3, 3, 2, 4)
    together = RadialConstraint()(kernel)
    for i in range(2):
        for k in range(4):
            assert torch.equal(
                together[..., i : i + 1, k : k + 1], RadialConstraint()(kernel[..., i : i + 1, k : k + 1])
            )


def test_in_a_model_and_a_file(tmp_path: Path) -> None:
    model = Sequential([layers.Conv2D(2, 3, kernel_constraint=RadialConstraint(), input_shape=(5, 5, 1))])
    model.compile("sgd", "mse")
    model.fit(np.random.rand(2, 5, 5, 1), np.ones((2, 3, 3, 2)), verbose=0)
    kernel = model.get_weights()[0]
    assert len({round(float(v), 6) for v in kernel[[0, 0, 0, 1, 1, 2, 2, 2], [0, 1, 2, 0, 2, 0, 1, 2], 0, 0]}) == 1
    model.save(tmp_path / "m.keras")
    loaded = models.load_model(tmp_path / "m.keras")
    assert isinstance(loaded.layers[0].kernel_constraint, RadialConstraint)
    assert isinstance(constraints.deserialize(constraints.serialize(RadialConstraint())), RadialConstraint)


def test_other_shapes() -> None:
    with pytest.raises(ValueError, match=r"shape=\(3, 4, 1, 1\)"):
        RadialConstraint()(torch.ones(3, 4, 1, 1))
