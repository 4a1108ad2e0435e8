"""`.onnx` files, run by onnxruntime. Oracle: the model itself; names as Keras gives them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import MODELS, leaves, named, outputs, several, stack
from torchkeras_compat import layers

pytest.importorskip("onnxscript")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def session(path: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("kind", MODELS)
def test_onnxruntime_computes_what_the_model_does_for_any_batch(kind, tmp_path):
    make, data = MODELS[kind]
    model = make()
    model.export(tmp_path / "a.onnx", format="onnx", verbose=False)
    run = session(tmp_path / "a.onnx")
    assert all(port.shape[0] == "batch" for port in (*run.get_inputs(), *run.get_outputs()))
    for batch in (1, 5):
        inputs = data(batch)
        feed = {port.name: x.numpy() for port, x in zip(run.get_inputs(), leaves(inputs), strict=True)}
        for found, expected in zip(run.run(None, feed), outputs(model, inputs), strict=True):
            assert found.shape == expected.shape
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def names(path: Path) -> tuple[list[str], list[str]]:
    run = session(path)
    return [port.name for port in run.get_inputs()], [port.name for port in run.get_outputs()]


def test_inputs_and_outputs_have_the_names_that_keras_gives(tmp_path):
    path = tmp_path / "a.onnx"
    several().export(path, format="onnx", verbose=False)
    assert names(path) == (["left", "right"], ["output_0", "output_1"])
    named().export(path, format="onnx", verbose=False)
    assert names(path) == (["left", "words"], ["score", "side"])
    specs = [[ours.InputSpec(shape=(None, 3), name="x"), ours.InputSpec(shape=(None, 4))]]
    several().export(path, format="onnx", verbose=False, input_signature=specs)
    assert names(path) == (["x", "input_1"], ["output_0", "output_1"])
    same = ours.Input((3,), name="output_0")
    ours.Model(same, layers.Dense(2)(same)).export(path, format="onnx", verbose=False)
    assert names(path) == (["output_0"], ["output_0_1"])


def test_axes_of_any_size_have_the_names_that_keras_gives(tmp_path):
    model = stack(ours.Input((None, 6, 3)), layers.Conv2D(2, 3, padding="same"))
    model.export(tmp_path / "a.onnx", format="onnx", verbose=False)
    run = session(tmp_path / "a.onnx")
    assert run.get_inputs()[0].shape == ["batch", "dim_0_1", 6, 3]
    assert run.get_outputs()[0].shape == ["batch", "dim_0_1", 6, 2]


def test_a_mixed_policy_is_written(tmp_path):
    model = stack(ours.Input((3,)), layers.Dense(8, "relu", dtype="mixed_float16"), layers.Dense(2))
    model.export(tmp_path / "a.onnx", format="onnx", verbose=False)
    x = torch.rand(4, 3)
    found = session(tmp_path / "a.onnx").run(None, {"input_layer": x.numpy()})[0]
    # float16 rounds at 1e-3, in another order
    np.testing.assert_allclose(found, model.predict(x, verbose=0), atol=2e-3)


def test_the_version_of_the_operations(tmp_path):
    model = stack(ours.Input((3,)), layers.Dense(2))
    for version in (18, 20):
        model.export(tmp_path / "a.onnx", format="onnx", verbose=False, opset_version=version)
        assert onnx.load(tmp_path / "a.onnx").opset_import[0].version == version
    with pytest.raises(ValueError, match=r"`opset_version` is.*opset_version='new'"):
        model.export(tmp_path / "a.onnx", format="onnx", opset_version="new")
    with pytest.raises(ValueError, match=r"Unsupported arguments.*\['opset'\]. Supported is \['opset_version'\]"):
        model.export(tmp_path / "a.onnx", format="onnx", opset=18)


def test_an_operation_that_onnx_has_not_is_named_and_the_older_file_stays(tmp_path):
    class Special(layers.Layer):
        def call(self, x):
            return torch.special.airy_ai(x)

    path = tmp_path / "a.onnx"
    path.write_bytes(b"older")
    with pytest.raises(RuntimeError, match="cannot write the model.*airy_ai"):
        stack(ours.Input((3,)), Special()).export(path, format="onnx")
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_names_no_folder_of_this_computer(tmp_path):
    stack(ours.Input((3,)), layers.Dense(2)).export(tmp_path / "a.onnx", format="onnx", verbose=False)
    data = (tmp_path / "a.onnx").read_bytes()
    for place in (str(Path(ours.__file__).parents[1]), str(Path(torch.__file__).parents[1]), str(tmp_path)):
        assert place.encode() not in data


def test_weights_of_large_models_lie_in_a_file_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("torchkeras_compat.export.onnx_format._LARGEST_MESSAGE", 1000)
    model = stack(ours.Input((300,)), layers.Dense(300))
    model.export(tmp_path / "a.onnx", format="onnx", verbose=False)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.onnx", "a.onnx.data"]
    run = onnxruntime.InferenceSession(tmp_path / "a.onnx", providers=["CPUExecutionProvider"])
    x = torch.rand(2, 300)
    found = run.run(None, {"input_layer": x.numpy()})[0]
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("recurrent", ["LSTM", "GRU", "both"])
@pytest.mark.filterwarnings("ignore")  # torch.onnx warns of itself
def test_torch_onnx_takes_masked_recurrent_models_as_they_are(recurrent, tmp_path):
    kinds = {"LSTM": layers.LSTM(3), "GRU": layers.GRU(3), "both": layers.Bidirectional(layers.LSTM(3))}
    words = ours.Input((6,), dtype="int32", name="words")
    model = ours.Model(words, layers.Dense(2)(kinds[recurrent](layers.Embedding(9, 4, mask_zero=True)(words))))
    ids = torch.tensor([[3, 4, 0, 0, 0, 0], [1, 0, 2, 0, 5, 0], [1, 2, 3, 4, 5, 6]], dtype=torch.int32)
    shapes = ({0: torch.export.Dim("batch")},)
    torch.onnx.export(model, (ids,), dynamo=True, dynamic_shapes=shapes, verbose=False).save(tmp_path / "a.onnx")
    run = session(tmp_path / "a.onnx")
    assert [port.name for port in run.get_inputs()] == ["inputs"]
    for batch in (ids, ids[:2].flip(1)):
        found = run.run(None, {"inputs": batch.numpy()})[0]
        np.testing.assert_allclose(found, model(batch).detach(), rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore")  # torch.onnx warns of itself
def test_torch_onnx_takes_the_names_of_the_outputs(tmp_path):
    left, right = ours.Input((3,), name="left"), ours.Input((3,), name="right")
    both = layers.Concatenate()([left, right])
    ends = [layers.Dense(2, name="age")(both), layers.Dense(1, activation="sigmoid", name="income")(both)]
    model = ours.Model({"left": left, "right": right}, ends)
    data = {"left": torch.rand(2, 3), "right": torch.rand(2, 3)}
    program = torch.onnx.export(model, (data, {}), dynamo=True, verbose=False, output_names=model.output_names)
    program.save(tmp_path / "a.onnx")
    run = session(tmp_path / "a.onnx")
    assert [port.name for port in run.get_inputs()] == ["inputs_left", "inputs_right"]
    assert [port.name for port in run.get_outputs()] == ["age", "income"]
    found = run.run(None, {f"inputs_{name}": value.numpy() for name, value in data.items()})
    for one, expected in zip(found, model(data), strict=True):
        np.testing.assert_allclose(one, expected.detach(), rtol=1e-5, atol=1e-5)
