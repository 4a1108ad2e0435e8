"""`.pt2` files, run by `torch.export.load` alone. Oracle: the model itself."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import MODELS, leaves, outputs, several, stack
from torchkeras_compat import layers


@pytest.mark.parametrize("kind", MODELS)
def test_a_program_computes_what_the_model_does_for_any_batch(kind, tmp_path):
    make, data = MODELS[kind]
    model = make()
    model.export(tmp_path / "a.pt2", format="torch", verbose=False)
    run = torch.export.load(tmp_path / "a.pt2").module()
    for batch in (1, 5):
        inputs = data(batch)
        for found, expected in zip(leaves(run(*inputs)), outputs(model, inputs), strict=True):
            assert found.shape == expected.shape
            np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-5, atol=1e-6)


def test_a_program_runs_without_this_package(tmp_path):
    several().export(tmp_path / "a.pt2", format="torch", verbose=False)
    code = (
        "import sys, torch\n"
        f"run = torch.export.load({str(tmp_path / 'a.pt2')!r}).module()\n"
        "print([tuple(x.shape) for x in run([torch.ones(4, 3), torch.ones(4, 4)])])\n"
        "assert not [name for name in sys.modules if name.startswith('torchkeras')]"
    )
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[(4, 2), (4, 1)]"


def test_options_go_to_torch_export(tmp_path):
    model = stack(ours.Input((4,)), layers.Dense(2))
    batch = torch.export.Dim("batch", min=1, max=16)
    path = tmp_path / "a.pt2"
    for shapes in ({0: batch}, ({0: batch},), [{0: batch}], {"inputs": {0: batch}}, None):
        model.export(path, format="torch", verbose=False, strict=False, dynamic_shapes=shapes)
        run = torch.export.load(path).module()
        assert run(torch.ones(7, 4)).shape == (7, 2)
    model.export(path, format="torch", verbose=False, dynamic_shapes={0: batch})
    run = torch.export.load(path).module()
    with pytest.raises(AssertionError, match="16"):
        run(torch.ones(17, 4))
    with pytest.raises(ValueError, match=r"Unsupported arguments.*'strikt'.*Did you mean 'strict'"):
        model.export(path, format="torch", strikt=True)


def test_the_program_of_a_model_that_trains_is_that_of_inference(tmp_path):
    model = stack(ours.Input((40,)), layers.Dropout(0.5), layers.BatchNormalization())
    model.train()
    model.export(tmp_path / "a.pt2", format="torch", verbose=False)
    assert model.training and model.layers[0].training
    run = torch.export.load(tmp_path / "a.pt2").module()
    x = torch.ones(2, 40)
    torch.testing.assert_close(run(x), model(x, training=False))


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in `.pt2`. Received: .*a\.pt'"):
        stack(ours.Input((4,)), layers.Dense(2)).export(tmp_path / "a.pt", format="torch")
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
        model.export(path, verbose=False, input_signature=signature)
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
