"""LiteRT's files, run by its interpreter. Oracle: the model itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import MODELS, outputs, stack
from torchkeras_compat import layers


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"end with '.tflite'. Received: .*a\.lite'"):
        stack(ours.Input((3,)), layers.Dense(2)).export(tmp_path / "a.lite", format="litert")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["convolutional", "attention", "preprocessing"])
def test_litert_computes_what_the_model_does_for_one_sample(kind, tmp_path):
    pytest.importorskip("litert_torch")
    from ai_edge_litert.interpreter import Interpreter

    make, data = MODELS[kind]
    model = make()
    model.export(tmp_path / "a.tflite", format="litert", verbose=False)
    interpreter = Interpreter(model_path=str(tmp_path / "a.tflite"))
    interpreter.allocate_tensors()
    inputs = data(1)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], inputs[0].numpy())
    interpreter.invoke()
    found = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(found, outputs(model, inputs)[0], atol=1e-5)


@pytest.mark.slow
def test_options(tmp_path):
    pytest.importorskip("litert_torch")
    model = stack(ours.Input((64,)), layers.Dense(64))
    sizes = {}
    for optimizations in ([], ["DEFAULT"]):
        path = tmp_path / f"{len(optimizations)}.tflite"
        model.export(path, format="litert", verbose=False, optimizations=optimizations)
        sizes[len(optimizations)] = path.stat().st_size
    assert sizes[1] < sizes[0] / 2
    with pytest.raises(ValueError, match=r"Unsupported arguments.*'speed'"):
        model.export(tmp_path / "a.tflite", format="litert", speed=1)
    with pytest.raises(ValueError, match=r"`optimizations` is a list of.*\['FAST'\]"):
        model.export(tmp_path / "a.tflite", format="litert", optimizations=["FAST"])
    assert all(p.device == torch.device("cpu") for p in model.parameters())
