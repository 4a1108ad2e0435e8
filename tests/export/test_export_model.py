"""`Model.export`: formats, names of files, arguments; what was there stays when it fails."""

from __future__ import annotations

import inspect

import pytest
import torch

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import stack
from torchkeras_compat import layers


def model():
    return stack(ours.Input((3,)), layers.Dense(2))


def test_the_arguments_are_those_of_keras(real_keras):
    theirs, mine = (inspect.signature(kind.export).parameters for kind in (real_keras.Model, ours.Model))
    assert {n: p.default for n, p in theirs.items()} == {n: p.default for n, p in mine.items()}


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"Unrecognized format='onxx'.*'tf_saved_model'.*Did you mean 'onnx'"):
        model().export(tmp_path / "a.onnx", format="onxx")
    with pytest.raises(ValueError, match="Unrecognized format=None"):
        model().export(tmp_path / "a.onnx", format=None)
    assert not list(tmp_path.iterdir())


def test_the_default_takes_the_endings_of_other_formats(tmp_path, capsys):
    model().export(tmp_path / "a.pt2")
    assert torch.export.load(tmp_path / "a.pt2").module()(torch.ones(4, 3)).shape == (4, 2)
    assert capsys.readouterr().out == f"Saved artifact at '{tmp_path / 'a.pt2'}'.\n"
    model().export(tmp_path / "a.pt2", verbose=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("format", "name"),
    [("onnx", "onnxscript"), ("openvino", "openvino"), ("litert", "litert_torch"), ("tf_saved_model", "tensorflow")],
)
def test_a_missing_converter_is_named_with_the_command(format, name, tmp_path, monkeypatch):
    monkeypatch.setattr("torchkeras_compat.export.converters.is_installed", lambda _: False)
    monkeypatch.setattr("torchkeras_compat.export.saved_model_format.is_installed", lambda _: False)
    monkeypatch.setattr("torchkeras_compat.export.litert_format.is_installed", lambda _: False)
    path = tmp_path / {"onnx": "a.onnx", "openvino": "a.xml", "litert": "a.tflite", "tf_saved_model": "a"}[format]
    with pytest.raises(ImportError, match=f"(?s){name}.*pip install.*format='torch'"):
        model().export(path, format=format)
    assert not list(tmp_path.iterdir())


def test_arguments_of_jax_are_refused(tmp_path):
    for name in ("is_static", "jax2tf_kwargs"):
        with pytest.raises(ValueError, match=f"`{name}` is for models of JAX"):
            model().export(tmp_path / "a.pt2", format="torch", **{name: True})


@pytest.mark.parametrize("format", ["onnx", "openvino", "tf_saved_model"])
def test_unknown_arguments_are_refused(format, tmp_path):
    with pytest.raises(ValueError, match=r"Unsupported arguments.*\['speed'\]"):
        model().export(tmp_path / "a", format=format, speed=2)


def test_a_model_that_is_not_built_is_refused(tmp_path):
    for signature in (None, [(None, 3)]):
        with pytest.raises(ValueError, match="not built"):
            ours.Sequential([layers.Dense(2)]).export(tmp_path / "a.pt2", input_signature=signature)


def test_what_was_there_stays_when_it_fails(tmp_path):
    class Branches(layers.Layer):
        def call(self, x):
            return x if float(x.sum()) > 0 else -x

        def compute_output_shape(self, input_shape):
            return input_shape

    path = tmp_path / "a.pt2"
    path.write_bytes(b"older")
    with pytest.raises(RuntimeError, match="cannot trace"):
        stack(ours.Input((3,)), Branches()).export(path, format="torch")
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_not_replaced_by_a_file(tmp_path):
    (tmp_path / "a.pt2").mkdir()
    with pytest.raises(ValueError, match="it is a folder"):
        model().export(tmp_path / "a.pt2", format="torch")


def test_a_signature_fixes_sizes(tmp_path):
    path = tmp_path / "a.pt2"
    model().export(path, format="torch", verbose=False, input_signature=[ours.InputSpec(shape=(8, 3))])
    run = torch.export.load(path).module()
    assert run(torch.ones(8, 3)).shape == (8, 2)
    with pytest.raises(AssertionError):
        run(torch.ones(4, 3))
