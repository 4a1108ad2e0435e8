"""`torchkeras-compat inspect`: what a file holds and asks for, without making it."""

from __future__ import annotations

import hashlib
import json
import os
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import h5py
import pytest

import torchkeras_compat as keras
from tests.security.forging import FORMATS, named, sequential, write_h5, write_keras
from tests.security.test_attacks import ATTACKS
from tests.security.watching import nothing_happens
from torchkeras_compat import layers
from torchkeras_compat.cli import inspection
from torchkeras_compat.cli.inspection import inspect_file
from torchkeras_compat.cli.main import main
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving import file_limits
from torchkeras_compat.saving.file_limits import FileLimits
from torchkeras_compat.saving.plugin_requirements import KEY


@pytest.fixture
def model() -> keras.Model:
    x = keras.Input((4,))
    y = keras.ops.relu(layers.Dense(3, kernel_regularizer="l2", name="a")(x) + 1)
    model = keras.Model(x, layers.Dense(2, name="b")(y))
    model.compile("adam", "mse", metrics=["mae"])
    return model


def inspected(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = main(["inspect", str(path)])
    return status, capsys.readouterr().out


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.json", "folder"])
def test_a_model_is_described(
    name: str, model: keras.Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if name == "m.json":
        path.write_text(model.to_json())
    else:
        model.save(path, zipped=None if "." in name else False)
    status, printed = inspected(path, capsys)
    assert status == 0, printed
    assert "Dense (2 times)" in printed and "would load: yes" in printed
    if name == "m.keras":
        data = zipfile.ZipFile(path).read("config.json")
        assert f"config.json: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}" in printed
        assert "Keras: 3.15.1" in printed and "keras.optimizers.Adam" in printed and "keras.regularizers.L2" in printed
    if name != "m.json":
        assert "weights: 6 arrays, " in printed


@pytest.mark.parametrize("name", ["m.weights.h5", "m.weights.json"])
def test_weights_are_counted(name: str, model: keras.Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model.save_weights(tmp_path / name, max_shard_size=1 if name.endswith("json") else None)
    status, printed = inspected(tmp_path / name, capsys)
    assert status == 0 and "weights: 6 arrays, " in printed


def test_an_exported_program_is_not_a_model(model: keras.Model, tmp_path: Path) -> None:
    model.export(tmp_path / "m.pt2")
    report = inspect_file(str(tmp_path / "m.pt2"))
    assert report.form == "zip file without a model" and "has no 'config.json'" in report.problems[0]


def test_what_is_missing_is_another_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path / "none.keras")]) == 2
    assert "There is no file" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a.keras", "a.h5", "a.json", "a.weights.json"])
def test_what_cannot_be_read_has_the_status_of_what_is_missing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: Any, *arguments: Any, **options: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / name).write_bytes(b"{}")
    for module in (inspection, file_limits):  # the tests may run as root, who may read everything
        monkeypatch.setattr(module, "open", refused, raising=False)
    assert main(["inspect", str(tmp_path / name)]) == 2
    printed = capsys.readouterr()
    assert "Permission denied" in printed.err and printed.out == ""


def test_a_missing_shard_is_a_fault_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.weights.json").write_text('{"weight_map": {"/a": "a_00000.weights.h5"}}')
    status, printed = inspected(tmp_path / "a.weights.json", capsys)
    assert status == 1 and "would load: no" in printed and "a_00000.weights.h5" in printed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
@pytest.mark.parametrize("name", ["a.keras", "a.json", "a.weights.json", "a"])
def test_a_pipe_is_not_waited_for(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / name)
    status, printed = inspected(tmp_path / name, capsys)
    assert status == 1 and "is a pipe, socket or device" in printed


@pytest.mark.parametrize("name", ["a.json", "a.weights.json"])
def test_a_text_that_is_too_long_is_not_read(name: str, tmp_path: Path) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(100 << 20)
    tracemalloc.start()
    try:
        (problem,) = inspect_file(str(tmp_path / name)).problems
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()
    assert "has 104,857,600 bytes: the limit `config_bytes` is 67,108,864" in problem


