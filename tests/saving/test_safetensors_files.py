"""Weights in safetensors files; torch and the library itself are the oracle."""

from __future__ import annotations

import json
import struct
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

import torchkeras_compat as ours
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.saving import FileLimits, save_weights

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


def made(**kwargs: Any) -> Any:
    model = ours.Sequential(
        [ours.Input((3,)), layers.Dense(4, name="a"), layers.BatchNormalization(name="n"), layers.Dense(2, name="b")],
        name="m",
        **kwargs,
    )
    model.compile("adam", "mse")
    return model


def same(one: Any, other: Any) -> bool:
    return all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.fixture
def trained() -> Any:
    model = made()
    model.fit(X, X[:, :2], verbose=0)
    return model


def test_weights_round_trip_and_are_a_state_dict(trained, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    trained.save_weights(path)
    found = load_file(path)
    assert list(found) == sorted(trained.state_dict())
    for name, tensor in trained.state_dict().items():
        assert torch.equal(found[name], tensor)
    other = made()
    other.load_weights(path)
    assert same(other, trained)
    other = made()
    other.load_state_dict(found)
    assert same(other, trained)
    with path.open("rb") as file:
        assert b'"format":"pt"' in file.read(200)


@pytest.mark.parametrize("name", ["w", "w.h5", "w.weights.h5", "w.SAFETENSORS", "model.safetensors"])
def test_the_content_decides(trained, tmp_path: Path, name: str) -> None:
    trained.save_weights(tmp_path / "x.safetensors")
    (tmp_path / "folder").mkdir()
    (tmp_path / "x.safetensors").rename(tmp_path / "folder" / name)
    other = made()
    other.load_weights(tmp_path / "folder" / name)
    assert same(other, trained)
    with pytest.raises(FileContentError, match="a safetensors file. It has the weights of a model"):
        ours.models.load_model(tmp_path / "folder" / name)
    if name == "model.safetensors":
        other = made()
        other.load_weights(tmp_path / "folder")
        assert same(other, trained)


@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "model."])
def test_files_of_torch_fit(tmp_path: Path, prefix: str) -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(5, 4)
            self.lstm = nn.LSTM(4, 3, batch_first=True)
            self.norm = nn.BatchNorm1d(3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.norm(self.lstm(self.embed(x))[0][:, -1])

    theirs = Net().eval()
    model = ours.Sequential(
        [
            ours.Input((6,), dtype="int32"),
            layers.Embedding(5, 4, name="embed"),
            layers.LSTM(3, name="lstm"),
            layers.BatchNormalization(epsilon=1e-5, name="norm"),
        ]
    )
    names = {
        "embed.weight": "embed.embedding.weight",
        **{f"lstm.{n}": f"lstm.cell.lstm.{n}" for n in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")},
        **{f"norm.{n}": f"norm.norm.{n}" for n in ("weight", "bias", "running_mean", "running_var")},
        "norm.num_batches_tracked": "norm.norm.num_batches_tracked",
    }
    tensors = {prefix + names[name]: tensor.contiguous() for name, tensor in theirs.state_dict().items()}
    save_file(tensors, tmp_path / "t.safetensors")
    model.load_weights(tmp_path / "t.safetensors")
    x = torch.randint(0, 5, (4, 6))
    np.testing.assert_allclose(model.predict(x.numpy(), verbose=0), theirs(x).detach().numpy(), atol=1e-5)
    assert not model.state_dict()["lstm.cell.lstm.bias_hh_l0"].any()  # added to the one that Keras has


@pytest.mark.parametrize("form", ["path", "without the model", "dots"])
def test_paths_of_keras_in_its_layout(trained, tmp_path: Path, form: str) -> None:
    def named(path: str) -> str:
        path = path if form == "path" else path.removeprefix("m/")
        return path.replace("/", ".") if form == "dots" else path

    tensors = {named(v.path): torch.from_numpy(v.numpy()).contiguous() for v in trained.variables}
    assert tensors[named("m/a/kernel")].shape == (3, 4)
    save_file(tensors, tmp_path / "k.safetensors")
    other = made()
    other.load_weights(tmp_path / "k.safetensors")
    assert same(other, trained)


def test_a_name_of_two_variables_is_refused(tmp_path: Path) -> None:
    model = ours.Sequential([ours.Input((3,)), layers.Dense(2, name="d"), layers.Dense(2, name="d2")])
    model.layers[1].name = "d"
    for variable in model.layers[1].weights:
        variable._path = variable.path.replace("d2", "d")
    paths = {v.path for v in model.variables}
    save_file({path: torch.zeros(2, 2) for path in paths}, tmp_path / "k.safetensors")
    with pytest.raises(FileContentError, match="fits 2 variables of model"):
        model.load_weights(tmp_path / "k.safetensors")


def test_shared_weights_are_written_once(tmp_path: Path) -> None:
    class Tied(ours.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = layers.Dense(3, name="d")
            self.second = self.first
            self.plain = nn.Linear(3, 3)
            self.plain.weight = self.other = nn.Parameter(torch.ones(3, 3))

        def call(self, x: Any) -> Any:
            return self.plain(self.second(self.first(x)))

    model, other = Tied(), Tied()
    for each in (model, other):
        each(torch.ones(1, 3))
    model.save_weights(tmp_path / "t.safetensors")
    found = load_file(tmp_path / "t.safetensors")
    assert len(found) < len(model.state_dict())
    other.load_weights(tmp_path / "t.safetensors")
    for name, tensor in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], tensor)


def sharded(model: Any, folder: Path, name: str = "model.safetensors.index.json") -> Path:
    weight_map = {}
    for i, key in enumerate(model.state_dict()):
        file = f"model-{i % 2:05d}.safetensors"
        weight_map[key] = file
    for file in set(weight_map.values()):
        parts = {k: t.contiguous() for k, t in model.state_dict().items() if weight_map[k] == file}
        save_file(parts, folder / file)
    (folder / name).write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}))
    return folder / name


