"""Exported models, run by `torch.export.load` alone. Oracle: the model itself."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat import layers


def convolutional():
    stack = [layers.Conv2D(3, 3, padding="same"), layers.BatchNormalization(), layers.Dropout(0.5), layers.Flatten()]
    return ours.Sequential([ours.Input((6, 6, 2)), *stack, layers.Dense(4, "softmax")]), (6, 6, 2)


def two_inputs():
    a, b = ours.Input((3,)), ours.Input((3,))
    return ours.Model([a, b], layers.Dense(2)(a) + layers.Dense(2)(b)), (3,)


class Subclassed(ours.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)

    def call(self, x):
        return self.dense(x) * 2


def subclassed():
    model = Subclassed()
    model(np.ones((1, 3), "float32"))
    return model, (3,)


@pytest.mark.parametrize("make", [convolutional, two_inputs, subclassed])
def test_a_program_computes_what_the_model_does(make, tmp_path):
    model, shape = make()
    model.export(tmp_path / "a.pt2")
    run = torch.export.load(tmp_path / "a.pt2").module()
    for batch in (1, 5):
        inputs = [torch.randn(batch, *shape) for _ in range(2 if make is two_inputs else 1)]
        expected = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        found = run(inputs) if len(inputs) > 1 else run(inputs[0])
        np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-5, atol=1e-6)


def test_what_cannot_be_exported_is_refused(tmp_path):
    model, _ = subclassed()
    with pytest.raises(ValueError, match="Unrecognized format='onnx'.*For ONNX use `torch.onnx.export`"):
        model.export(tmp_path / "a.onnx", format="onnx")
    with pytest.raises(ValueError, match=r"ends in `.pt2`. Received: .*a\.pt'"):
        model.export(tmp_path / "a.pt")
    with pytest.raises(ValueError, match="not built"):
        Subclassed().export(tmp_path / "a.pt2")
    with pytest.raises(ValueError, match="`input_signature` is a shape.*'x'"):
        model.export(tmp_path / "a.pt2", input_signature=["x"])
    assert not list(tmp_path.iterdir())


def test_a_program_names_no_folder_of_this_computer(tmp_path):
    class Branches(ours.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, x):
            return torch.cond(x.shape[0] > 3, lambda t: self.dense(t) * 2, lambda t: self.dense(t), (x,))

    plain = ours.Sequential([ours.Input((4,)), layers.Dense(2, activation="relu")])
    branches = Branches()
    branches.dense.build((None, 4))
    for name, model, signature in (("a", plain, None), ("b", branches, [(None, 4)])):
        model(torch.ones(2, 4))
        path = tmp_path / f"{name}.pt2"
        model.export(path, input_signature=signature)
        with zipfile.ZipFile(path) as file:
            parts = {part: file.read(part) for part in file.namelist()}
        for place in (
            str(Path(ours.__file__).parents[1]),
            str(Path(torch.__file__).parents[1]),
            __file__,
            str(tmp_path),
        ):
            assert not [part for part, data in parts.items() if place.encode() in data]
        assert torch.export.load(path).module()(torch.ones(2, 4)).shape[0] == 2
