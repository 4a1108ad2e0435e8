"""`ModelParallel`: layouts of variables by their paths."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat import Sequential, Variable, layers
from torchkeras_compat.distribution import DeviceMesh, LayoutMap, ModelParallel, TensorLayout


def test_variables_have_the_layouts_of_the_map(mesh: DeviceMesh) -> None:
    layouts = LayoutMap(mesh)
    layouts["kernel"] = [None, "model"]
    layouts["bias"] = ("model",)
    distribution = ModelParallel(layout_map=layouts, batch_dim_name="data")
    model = Sequential([layers.Dense(4, name="first"), layers.LayerNormalization(name="second")])
    model.build((None, 6))
    found = [distribution.get_variable_layout(v) for v in model.weights]
    assert [layout.axes for layout in found] == [(None, "model"), ("model",), (None,), (None,)]
    assert all(layout.device_mesh is mesh for layout in found)
    assert distribution.get_tensor_layout("my/kernel").axes == (None, "model")
    assert distribution.get_tensor_layout("other") is None
    assert (distribution.num_model_replicas, distribution.batch_dim_name) == (4, "data")


def test_layouts_are_checked_against_the_variables(mesh: DeviceMesh) -> None:
    layouts = LayoutMap(mesh)
    layouts["kernel"] = [None, "model"]
    distribution = ModelParallel(layout_map=layouts)
    with pytest.raises(ValueError, match=r"'kernel' names 2 axes.*shape is \(2,\)"):
        distribution.get_variable_layout(Variable([1.0, 2.0], name="kernel"))
    with pytest.raises(ValueError, match="axis of size 3 along mesh axis 'model' of 2 devices"):
        distribution.get_variable_layout(Variable(np.ones((2, 3)), name="kernel"))
    own = TensorLayout(["data"], mesh)
    variable = Variable(np.ones(4), name="kernel", layout=own)
    assert distribution.get_variable_layout(variable) is own


def test_one_device_trains(one: DeviceMesh) -> None:
    layouts = LayoutMap(one)
    layouts["kernel"] = [None, "model"]
    with ModelParallel(layout_map=layouts).scope():
        model = Sequential([layers.Dense(2)])
        model.compile("sgd", "mse")
        model.fit(np.ones((8, 3)), np.ones((8, 2)), verbose=0)


def test_wrong_arguments_are_refused(mesh: DeviceMesh, one: DeviceMesh) -> None:
    layouts = LayoutMap(mesh)
    assert ModelParallel(layout_map=layouts, device_mesh=mesh).device_mesh is mesh
    with pytest.raises(ValueError, match="must specify a layout_map"):
        ModelParallel()
    with pytest.raises(ValueError, match=r"`LayoutMap` instance. Received: layout_map=\{\}"):
        ModelParallel(layout_map={})
    with pytest.raises(ValueError, match="has no mesh"):
        ModelParallel(layout_map=LayoutMap(None))
    with pytest.raises(ValueError, match="must be that of `layout_map`"):
        ModelParallel(layout_map=layouts, device_mesh=one)
    with pytest.raises(TypeError, match=r"Unknown arguments of ModelParallel: \['mesh'\]"):
        ModelParallel(layout_map=layouts, mesh=mesh)
