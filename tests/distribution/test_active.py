"""The distribution in use: models are made and trained on its one device; several are refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat import Sequential, layers
from torchkeras_compat.device import current_device, device
from torchkeras_compat.distribution import (
    DataParallel,
    DeviceMesh,
    LayoutMap,
    ModelParallel,
    distribution,
    set_distribution,
)


def test_a_model_trains_on_one_device() -> None:
    set_distribution(DataParallel(devices=["cpu:0"]))
    model = Sequential([layers.Dense(2)])
    model.compile("sgd", "mse")
    history = model.fit(np.ones((8, 3)), np.ones((8, 2)), epochs=2, verbose=0)
    assert history.history["loss"][1] < history.history["loss"][0]
    assert distribution().get_variable_layout(model.weights[0]).axes == (None, None)


def test_weights_are_made_on_its_device() -> None:
    set_distribution(DataParallel(devices=["meta"]))
    assert current_device() == torch.device("meta")
    layer = layers.Dense(2)
    layer.build((None, 3))
    assert layer.kernel.value.device.type == "meta"
    with device("cpu"):
        assert current_device() == torch.device("cpu")
    set_distribution(None)
    assert current_device().type != "meta"


def test_several_devices_are_refused(mesh: DeviceMesh) -> None:
    set_distribution(DataParallel(devices=["cpu:0"]))
    before = distribution()
    for wrong in (DataParallel(mesh), ModelParallel(layout_map=LayoutMap(mesh))):
        with pytest.raises(NotImplementedError, match=r"spans 8 devices.*torchrun.*\(devices=\['cpu:0'\]\)"):
            set_distribution(wrong)
        with pytest.raises(NotImplementedError, match="spans 8 devices"), wrong.scope():
            pass
    assert distribution() is before


def test_only_a_distribution_is_set() -> None:
    with pytest.raises(TypeError, match="Received: 3"):
        set_distribution(3)
    assert distribution() is None
