"""Broken files of every format: one exception, which says the place and what to do. Missing files stay missing files.

Each is read in a process of its own (`worker.py`), so that a crash or an endless loop is a failure of the test.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.errors import FileContentError, UnknownNameError
from torchkeras_compat.models.from_json import model_from_json
from torchkeras_compat.notes.data import csv_data
from torchkeras_compat.notes.notebook import read_notebook
from torchkeras_compat.saving.saving_and_loading import load_model

FIXTURES = Path(__file__).parents[1] / "saving" / "fixtures"


def refused(found: dict[str, Any]) -> str:
    """Return the message of a refusal, after checking its kind."""
    assert {"FileContentError", "FileSafetyError"} & set(found["kinds"]), found
    assert found["seconds"] < 10 and found["mib"] < 256, found
    message: str = found["message"]
    return message


def with_config(files: Path, target: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    with zipfile.ZipFile(files / "a.keras") as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                found = change(config)
                data = json.dumps(config if found is None else found).encode()
            new.writestr(name, data)
    return target


# -- configs ---------------------------------------------------------------------------------------------------------


def _at(*path: Any, value: Any = None) -> Callable[[dict[str, Any]], None]:
    """Set a value in a config, or take it out (None)."""

    def change(config: dict[str, Any]) -> None:
        place: Any = config
        for key in path[:-1]:
            place = place[key]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value

    return change


FIRST = ("config", "layers", 1)
CONFIGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a-number": lambda c: 3,
    "an-empty-object": lambda c: {},
    "no-class": _at("class_name"),
    "class-is-a-number": _at("class_name", value=3),
    "class-is-a-list": _at("class_name", value=["Dense"]),
    "config-is-a-list": _at("config", value=[1]),
    "config-is-text": _at("config", value="abc"),
    "module-is-a-number": _at("module", value=3),
    "registered-name-is-a-list": _at("registered_name", value=[1]),
    "layers-is-a-number": _at("config", "layers", value=3),
    "layers-is-text": _at("config", "layers", value="abc"),
    "a-layer-is-null": lambda c: c["config"]["layers"].append(None),
    "a-layer-is-a-number": lambda c: c["config"]["layers"].append(3),
    "no-layers": _at("config", "layers"),
    "units-is-text": _at(*FIRST, "config", "units", value="abc"),
    "units-is-a-list": _at(*FIRST, "config", "units", value=[4]),
    "units-is-negative": _at(*FIRST, "config", "units", value=-4),
    "units-overflows": _at(*FIRST, "config", "units", value=2**80),
    "units-is-missing": _at(*FIRST, "config", "units"),
    "an-unknown-setting": _at(*FIRST, "config", "colour", value="red"),
    "name-is-a-number": _at(*FIRST, "config", "name", value=3.5),
    "name-with-a-slash": _at(*FIRST, "config", "name", value="a/b"),
    "name-is-a-surrogate": _at(*FIRST, "config", "name", value="\ud800"),
    "dtype-is-text": _at(*FIRST, "config", "dtype", value="float99"),
    "dtype-is-a-number": _at(*FIRST, "config", "dtype", value=3),
    "initializer-is-a-number": _at(*FIRST, "config", "kernel_initializer", value=3),
    "initializer-is-a-layer": _at(*FIRST, "config", "kernel_initializer", value="Dense"),
    "activation-is-a-list": _at(*FIRST, "config", "activation", value=[1, 2]),
    "batch-shape-is-text": _at("config", "layers", 0, "config", "batch_shape", value="abc"),
    "batch-shape-is-negative": _at("config", "layers", 0, "config", "batch_shape", value=[-1, -5]),
    "batch-shape-has-texts": _at("config", "layers", 0, "config", "batch_shape", value=["a", "b"]),
    "build-config-is-a-list": _at("build_config", value=[1]),
    "compile-config-is-text": _at("compile_config", value="abc"),
    "optimizer-is-a-number": _at("compile_config", "optimizer", value=3),
    "optimizer-without-config": _at("compile_config", "optimizer", "config"),
    "rate-is-text": _at("compile_config", "optimizer", "config", "learning_rate", value="abc"),
    "loss-is-a-number": _at("compile_config", "loss", value=3),
    "metrics-is-a-number": _at("compile_config", "metrics", value=3),
    "shared-object-id-is-a-list": _at(*FIRST, "shared_object_id", value=[1]),
    "keras-version-of-keras-2": lambda c: {"class_name": "Model", "config": {"layers": 3}, "keras_version": "2.1"},
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_that_describes_no_model_is_refused(name, base_files, tmp_path, read):
    found = read("load_model", with_config(base_files, tmp_path / "b.keras", CONFIGS[name]))
    if not found["kinds"]:
        assert name in PASS  # what it says is not needed, or means something
        return
    if "UnknownNameError" not in found["kinds"]:
        assert "b.keras" in refused(found)
    shutil.copy(base_files / "a.h5", tmp_path / "b.h5")
    with zipfile.ZipFile(tmp_path / "b.keras") as file:
        text = file.read("config.json").decode()
    (tmp_path / "b.json").write_text(text)
    found = read("json", tmp_path / "b.json")
    assert not found["kinds"] or {"FileContentError", "UnknownNameError"} & set(found["kinds"]), found
    with h5py.File(tmp_path / "b.h5", "a") as file:
        file.attrs["model_config"] = text
    found = read("load_model", tmp_path / "b.h5")
    assert not found["kinds"] or {"FileContentError", "UnknownNameError"} & set(found["kinds"]), found


# A text of any letters is a name, and what is not needed is passed over.
PASS = {
    "name-is-a-surrogate",
    "build-config-is-a-list",
    "shared-object-id-is-a-list",
    "training-config-without-optimizer",
    "optimizer-without-config",
}

TEXTS = {
    "empty": b"",
    "cut-off": b'{"class_name": "Sequ',
    "latin-1": '{"class_name": "\xe9"}'.encode("latin-1"),
    "utf-16": '{"class_name": "Dense"}'.encode("utf-16"),
    "nan": b'{"class_name": NaN}',
    "long-number": b'{"class_name": ' + b"9" * 5000 + b"}",
    "infinity": b'{"class_name": "Dense", "config": {"units": Infinity}}',
    "nul": b"\0" * 100,
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("part", ["config.json", "metadata.json"])
def test_a_part_that_is_not_text_of_json_is_refused(name, part, base_files, tmp_path, read):
    shutil.copytree(base_files / "folder", tmp_path / "folder")
    (tmp_path / "folder" / part).write_bytes(TEXTS[name])
    found = read("load_model", tmp_path / "folder")
    if part == "metadata.json" and name in ("nan", "infinity", "utf-16"):
        assert not found["kinds"]  # JSON, which says nothing of use
        return
    assert str(tmp_path / "folder") in refused(found)


# -- zip files and folders -------------------------------------------------------------------------------------------


def _without(part):
    def make(files, target):
        with zipfile.ZipFile(files / "a.keras") as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                if name != part:
                    new.writestr(name, old.read(name))

    return make


def _flipped(where):
    def make(files, target):
        data = bytearray((files / "a.keras").read_bytes())
        place = where(data)
        data[place] ^= 0xFF
        target.write_bytes(data)

    return make


def _twice(files, target):
    shutil.copy(files / "a.keras", target)
    with zipfile.ZipFile(target, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("config.json", "{}")


def _encrypted(files, target):
    data = bytearray((files / "a.keras").read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            data[place + offset] |= 1
    target.write_bytes(data)


ZIPS = {
    "empty": lambda files, target: target.write_bytes(b""),
    "text": lambda files, target: target.write_text("not a model"),
    "empty-zip": lambda files, target: zipfile.ZipFile(target, "w").close(),
    "cut-off": lambda files, target: target.write_bytes((files / "a.keras").read_bytes()[:-30]),
    "cut-in-half": lambda files, target: target.write_bytes((files / "a.keras").read_bytes()[:20_000]),
    "start-missing": lambda files, target: target.write_bytes((files / "a.keras").read_bytes()[100:]),
    "no-config": _without("config.json"),
    "no-weights": _without("model.weights.h5"),
    "wrong-checksum": _flipped(lambda data: data.find(b"class_name")),
    "wrong-name": _flipped(lambda data: data.rfind(b"config.json")),
    "wrong-method": _flipped(lambda data: data.find(b"PK\x01\x02") + 10),
    "wrong-offset": _flipped(lambda data: data.find(b"PK\x01\x02") + 44),
    "twice-config": _twice,
    "encrypted": _encrypted,
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_broken_zip_file_is_refused(name, base_files, tmp_path, read):
    ZIPS[name](base_files, tmp_path / "b.keras")
    assert "b.keras" in refused(read("load_model", tmp_path / "b.keras"))
    found = read("load_weights", tmp_path / "b.keras")
    assert not found["kinds"] or "b.keras" in refused(found)


def test_bytes_that_cannot_be_inflated_are_refused(base_files, tmp_path, read):
    with zipfile.ZipFile(base_files / "a.keras") as old, zipfile.ZipFile(tmp_path / "b.keras", "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    data = bytearray((tmp_path / "b.keras").read_bytes())
    start = data.find(b"config.json") + len(b"config.json")
    data[start : start + 40] = b"\xff" * 40
    (tmp_path / "b.keras").write_bytes(data)
    assert "'config.json' in " in refused(read("load_model", tmp_path / "b.keras"))


PARTS = ["config.json", "metadata.json", "model.weights.h5"]


@pytest.mark.parametrize("part", PARTS)
def test_a_link_out_of_a_folder_is_not_followed(part, base_files, tmp_path, read):
    shutil.copytree(base_files / "folder", tmp_path / "folder")
    (tmp_path / "folder" / part).rename(tmp_path / "secret")
    (tmp_path / "folder" / part).symlink_to(tmp_path / "secret")
    assert f"{part!r} in " in (message := refused(read("load_model", tmp_path / "folder")))
    assert "link that leads out of the folder" in message


def test_a_link_inside_a_folder_is_followed(base_files, tmp_path, read):
    shutil.copytree(base_files / "folder", tmp_path / "folder")
    (tmp_path / "folder" / "config.json").rename(tmp_path / "folder" / "other")
    (tmp_path / "folder" / "config.json").symlink_to("other")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert read("load_model", tmp_path / "link")["message"] == "loaded Sequential"


def test_a_loop_of_links_is_refused(base_files, tmp_path, read):
    shutil.copytree(base_files / "folder", tmp_path / "folder")
    (tmp_path / "folder" / "model.weights.h5").unlink()
    (tmp_path / "folder" / "model.weights.h5").symlink_to("model.weights.h5")
    assert "cannot be found" in refused(read("load_model", tmp_path / "folder"))
    (tmp_path / "folder" / "again").symlink_to(tmp_path / "folder")
    refused(read("load_model", tmp_path / "folder"))


@pytest.mark.parametrize("part", PARTS[1:])
def test_a_pipe_in_a_folder_is_refused_at_once(part, base_files, tmp_path, read):
    shutil.copytree(base_files / "folder", tmp_path / "folder")
    (tmp_path / "folder" / part).unlink()
    os.mkfifo(tmp_path / "folder" / part)
    assert "is a pipe, socket or device" in refused(read("load_model", tmp_path / "folder"))


NO_FILES = {"pipe": os.mkfifo, "device": lambda path: os.symlink("/dev/zero", path), "folder": os.mkdir}


@pytest.mark.parametrize("name", ["a.keras", "a.h5", "a.weights.h5", "a.weights.json"])
@pytest.mark.parametrize("make", NO_FILES.values(), ids=NO_FILES)
def test_what_is_not_a_file_is_refused_at_once(name, make, tmp_path, read):
    make(tmp_path / name)
    found = read("load_weights", tmp_path / name)
    refused(found)
    if name in ("a.keras", "a.h5"):
        refused(read("load_model", tmp_path / name))


def test_a_link_in_assets_is_not_followed(tmp_path):
    class Reader(layers.Layer):
        def call(self, x):
            return x

        def save_assets(self, path):
            Path(path, "a.txt").write_text("fine")

        def load_assets(self, path):
            self.found = {p.name: p.read_text() for p in Path(path).iterdir()}

    keras.Sequential([keras.Input((2,)), Reader(name="reader")]).save(tmp_path / "folder", zipped=False)
    known = {"Reader": Reader}
    assert load_model(tmp_path / "folder", known).layers[0].found == {"a.txt": "fine"}
    place = next((tmp_path / "folder").rglob("a.txt")).parent
    (place / "b.txt").symlink_to("/etc/hostname")
    with pytest.raises(FileContentError, match="leads out of the folder"):
        load_model(tmp_path / "folder", known)
    (place / "b.txt").unlink()
    (place / "b").symlink_to("/etc")
    with pytest.raises(FileContentError, match="leads out of the folder"):
        load_model(tmp_path / "folder", known)


# -- HDF5 ------------------------------------------------------------------------------------------------------------


def _legacy(change):
    def make(files, folder):
        shutil.copy(files / "a.h5", folder / "b.h5")
        with h5py.File(folder / "b.h5", "a") as file:
            change(file)
        return folder / "b.h5"

    return make


def _set(group, key, value):
    group.attrs.pop(key, None)
    group.attrs[key] = value


LEGACY = {
    "no-config": lambda f: f.attrs.pop("model_config"),
    "config-is-a-number": lambda f: _set(f, "model_config", 3),
    "config-is-empty": lambda f: _set(f, "model_config", h5py.Empty("S1")),
    "config-is-no-utf-8": lambda f: _set(f, "model_config", np.bytes_(b'{"a": "\xff\xfe"}')),
    "config-is-a-reference": lambda f: f.attrs.create("model_config", f.ref, dtype=h5py.ref_dtype),
    "version-is-no-utf-8": lambda f: _set(f, "keras_version", np.bytes_(b"\xff\xfe")),
    "training-config-is-a-list": lambda f: _set(f, "training_config", "[1]"),
    "training-config-without-optimizer": lambda f: _set(f, "training_config", "{}"),
    "training-config-of-numbers": lambda f: _set(f, "training_config", '{"optimizer_config": 3, "loss": 3}'),
    "no-optimizer-names": lambda f: f["optimizer_state"].attrs.pop("weight_names"),
    "optimizer-names-missing-arrays": lambda f: _set(f["optimizer_state"], "weight_names", [b"a", b"b"]),
    "no-weights": lambda f: f.pop("model_weights"),
    "weights-is-an-array": lambda f: (f.pop("model_weights"), f.create_dataset("model_weights", data=1)),
    "no-layer-names": lambda f: f["model_weights"].attrs.pop("layer_names"),
    "layer-names-is-a-number": lambda f: _set(f["model_weights"], "layer_names", 3),
    "layer-names-is-a-table": lambda f: _set(f["model_weights"], "layer_names", np.array([[b"first"]])),
    "layer-names-of-missing-groups": lambda f: _set(f["model_weights"], "layer_names", [b"a", b"b"]),
    "layer-names-no-utf-8": lambda f: _set(f["model_weights"], "layer_names", [b"\xff", b"\xfe"]),
    "no-weight-names": lambda f: f["model_weights/first"].attrs.pop("weight_names"),
    "weight-names-of-missing-arrays": lambda f: _set(f["model_weights/first"], "weight_names", [b"a", b"b"]),
    "weight-names-absolute": lambda f: _set(f["model_weights/first"], "weight_names", [b"/a", b"//"]),
    "weight-names-dots": lambda f: _set(f["model_weights/first"], "weight_names", [b".", b"."]),
    "weight-names-empty": lambda f: _set(f["model_weights/first"], "weight_names", [b"", b""]),
}


@pytest.mark.parametrize("name", LEGACY)
def test_a_broken_older_file_is_refused(name, base_files, tmp_path, read):
    path = _legacy(LEGACY[name])(base_files, tmp_path)
    for action in ("load_model", "load_weights"):
        found = read(action, path)
        assert not found["kinds"] or "b.h5" in refused(found), action
    expected = 0 if name in ("no-optimizer-names", "optimizer-names-missing-arrays") else 1
    assert expected <= bool(read("load_model", path)["kinds"]) or name in PASS


def _cut(share):
    return lambda data: data[: int(len(data) * share)]


def _overwritten(start, size):
    def change(data):
        place = int(len(data) * start)
        return data[:place] + b"\xff" * size + data[place + size :]

    return change


BYTES = {
    "empty": lambda data: b"",
    "text": lambda data: b"not a file of weights",
    "zip": lambda data: b"PK\x03\x04" + data,
    "cut-to-signature": lambda data: data[:8],
    "cut-in-half": _cut(0.5),
    "cut-at-the-end": _cut(0.98),
    "superblock": _overwritten(0.0, 40),
    "superblock-after-signature": lambda data: data[:8] + b"\xff" * 40 + data[48:],
    "root-group": lambda data: data[:96] + b"\xff" * 64 + data[160:],
    "middle": _overwritten(0.4, 2000),
    "doubled": lambda data: data + data,
}


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.parametrize("file", ["a.h5", "a.weights.h5"])
def test_broken_bytes_of_hdf5_are_refused(name, file, base_files, tmp_path, read):
    (tmp_path / file).write_bytes(BYTES[name]((base_files / file).read_bytes()))
    for action in ("load_weights", *(["load_model"] if file == "a.h5" else ["editor"])):
        found = read(action, tmp_path / file)
        assert (name in ("doubled", "middle") and not found["kinds"]) or file in refused(found)


WEIGHTS = {
    "optimizer-key-missing": lambda f: f["optimizer/vars"].pop("3"),
    "optimizer-key-of-another-name": lambda f: f["optimizer/vars"].move("3", "x"),
    "layer-key-missing": lambda f: f["layers/dense/vars"].pop("1"),
    "layer-key-of-another-name": lambda f: f["layers/dense/vars"].move("1", "x"),
    "layer-missing": lambda f: f["layers"].pop("dense"),
    "layers-is-an-array": lambda f: (f.pop("layers"), f.create_dataset("layers", data=[1.0])),
    "optimizer-is-an-array": lambda f: (f.pop("optimizer"), f.create_dataset("optimizer", data=[1.0])),
    "name-is-a-number": lambda f: f["layers/dense/vars"].attrs.__setitem__("name", 3),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_missing_keys_are_named(name, base_files, tmp_path, read):
    shutil.copy(base_files / "a.weights.h5", tmp_path / "a.weights.h5")
    with h5py.File(tmp_path / "a.weights.h5", "a") as file:
        WEIGHTS[name](file)
    found = read("load_weights", tmp_path / "a.weights.h5")
    # The state of an optimizer that does not fit is left out with a warning, as Keras does.
    assert (name.startswith(("optimizer-key", "name")) and not found["kinds"]) or "a.weights.h5" in refused(found)


LISTINGS = {
    "empty": b"",
    "list": b"[]",
    "no-map": b"{}",
    "map-is-a-list": b'{"weight_map": [1]}',
    "name-is-a-number": b'{"weight_map": {"a": 3}}',
    "name-leads-out": b'{"weight_map": {"a": "../a.h5"}}',
    "name-is-absolute": b'{"weight_map": {"a": "/etc/passwd"}}',
    "name-with-nul": b'{"weight_map": {"a": "a\\u0000.h5"}}',
    "name-is-a-folder": b'{"weight_map": {"a": "."}}',
    "name-is-a-dict": b'{"weight_map": {"a": {"b": "c"}}}',
    "no-utf-8": b'{"weight_map": {"a": "\xff"}}',
    "deep": b'{"weight_map": ' + b"[" * 10**5,
}


@pytest.mark.parametrize("name", LISTINGS)
def test_a_broken_list_of_shards_is_refused(name, tmp_path, read):
    (tmp_path / "a.weights.json").write_bytes(LISTINGS[name])
    assert "a.weights.json" in refused(read("load_weights", tmp_path / "a.weights.json"))


def test_a_shard_that_is_a_link_out_of_its_folder_is_not_followed(base_files, tmp_path, read):
    folder = tmp_path / "shards"
    folder.mkdir()
    for path in base_files.glob("s*"):
        shutil.copy(path, folder)
    assert read("load_weights", folder / "s.weights.json")["message"] == "loaded"
    (folder / "s_00000.weights.h5").rename(tmp_path / "s_00000.weights.h5")
    assert "FileNotFoundError" in read("load_weights", folder / "s.weights.json")["kinds"]
    (folder / "s_00000.weights.h5").symlink_to(tmp_path / "s_00000.weights.h5")
    assert "link that leads out" in refused(read("load_weights", folder / "s.weights.json"))


@pytest.mark.parametrize("name", ["a.keras", "a.h5", "a.weights.h5", "a.weights.json"])
def test_a_missing_file_is_missing(name, tmp_path, read):
    found = read("load_weights", tmp_path / name)
    wanted = "ValueError" if name == "a.keras" else "FileNotFoundError"  # the first as in Keras
    assert wanted in found["kinds"] and "not found" in found["message"]


@pytest.mark.parametrize("name", ["a.keras", "a.h5", "a.weights.h5"])
def test_a_file_that_may_not_be_read_stays_so(name, base_files, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    model = load_model(base_files / "a.keras")
    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    monkeypatch.setattr(h5py, "File", refuse)
    with pytest.raises(PermissionError):
        model.load_weights(base_files / name)


# -- big-endian numbers ----------------------------------------------------------------------------------------------


def _big_endian(source: Path, target: Path) -> None:
    with h5py.File(source) as old, h5py.File(target, "w") as new:
        new.attrs.update(old.attrs)

        def copied(name, found):
            if isinstance(found, h5py.Dataset):
                new.create_dataset(name, data=found[()].astype(found.dtype.newbyteorder(">")))
            else:
                new.require_group(name)
            new[name].attrs.update(found.attrs)

        old.visititems(copied)


@pytest.mark.parametrize("format", ["keras", "h5", "folder", "weights.h5", "shards", "editor"])
def test_big_endian_weights_load_with_the_right_numbers(format, base_files, tmp_path):
    original = load_model(base_files / "a.keras")
    wanted = [*original.get_weights(), *(v.numpy() for v in original.optimizer.variables)]
    for name in ("a.h5", "a.weights.h5", *(p.name for p in base_files.glob("s_*"))):
        _big_endian(base_files / name, tmp_path / name)
    with h5py.File(tmp_path / "a.weights.h5") as file:
        assert file["layers/dense/vars/0"].dtype == ">f4"
    if format == "keras":
        with zipfile.ZipFile(base_files / "a.keras") as old, zipfile.ZipFile(tmp_path / "b.keras", "w") as new:
            for part in old.namelist():
                new.writestr(part, (tmp_path / "a.weights.h5").read_bytes() if "weights" in part else old.read(part))
        model = load_model(tmp_path / "b.keras")
    elif format == "folder":
        shutil.copytree(base_files / "folder", tmp_path / "folder")
        shutil.copy(tmp_path / "a.weights.h5", tmp_path / "folder" / "model.weights.h5")
        model = load_model(tmp_path / "folder")
    elif format == "h5":
        model = load_model(tmp_path / "a.h5")
    elif format == "editor":
        found = keras.saving.KerasFileEditor(tmp_path / "a.weights.h5").weights_dict["layers"]["dense"]["0"]
        assert found.dtype == "float32"
        np.testing.assert_array_equal(found, wanted[0])
        return
    else:
        model = keras.models.clone_model(original)
        model.compile("adam", "mse")
        shutil.copy(base_files / "s.weights.json", tmp_path)
        model.load_weights(tmp_path / ("a.weights.h5" if format == "weights.h5" else "s.weights.json"))
    received = [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]
    for a, b in zip(received, wanted, strict=True):
        np.testing.assert_array_equal(a, b)


# -- errors of classes of the user's ---------------------------------------------------------------------------------


class Own(Exception):
    pass


@pytest.mark.parametrize("error", [Own, KeyError, TypeError, RuntimeError, ValueError])
def test_the_error_of_a_class_stays_visible(error, tmp_path):
    class Picky(layers.Dense):
        fails = False

        def __init__(self, units, **kwargs):
            super().__init__(units, **kwargs)
            if Picky.fails:
                raise error("my words")

    keras.Sequential([keras.Input((2,)), Picky(3)]).save(tmp_path / "a.keras")
    Picky.fails = True
    with pytest.raises(FileContentError, match="my words") as raised:
        load_model(tmp_path / "a.keras", {"Picky": Picky})
    causes = [raised.value.__cause__]
    while causes[-1] is not None:
        causes.append(causes[-1].__cause__)
    assert any(isinstance(cause, error) for cause in causes)
    assert "a.keras" in str(raised.value)


def test_a_name_that_nobody_knows_stays_a_name(base_files, tmp_path):
    path = with_config(base_files, tmp_path / "b.keras", _at(*FIRST, "class_name", value="Dance"))
    with pytest.raises(UnknownNameError, match="Dance"):
        load_model(path)


def test_interrupts_pass(tmp_path):
    class Slow(layers.Dense):
        @classmethod
        def from_config(cls, config):
            raise KeyboardInterrupt

    keras.Sequential([keras.Input((2,)), Slow(3)]).save(tmp_path / "a.keras")
    with pytest.raises(KeyboardInterrupt):
        load_model(tmp_path / "a.keras", {"Slow": Slow})


# -- notebooks and tables --------------------------------------------------------------------------------------------

NOTEBOOKS = {
    "empty": "",
    "a-list": "[]",
    "a-number": "3",
    "no-cells": "{}",
    "cells-is-a-number": '{"cells": 3}',
    "a-cell-is-a-number": '{"cells": [3]}',
    "source-is-a-number": '{"cells": [{"cell_type": "code", "source": 3}]}',
    "source-has-numbers": '{"cells": [{"cell_type": "code", "source": [3]}]}',
    "metadata-is-a-list": '{"cells": [], "metadata": []}',
    "kernel-is-a-number": '{"cells": [], "metadata": {"kernelspec": 3}}',
    "no-worksheets": '{"worksheets": []}',
    "deep": '{"cells": ' + "[" * 10**5,
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_broken_notebook_is_refused(name):
    with pytest.raises(FileContentError, match=r"a\.ipynb is not a Jupyter notebook"):
        read_notebook(NOTEBOOKS[name], "a.ipynb")


def test_a_note_that_is_not_text_is_refused(tmp_path, read):
    (tmp_path / "a.ipynb").write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in refused(read("note", tmp_path / "a.ipynb"))


ROWS = "".join(f"{i},{i % 2}\n" for i in range(10))
TABLES = {
    "no-utf-8": (b"x,target\n\xff\xfe,1\n", "is not a table as UTF-8 text"),
    "long-cell": (b"x,target\n" + b"1" * 200_000 + b",1\n", "is not a table as UTF-8 text"),
    "few-rows": (b"x,target\n1,1\n", "has 1 rows below its header"),
    "short-row": (b"x,target\n" + ROWS.encode() + b"3\n", "1 values, but the header names 2"),
    "a-word": (b"x,target\nabc,1\n" + ROWS.encode(), "'abc', which is not a finite number"),
    "infinite": (b"x,target\ninf,1\n" + ROWS.encode(), "not a finite number"),
    "large": (b"x,target\n1e300,1\n" + ROWS.encode(), "not a finite number"),
    "large-target": (b"x,target\n1,1e300\n" + ROWS.encode(), "not finite in float32"),
    "infinite-target": (b"x,target\n1,inf\n" + ROWS.encode(), "not finite in float32"),
    "long-target": (b"x,target\n1," + b"9" * 6000 + b"\n" + ROWS.encode(), "not finite in float32"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_broken_table_is_refused(name, tmp_path):
    data, words = TABLES[name]
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(FileContentError, match="a.csv") as raised:
        csv_data(tmp_path / "a.csv", "target")
    assert words in str(raised.value)


def test_json_of_a_model_is_refused_by_the_same_error():
    with pytest.raises(FileContentError, match="the JSON is not JSON"):
        model_from_json("{")
    with pytest.raises(FileContentError, match="the JSON"):
        model_from_json('{"class_name": "Dense", "config": {}}')


def _new_model(trained: bool) -> Any:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="a"), layers.Dense(1, name="b")])
    model.compile("adam", "mse")
    if trained:
        model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    return model


def _state_of(model: Any) -> str:
    optimizer = model.optimizer
    values = [v.numpy().tolist() for v in (*model.weights, *optimizer.variables)]
    paths = [v.path for v in optimizer.variables]
    return repr((values, optimizer.built, len(optimizer.state), paths, optimizer.param_groups))


FAULTS = {
    "count-no-number": ("optimizer/vars/0", np.array(np.nan)),
    "count-too-large": ("optimizer/vars/0", np.array(2**63, "uint64")),
    "slot-of-another-shape": ("optimizer/vars/9", np.zeros(7)),
    "slot-of-letters": ("optimizer/vars/9", np.array([b"a"])),
    "weight-of-another-shape": ("layers/dense_1/vars/1", np.zeros(9)),
    "weight-of-another-precision": ("layers/dense_1/vars/1", np.ones(1, "longdouble")),
}


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize("fault", FAULTS)
def test_weights_that_cannot_be_loaded_leave_model_and_optimizer_as_they_were(fault, trained, tmp_path):
    path, array = FAULTS[fault]
    _new_model(trained=True).save_weights(tmp_path / "a.weights.h5")
    with h5py.File(tmp_path / "a.weights.h5", "a") as file:
        del file[path]
        file[path] = array
    model = _new_model(trained)
    before = _state_of(model)
    with pytest.raises(FileContentError):
        model.load_weights(tmp_path / "a.weights.h5")
    assert _state_of(model) == before
    model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    assert model.optimizer.built
