"""OpenVINO's files, run by OpenVINO. Oracle: the model itself."""

from __future__ import annotations

import numpy as np
import pytest

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import MODELS, leaves, named, outputs, quantized, stack
from torchkeras_compat import layers


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"end with '.xml'. Received: .*a\.bin'"):
        stack(ours.Input((3,)), layers.Dense(2)).export(tmp_path / "a.bin", format="openvino")


@pytest.mark.parametrize(
    "kind", ["convolutional", "recurrent", "attention", "several", "named", "preprocessing", "nested", "subclassed"]
)
def test_openvino_computes_what_the_model_does_for_any_batch(kind, tmp_path):
    openvino = pytest.importorskip("openvino")
    make, data = MODELS[kind]
    model = make()
    model.export(tmp_path / "a.xml", format="openvino", verbose=False)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.bin", "a.xml"]
    run = openvino.compile_model(tmp_path / "a.xml", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for batch in (1, 5):
        inputs = data(batch)
        found = list(run([x.numpy() for x in leaves(inputs)]).values())
        for ours_, expected in zip(found, outputs(model, inputs), strict=True):
            np.testing.assert_allclose(ours_, expected, rtol=1e-5, atol=1e-5)


def test_names(tmp_path):
    openvino = pytest.importorskip("openvino")
    named().export(tmp_path / "a.xml", format="openvino", verbose=False)
    model = openvino.Core().read_model(tmp_path / "a.xml")
    assert [port.any_name for port in model.inputs] == ["left", "words"]
    assert [port.any_name for port in model.outputs] == ["score", "side"]
    assert str(model.inputs[0].partial_shape) == "[?,3]"


def test_what_the_converter_gets_wrong_is_not_written(tmp_path):
    pytest.importorskip("openvino")
    with pytest.raises(RuntimeError, match="computes something else|cannot convert"):
        quantized().export(tmp_path / "a.xml", format="openvino")
    assert not list(tmp_path.iterdir())