def test_several_files(trained, tmp_path: Path) -> None:
    path = sharded(trained, tmp_path)
    for given in (path, tmp_path):
        other = made()
        other.load_weights(given)
        assert same(other, trained)
    (tmp_path / "model-00001.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"model-00001\.safetensors"):
        made().load_weights(path)
    (tmp_path / "model-00001.safetensors").write_bytes((tmp_path / "model-00000.safetensors").read_bytes())
    with pytest.raises(FileContentError, match="in several files"):
        made().load_weights(path)
    path.write_text(json.dumps({"weight_map": {"a": "../x.safetensors"}}))
    with pytest.raises(FileContentError, match="not the name of a file beside it"):
        made().load_weights(path)


def test_what_does_not_fit_changes_nothing(trained, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    good = {k: t.contiguous() for k, t in trained.state_dict().items()}
    bad = {
        "shape": ({**good, "b.linear.weight": torch.zeros(7, 4)}, r"has the shape \(7, 4\) in it, and \(2, 4\)"),
        "dtype": ({**good, "b.linear.weight": torch.zeros(2, 4, dtype=torch.complex64)}, "is of C64 in it"),
        "missing": ({k: t for k, t in good.items() if k != "b.linear.bias"}, "'b.linear.bias' is not in it"),
        "more": ({**good, "other": torch.zeros(1)}, "'other' is nothing that the model has"),
        "nothing": ({"other": torch.zeros(1)}, "'other' is nothing that the model has"),
        "empty": ({}, "'m/a/kernel' is not in it"),
    }
    for tensors, words in bad.values():
        save_file(tensors, path)
        model = made()
        before = model.get_weights()
        with pytest.raises(FileContentError, match=rf"do not fit the model 'm'.*{words}"):
            model.load_weights(path)
        for mine, its in zip(model.get_weights(), before, strict=True):
            np.testing.assert_array_equal(mine, its)
        with pytest.warns(UserWarning, match="What does not fit keeps its value"):
            model.load_weights(path, skip_mismatch=True)
        if len(tensors) > 1:
            np.testing.assert_array_equal(model.get_weights()[0], trained.get_weights()[0])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_numbers_of_other_dtypes_are_converted(trained, tmp_path: Path, dtype: torch.dtype) -> None:
    save_file({k: t.to(dtype).contiguous() for k, t in trained.state_dict().items()}, tmp_path / "w.safetensors")
    other = made()
    other.load_weights(tmp_path / "w.safetensors")
    assert other.get_weights()[0].dtype == "float32"
    np.testing.assert_allclose(other.get_weights()[0], trained.get_weights()[0], atol=0.01)


def test_broken_files_are_refused(trained, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    trained.save_weights(path)
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    broken = {
        "cut": data[:-10],
        "cut in the header": data[: length // 2],
        "overlap": data.replace(b'"data_offsets":[0,', b'"data_offsets":[8,'),
        "no JSON": data[:8] + b"{" * length + data[8 + length :],
    }
    for content in broken.values():
        path.write_bytes(content)
        with pytest.raises(FileContentError):
            made().load_weights(path)
    path.write_bytes(data)
    with pytest.raises(FileLimitError, match=r"header of .* has \d+ bytes"):
        made().load_weights(path, limits=FileLimits(config_bytes=100))


def test_whole_models_and_skipped_objects_are_refused(trained, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"use `model\.save_weights\('.*w\.safetensors'\)`"):
        trained.save(tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match="`objects_to_skip` only supports"):
        save_weights(trained, tmp_path / "w.safetensors", objects_to_skip=[trained.layers[0]])
    assert not list(tmp_path.iterdir())


def test_a_missing_package_says_what_to_install(trained, tmp_path: Path, monkeypatch) -> None:
    trained.save_weights(tmp_path / "w.safetensors")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    for act in (trained.save_weights, trained.load_weights):
        with pytest.raises(ImportError, match="pip install safetensors"):
            act(tmp_path / "w.safetensors")


def test_reading_warns_of_nothing(trained, tmp_path: Path) -> None:
    trained.save_weights(tmp_path / "w.safetensors")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made().load_weights(tmp_path / "w.safetensors")
