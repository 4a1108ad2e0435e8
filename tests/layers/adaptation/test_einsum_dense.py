"""`EinsumDense` quantized, with axes that an ellipsis stands for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.layers.adaptation.kinds import MODES, outputs
from torchkeras_compat import layers, quantizers


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("equation", "plain", "shape"),
    [("...b,bc->...c", "adb,bc->adc", (2, 4, 7)), ("ab...,bc->ac...", "abd,bc->acd", (2, 7, 4))],
)
def test_an_ellipsis_stands_for_axes(equation: str, plain: str, shape: tuple, mode: str) -> None:
    x = np.random.default_rng(1).normal(size=shape).astype("float32")
    sizes = {"...b,bc->...c": ((5,), (4, 5)), "ab...,bc->ac...": ((5,), (5, 4))}[equation]
    made = [layers.EinsumDense(e, s) for e, s in zip((equation, plain), sizes, strict=True)]
    for layer in made:
        layer.build(shape)
        layer.kernel.assign(np.random.default_rng(2).normal(size=(7, 5)))
        layer.quantize(config=MODES[mode](quantizers))
    np.testing.assert_allclose(outputs(made[0], x), outputs(made[1], x), rtol=1e-6, atol=1e-6)
    assert [v.shape for v in made[0].weights] == [v.shape for v in made[1].weights]