@pytest.mark.parametrize("key", ["plugins", "training_config"])
def test_what_a_file_says_beside_its_config_has_limits_too(key: str, model: keras.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file.attrs[KEY if key == "plugins" else key] = "[" * 300 + "]" * 300 if key != "plugins" else "[0]," * 40
    limits = FileLimits(config_values=10) if key == "plugins" else None
    (problem,) = inspect_file(str(tmp_path / "a.h5"), limits).problems
    assert ("config_values" if key == "plugins" else "nested deeper than 200") in problem


@pytest.mark.parametrize("name", ["m.keras", "folder"])
def test_a_model_without_its_weights_would_not_load(
    name: str, model: keras.Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if name == "folder":
        model.save(path, zipped=False)
        (path / "model.weights.h5").unlink()
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", model.to_json())
    status, printed = inspected(path, capsys)
    assert status == 1 and "has no 'model.weights.h5'" in printed and "Dense (2 times)" in printed
    with pytest.raises(FileContentError, match=r"has no 'model.weights.h5'"):
        keras.models.load_model(path)


def test_lambdas_and_unknown_classes_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x: x, name="mine")])
    made.save(tmp_path / "lambda.keras")
    status, printed = inspected(tmp_path / "lambda.keras", capsys)
    assert status == 1 and "lambda in layer: mine" in printed and "custom_objects={'mine': function}" in printed
    write_keras(tmp_path / "custom.keras", sequential(named("MyOwn", "my.package")))
    status, printed = inspected(tmp_path / "custom.keras", capsys)
    assert status == 1 and "my.package.MyOwn" in printed and "Could not locate 'MyOwn'" in printed


def test_plugins_are_listed_as_the_word_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needed = [{"plugin": "x", "package": "some-package", "version": "1.0", "names": ["A"]}]
    with zipfile.ZipFile(tmp_path / "p.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1", "torchkeras_plugins": needed}))
        archive.writestr("config.json", json.dumps(sequential(named("A", "x"))))
    status, printed = inspected(tmp_path / "p.keras", capsys)
    assert status == 1 and "the file says" in printed.lower() and "pip install some-package==1.0 (the name" in printed


def test_what_a_file_says_cannot_write_on_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_keras(tmp_path / "c.keras", sequential(named("Dense\x1b[2J\n  would load: yes", "keras.layers")))
    status, printed = inspected(tmp_path / "c.keras", capsys)
    assert status == 1 and "\x1b" not in printed and "\n  would load: yes" not in printed


# Settings, whose meaning only the classes know.
ONLY_WHEN_MADE = set(
    "lambda-by-a-string an-activation-by-a-string lambda-as-bytecode-of-keras-2 an-array-of-objects"
    " an-array-of-huge-strings jit-writes a-type-specification loss-weights-write".split()
)


@pytest.mark.parametrize("form", FORMATS)
def test_attacks_would_not_load_and_nothing_happens(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    in_calls = {name for name, config in ATTACKS.items() if "inbound_nodes" in str(config)}
    found = []
    with nothing_happens(tmp_path):
        for name, config in ATTACKS.items():
            path = tmp_path / ("model.json" if form == "json" else form)
            if form == "json":
                path.write_text(json.dumps(config))
            elif form.endswith(".keras"):
                write_keras(path, config)
            else:
                write_h5(path, config, config.get("compile_config"))
            if not inspect_file(str(path)).problems and name not in ONLY_WHEN_MADE | in_calls:
                found.append(name)
    assert not found


@pytest.mark.parametrize("data", [b"", b"PK", b"\x89HDF\r\n\x1a\n", b"{", b"\x00" * 100])
@pytest.mark.parametrize("name", ["a.keras", "a.h5", "a.json", "a.weights.h5", "a.weights.json", "a.bin"])
def test_broken_files_would_not_load(data: bytes, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert inspect_file(str(tmp_path / name)).problems


FILES = Path(__file__).parents[1] / "saving" / "fixtures" / "tensorflow_2_15"


def test_files_of_tensorflow_are_described() -> None:
    report = inspect_file(str(FILES / "adam"))
    assert report.form == "weights in a checkpoint of TensorFlow" and not report.problems
    assert [part.name for part in report.parts] == ["adam.index", "adam.data-00000-of-00001"]
    assert report.arrays == 14
    report = inspect_file(str(FILES / "saved_model"))
    assert report.form == "model in a SavedModel of TensorFlow" and not report.problems
    assert "Conv2D" in str(report.named) and "2.15.0" in report.facts.values()


def test_safetensors_files_and_others_are_described(model: keras.Model, tmp_path: Path) -> None:
    model.save_weights(tmp_path / "w.safetensors")
    report = inspect_file(str(tmp_path / "w.safetensors"))
    assert report.form == "weights in a safetensors file" and not report.problems
    assert report.arrays == len(model.state_dict())
    (tmp_path / "page.h5").write_text("<!DOCTYPE html><html></html>")
    report = inspect_file(str(tmp_path / "page.h5"))
    assert report.form == "a web page" and "The download failed" in report.problems[0]
