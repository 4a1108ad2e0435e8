"""Layers with a kernel that waits for the data that chooses its integers."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from torchkeras_compat import Sequential, layers
from torchkeras_compat.layers.adaptation.calibrated import CalibratedProduct


def test_a_layer_that_waits_for_calibration_is_not_saved(tmp_path: Any) -> None:
    model = Sequential([layers.Input((8,)), layers.Dense(4, dtype="gptq/4/8_from_float32")])
    for save in (lambda: model.save(tmp_path / "m.keras"), lambda: model.save_weights(tmp_path / "m.weights.h5")):
        with pytest.raises(ValueError, match="'dense' is to be quantized by GPTQ and is not calibrated yet"):
            save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("policy", ["gptq/4/8_from_float32", "awq/4/8_from_float32"])
def test_a_layer_that_waits_for_calibration_computes_in_full_precision(policy: str) -> None:
    plain, layer = layers.Dense(4), layers.Dense(4, dtype=policy)
    for each in (plain, layer):
        each.build((None, 8))
    layer.kernel.assign(plain.kernel)
    x = torch.randn(3, 8)
    torch.testing.assert_close(layer(x), plain(x))
    assert isinstance(layer.linear, CalibratedProduct) and not layer.linear.is_calibrated
    with pytest.raises(NotImplementedError, match="lora is not currently supported with (GPTQ|AWQ)"):
        layer.enable_lora(2)
