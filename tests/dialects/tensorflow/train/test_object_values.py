from __future__ import annotations

from types import SimpleNamespace

import torch

import torchkeras_compat as keras
from torchkeras_compat.dialects.tensorflow.train.object_values import unbuilt_layers, unbuilt_optimizers, values_in
from torchkeras_compat.dialects.tensorflow.variable import Variable


def test_variables_are_found_below_objects() -> None:
    dense = keras.layers.Dense(2)
    dense.build((None, 3))
    loop = SimpleNamespace(step=Variable(1), parts=[dense, torch.nn.Linear(2, 1)], name="loop")
    loop.itself = loop
    found = values_in({"a": loop, "b": Variable(2.0)})
    assert sorted(found) == [
        "a/parts/0/weights/0",
        "a/parts/0/weights/1",
        "a/parts/1/state/bias",
        "a/parts/1/state/weight",
        "a/step/value",
        "b/value",
    ]
    found["b/value"].write(torch.tensor(5.0))
    assert float(found["b/value"].read()) == 5


def test_a_compiled_model_has_its_optimizer() -> None:
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    assert [path for path, _ in unbuilt_optimizers({"model": model})] == ["model/optimizer"]
    model.fit([[0.0, 1.0]], [1.0], verbose=0)
    assert "model/optimizer/variables/0" in values_in({"model": model})
    assert [path for path, _ in unbuilt_layers({"x": [keras.layers.Dense(1)]})] == ["x/0"]
