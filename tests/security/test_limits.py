"""Files that ask for memory, disk or time out of proportion to their size: refused before they take any.

Each is read in a process of its own (`worker.py`), which reports what it took at most.
"""

from __future__ import annotations

import copy
import gzip
import io
import itertools
import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch

import torchkeras_compat as keras
from torchkeras_compat import layers
from torchkeras_compat.data.archive import ArchiveLimits, extract_archive
from torchkeras_compat.errors import FileContentError, FileLimitError
from torchkeras_compat.models import functional_config
from torchkeras_compat.models.from_json import model_from_json
from torchkeras_compat.notes.data import csv_data
from torchkeras_compat.saving.file_limits import FileLimits, check_config
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.saving_and_loading import load_model

MIB = 256  # what a refused file may take: the spare bytes of `FileLimits`, and what the allocator keeps
SECONDS = 10.0


def rewritten(source: Path, target: Path, method: int = zipfile.ZIP_STORED, **parts: bytes | None) -> Path:
    """Write a zip file again, some parts by the first part of their names changed, left out (None) or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", method) as new:
        for name in old.namelist():
            data = parts.get(name.partition(".")[0], old.read(name))
            if data is not None:
                new.writestr(name, data)
    return target


def configured(files: Path, target: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    """Write the `.keras` file with another config."""
    with zipfile.ZipFile(files / "a.keras") as old:
        config = json.loads(old.read("config.json"))
    found = change(config)
    return rewritten(files / "a.keras", target, config=json.dumps(config if found is None else found).encode())


def layer_of(class_name: str, **settings: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": class_name, "config": settings, "registered_name": None}


def model_of(*shape: int | None, entry: dict[str, Any]) -> dict[str, Any]:
    """The config of a Sequential of one layer."""
    first = layer_of("InputLayer", batch_shape=[None, *shape], dtype="float32", name="in")
    config = {"name": "s", "layers": [first, entry], "build_input_shape": [None, *shape]}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


HUGE_LAYERS = {
    "dense": ((8,), layer_of("Dense", units=10**9)),
    "dense-input": ((10**9,), layer_of("Dense", units=8)),
    "dense-just-above": ((2**13,), layer_of("Dense", units=2**13)),
    "embedding": ((8,), layer_of("Embedding", input_dim=10**9, output_dim=10**3)),
    "lstm": ((8, 8), layer_of("LSTM", units=10**6)),
    "gru": ((8, 8), layer_of("GRU", units=10**6)),
    "simple-rnn": ((8, 8), layer_of("SimpleRNN", units=10**6)),
    "bidirectional": ((8, 8), layer_of("Bidirectional", layer=layer_of("LSTM", units=10**6))),
    "time-distributed": ((8, 8), layer_of("TimeDistributed", layer=layer_of("Dense", units=10**9))),
    "conv1d": ((8, 8), layer_of("Conv1D", filters=8, kernel_size=10**9)),
    "conv2d": ((8, 8, 8), layer_of("Conv2D", filters=10**4, kernel_size=[10**3, 10**3], padding="same")),
    "conv3d-transpose": ((8, 8, 8, 8), layer_of("Conv3DTranspose", filters=10**3, kernel_size=10**3)),
    "depthwise": ((8, 8, 8), layer_of("DepthwiseConv2D", kernel_size=1, depth_multiplier=10**9)),
    "separable": ((8, 8), layer_of("SeparableConv1D", filters=10**9, kernel_size=1)),
    "attention-heads": ((8, 8), layer_of("EinsumDense", equation="abc,cd->abd", output_shape=[None, 10**9])),
    "batch-norm": ((10**9,), layer_of("BatchNormalization")),
    "layer-norm": ((10**9,), layer_of("LayerNormalization")),
    "group-norm": ((10**9,), layer_of("GroupNormalization", groups=1)),
    "prelu": ((10**5, 10**5), layer_of("PReLU")),
    "orthogonal": ((10**5,), layer_of("Dense", units=10**5, kernel_initializer="orthogonal")),
    "identity": ((10**5,), layer_of("Dense", units=10**5, kernel_initializer="identity")),
    "float64": ((2**12,), layer_of("Dense", units=5000, dtype="float64")),
    "unrolled": ((10**9, 8), layer_of("SimpleRNN", units=2, unroll=True)),
}


@pytest.mark.parametrize("name", HUGE_LAYERS)
@pytest.mark.parametrize("format", ["keras", "h5", "folder"])
def test_a_layer_that_is_huge_for_its_file_is_refused(name, format, base_files, tmp_path, read):
    shape, entry = HUGE_LAYERS[name]
    path = whole_file(base_files, tmp_path, format, model_of(*shape, entry=entry))
    found = read("load_model", path)
    assert "FileContentError" in found["kinds"], found
    assert "out of memory" not in found["message"]
    if name != "unrolled":
        assert "FileLimitError" in found["kinds"] and "limits=FileLimits(memory_factor=...)" in found["message"]
    assert found["mib"] < MIB and found["seconds"] < SECONDS, found


def whole_file(files: Path, tmp_path: Path, format: str, config: dict[str, Any]) -> Path:
    if format == "keras":
        return configured(files, tmp_path / "b.keras", lambda _: config)
    if format == "folder":
        shutil.copytree(files / "folder", tmp_path / "folder")
        (tmp_path / "folder" / "config.json").write_text(json.dumps(config))
        return tmp_path / "folder"
    shutil.copy(files / "a.h5", tmp_path / "b.h5")
    with h5py.File(tmp_path / "b.h5", "a") as file:
        file.attrs["model_config"] = json.dumps(config)
    return tmp_path / "b.h5"


@pytest.mark.parametrize("name", ["dense", "embedding", "conv2d", "orthogonal"])
def test_json_without_weights_has_a_budget_too(name, tmp_path, read):
    shape, entry = HUGE_LAYERS[name]
    (tmp_path / "a.json").write_text(json.dumps(model_of(*shape, entry=entry)))
    found = read("json", tmp_path / "a.json")
    assert "FileLimitError" in found["kinds"] and "bytes_without_weights" in found["message"]
    assert found["mib"] < MIB and found["seconds"] < SECONDS


def test_many_small_layers_count_together(base_files, tmp_path, read):
    def change(config):
        first = config["config"]["layers"][0]
        more = [layer_of("Dense", units=10**3, name=f"d{i}") for i in range(300)]
        config["config"]["layers"] = [first, *more]

    found = read("load_model", configured(base_files, tmp_path / "b.keras", change))
    assert "FileLimitError" in found["kinds"] and found["mib"] < MIB


METRICS = {
    "auc": ("AUC", {"num_thresholds": 10**9}),
    "precision-at-recall": ("PrecisionAtRecall", {"recall": 0.5, "num_thresholds": 10**9}),
    "mean-iou": ("MeanIoU", {"num_classes": 10**6}),
    "f1": ("F1Score", {"num_classes": 10**9}),
}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_that_is_huge_for_its_file_is_refused(name, base_files, tmp_path, read):
    class_name, settings = METRICS[name]

    def change(config):
        metric = {"module": "keras.metrics", "class_name": class_name, "config": settings, "registered_name": None}
        config["compile_config"]["metrics"] = [metric]

    found = read("load_model", configured(base_files, tmp_path / "b.keras", change))
    # A metric that is made with the first batch has taken nothing yet.
    assert name == "f1" or "FileContentError" in found["kinds"], found
    assert found["mib"] < MIB and found["seconds"] < SECONDS


def _nested(depth: int) -> dict[str, Any]:
    config: dict[str, Any] = layer_of("Dense", units=1)
    for _ in range(depth):
        config = model_of(1, entry=config)
    return config


CONFIGS: dict[str, tuple[Callable[[], bytes], str]] = {
    "deep-lists": (lambda: b'{"a": ' + b"[" * 10**6 + b"]" * 10**6 + b"}", "nesting"),
    "deep-dicts": (lambda: b'{"a":' * 10**5 + b"1" + b"}" * 10**5, "nesting"),
    "deep-models": (lambda: json.dumps(_nested(100)).encode(), "nested"),
    "depth-just-above": (lambda: b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}", "nesting"),
    "many-values": (lambda: b'{"a": [' + b"{}," * 5 * 10**6 + b"{}]}", "config_values"),
    "many-strings": (lambda: b'{"a": ["' + b'","' * 5 * 10**6 + b'"]}', "config_values"),
    "long": (lambda: b'{"a": "' + b"x" * (65 << 20) + b'"}', "config_bytes"),
    "many-layers": (
        lambda: json.dumps({"class_name": "Sequential", "config": {"layers": [layer_of("ReLU")] * 10_001}}).encode(),
        "layers",
    ),
    "many-calls": (
        lambda: json.dumps({"class_name": "Functional", "config": {"inbound_nodes": [1] * 50_001}}).encode(),
        "calls",
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("format", ["keras", "json"])
def test_a_config_that_is_too_large_is_refused_before_anything_is_made(name, format, base_files, tmp_path, read):
    make, words = CONFIGS[name]
    text = make()
    if format == "keras":
        found = read("load_model", rewritten(base_files / "a.keras", tmp_path / "b.keras", config=text))
    else:
        (tmp_path / "a.json").write_bytes(text)
        found = read("json", tmp_path / "a.json")
    assert "FileContentError" in found["kinds"] and words in found["message"], found
    assert found["mib"] < MIB + 3 * (len(text) >> 20) and found["seconds"] < SECONDS


def _chain(length: int) -> list[dict[str, Any]]:
    first = {**layer_of("InputLayer", batch_shape=[None, 3], name="in"), "name": "in", "inbound_nodes": []}
    names = ["in", *(f"r{i}" for i in range(length))]
    calls = [
        {**layer_of("ReLU", name=name), "name": name, "inbound_nodes": [{"args": [_output(of)], "kwargs": {}}]}
        for of, name in itertools.pairwise(names)
    ]
    return [first, *calls]


def _output(name: str, index: int = 0) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, index]}}


def _graph(layers_in_it: list[dict[str, Any]], last: str) -> dict[str, Any]:
    config = {"name": "f", "layers": layers_in_it, "input_layers": ["in", 0, 0], "output_layers": [last, 0, 0]}
    return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config}


def test_layers_are_looked_at_once_whatever_their_order(monkeypatch):
    looked = []
    histories = functional_config._histories
    monkeypatch.setattr(functional_config, "_histories", lambda node: looked.append(1) or histories(node))
    model = model_from_json(json.dumps(_graph(_chain(300)[::-1], "r299")))
    assert model.count_params() == 0 and len(model.layers) == 301
    assert len(looked) < 300 * 20


def test_many_new_axes_are_made_at_once(tmp_path, read):
    first = {**layer_of("InputLayer", batch_shape=[None, 3], name="in"), "name": "in", "inbound_nodes": []}
    more = {"module": "keras.src.ops.numpy", "class_name": "ExpandDims", "name": "e"}
    more["config"] = {"axis": list(range(10**5)), "name": "e"}
    more["inbound_nodes"] = [{"args": [_output("in")], "kwargs": {}}]
    (tmp_path / "a.json").write_text(json.dumps(_graph([first, more], "e")))
    found = read("json", tmp_path / "a.json")
    assert found["seconds"] < SECONDS and found["mib"] < MIB, found


def test_outputs_count_together(tmp_path, read):
    first = {**layer_of("InputLayer", batch_shape=[None, 10**5], name="in"), "name": "in", "inbound_nodes": []}
    split = {"module": "keras.src.ops.numpy", "class_name": "Split", "name": "s"}
    split["config"] = {"indices_or_sections": 10**5, "axis": 1, "name": "s"}
    split["inbound_nodes"] = [{"args": [_output("in")], "kwargs": {}}]
    (tmp_path / "a.json").write_text(json.dumps(_graph([first, split], "s")))
    found = read("json", tmp_path / "a.json")
    assert "FileLimitError" in found["kinds"] and "`calls`" in found["message"], found
    assert found["mib"] < MIB


@pytest.mark.parametrize("place", ["layer", "model"])
def test_long_names_are_refused_as_paths_repeat_them(place, tmp_path, read):
    config = model_of(3, entry=layer_of("Dense", units=1, name="d" * (256 if place == "layer" else 1)))
    if place == "model":
        config["config"]["name"] = "n" * (10 << 20)
        more = [layer_of("Dense", units=1, name=f"d{i}") for i in range(2000)]
        config["config"]["layers"].extend(more)
    (tmp_path / "a.json").write_text(json.dumps(config))
    found = read("json", tmp_path / "a.json")
    assert "FileLimitError" in found["kinds"] and "name_length" in found["message"]
    assert found["mib"] < MIB


def test_decompositions_count_by_their_time(tmp_path, read):
    entry = layer_of("Dense", units=8000, kernel_initializer="orthogonal")
    (tmp_path / "a.json").write_text(json.dumps(model_of(8000, entry=entry)))
    found = read("json", tmp_path / "a.json")
    assert "FileLimitError" in found["kinds"] and "decomposes" in found["message"], found
    assert found["seconds"] < SECONDS


HARD = "(a+)+$b"
_SGD = layer_of("SGD", learning_rate=0.1) | {"module": "keras.optimizers"}
PATTERNS: dict[str, dict[str, Any]] = {
    "optimizers": layer_of(
        "MultiOptimizer",
        optimizer_map=layer_of("OptimizerMap", default_optimizer=_SGD, optimizer_map={HARD: _SGD})
        | {"module": "keras.optimizers"},
    ),
    "muon": layer_of("Muon", exclude_layers=[HARD]),
}


@pytest.mark.parametrize("name", [*PATTERNS, "policies"])
def test_a_pattern_that_takes_for_ever_is_refused(name, base_files, tmp_path, read):
    policies = layer_of("DTypePolicyMap", policy_map={HARD: layer_of("DTypePolicy", name="float32")})
    policies["module"] = policies["config"]["policy_map"][HARD]["module"] = "keras"

    def change(config):
        if name == "policies":
            return model_of(3, entry=layer_of("Dense", units=2, name="a" * 40, dtype=policies))
        stack = config["config"]["layers"]
        next(entry for entry in stack if entry["class_name"] == "Dense")["config"]["name"] = "a" * 40
        config["compile_config"]["optimizer"] = PATTERNS[name] | {"module": "keras.optimizers"}
        return config

    found = read("load_model", configured(base_files, tmp_path / "b.keras", change))
    assert "FileLimitError" in found["kinds"] and "pattern" in found["message"], found
    assert found["seconds"] < SECONDS


def test_a_config_that_contains_itself_is_refused():
    config: dict[str, Any] = {"class_name": "Sequential"}
    config["config"] = {"layers": [config]}
    with pytest.raises(FileLimitError, match="nested deeper than 200"):
        check_config(config)


def _bomb(tmp_path: Path, files: Path, part: str, size: int) -> Path:
    data = {"config": b'{"a": "' + b"x" * size + b'"}', "model": b"\0" * size}[part]
    return rewritten(files / "a.keras", tmp_path / "b.keras", zipfile.ZIP_DEFLATED, **{part: data})


@pytest.mark.parametrize("part", ["config", "model"])
def test_a_decompression_bomb_is_refused(part, base_files, tmp_path, read):
    found = read("load_model", _bomb(tmp_path, base_files, part, 60 << 20))
    assert "FileLimitError" in found["kinds"] and "compressed_ratio" in found["message"]
    assert found["mib"] < 20


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_only_stored_and_deflated_members_are_read(method, base_files, tmp_path, read):
    found = read("load_model", rewritten(base_files / "a.keras", tmp_path / "b.keras", method))
    assert "FileContentError" in found["kinds"] and "stored or deflated" in found["message"]


def test_deflated_members_are_read(base_files, tmp_path, read):
    found = read("load_model", rewritten(base_files / "a.keras", tmp_path / "b.keras", zipfile.ZIP_DEFLATED))
    assert found["message"] == "loaded Sequential"


def test_config_and_metadata_count_together(base_files, tmp_path, read):
    text = b'{"a": "' + b"x" * (40 << 20) + b'"}'
    with zipfile.ZipFile(base_files / "a.keras") as old:
        config = json.loads(old.read("config.json"))
    config["more"] = "x" * (40 << 20)
    path = rewritten(base_files / "a.keras", tmp_path / "b.keras", config=json.dumps(config).encode(), metadata=text)
    found = read("load_model", path)
    assert "FileLimitError" in found["kinds"] and "config_bytes" in found["message"]


def test_too_many_members_are_refused(base_files, tmp_path, read):
    path = rewritten(base_files / "a.keras", tmp_path / "b.keras")
    with zipfile.ZipFile(path, "a") as file:
        for i in range(10_001):
            file.writestr(f"assets/{i}", b"")
    found = read("load_model", path)
    assert "FileLimitError" in found["kinds"] and "members" in found["message"]


def test_too_many_files_in_a_folder_are_refused(base_files, tmp_path):
    shutil.copytree(base_files / "folder", tmp_path / "folder")
    for i in range(30):
        (tmp_path / "folder" / f"{i}").touch()
    with pytest.raises(FileLimitError, match="the limit `members` is 20"):
        load_model(tmp_path / "folder", limits=FileLimits(members=20))


def test_overlapping_members_are_refused(base_files, tmp_path, read):
    path = rewritten(base_files / "a.keras", tmp_path / "b.keras")
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("assets/0", b"x" * 10**5)
        entry = file.getinfo("assets/0")
        for i in range(1, 500):
            twin = copy.copy(entry)
            twin.filename = twin.orig_filename = f"assets/{i}"
            file.filelist.append(twin)
            file.NameToInfo[twin.filename] = twin
        file._didModify = True
    found = read("load_model", path)
    assert "FileContentError" in found["kinds"] and "overlap" in found["message"]


class Hoarder(layers.Layer):
    """A layer with assets, of which it counts the bytes."""

    def call(self, x):
        return x

    def save_assets(self, path):
        Path(path, "a.txt").write_bytes(b"x" * 100)

    def load_assets(self, path):
        self.found = sum(p.stat().st_size for p in Path(path).iterdir())


def test_assets_count_together(tmp_path):
    path = tmp_path / "a.keras"
    keras.Sequential([keras.Input((2,)), Hoarder()]).save(path)
    with zipfile.ZipFile(path, "a") as file:
        folder = next(n for n in file.namelist() if n.endswith("a.txt")).rpartition("/")[0]
        for i in range(5):
            file.writestr(f"{folder}/{i}", b"x" * 100)
    known = {"Hoarder": Hoarder}
    assert load_model(path, known).layers[0].found == 600
    with pytest.raises(FileLimitError, match="have 600 bytes: the limit `assets_bytes` is 500"):
        load_model(path, known, limits=FileLimits(assets_bytes=500))


# -- arrays of HDF5 files --------------------------------------------------------------------------------------------

ARRAY = "layers/dense/vars/0"  # the first kernel, (5, 4)


def _replaced(make: Callable[[h5py.Group, str], Any]) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file[ARRAY]
        group, _, name = ARRAY.rpartition("/")
        make(file[group], name)

    return change


def _twice_compressed(group, name):
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((10**6,))
    creation.set_deflate(9)
    creation.set_deflate(9)
    space = h5py.h5s.create_simple((3 * 10**8,))
    dataset = h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, creation)
    for start in range(0, 3 * 10**6, 10**6):
        h5py.Dataset(dataset)[start : start + 10**6] = 0


def _unknown_filter(group, name):
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((5, 4))
    creation.set_filter(299, h5py.h5z.FLAG_OPTIONAL, (1,))
    h5py.Dataset(
        h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((5, 4)), creation)
    )[...] = 1


def _huge_chunk(group, name):
    dataset = group.create_dataset(name, (5, 4), "f4", chunks=(5, 10**8), maxshape=(5, None), compression="gzip")
    dataset.id.write_direct_chunk((0, 0), gzip.zlib.compress(b"\0" * 1000))


def _committed(group, name):
    group[name] = np.dtype("f4")


def _virtual(group, name):
    layout = h5py.VirtualLayout((5, 4), "f4")
    layout[...] = h5py.VirtualSource("/etc/passwd", "a", (5, 4))
    group.create_virtual_dataset(name, layout)


ARRAYS: dict[str, Callable[[h5py.File], None]] = {
    "fill-only": _replaced(lambda g, n: g.create_dataset(n, (10**6, 10**5), "f4", fillvalue=1)),
    "fill-only-small": _replaced(lambda g, n: g.create_dataset(n, (5, 4), "f4", fillvalue=1)),
    "fill-only-chunked": _replaced(lambda g, n: g.create_dataset(n, (5, 4), "f4", chunks=(1, 1))),
    "deflated": _replaced(lambda g, n: g.create_dataset(n, data=np.zeros((5 * 10**6, 4), "f4"), compression="gzip")),
    "twice-compressed": _replaced(_twice_compressed),
    "unknown-filter": _replaced(_unknown_filter),
    "huge-chunk": _replaced(_huge_chunk),
    "committed-type": _replaced(_committed),
    "virtual": _replaced(_virtual),
    "external": _replaced(lambda g, n: g.create_dataset(n, (5, 4), "f4", external="/etc/passwd")),
    "external-link": _replaced(lambda g, n: g.__setitem__(n, h5py.ExternalLink("/etc/passwd", "a"))),
    "soft-link": _replaced(lambda g, n: g.__setitem__(n, h5py.SoftLink("/layers/dense/vars/1"))),
    "object-references": _replaced(lambda g, n: g.create_dataset(n, data=np.full((5, 4), g.ref), dtype=h5py.ref_dtype)),
    "region-references": _replaced(lambda g, n: g.create_dataset(n, (5, 4), dtype=h5py.regionref_dtype)),
    "strings": _replaced(lambda g, n: g.create_dataset(n, data=np.full((5, 4), b"abc"))),
    "compound": _replaced(lambda g, n: g.create_dataset(n, (5, 4), np.dtype([("a", "f4"), ("b", "f4")]))),
    "empty": _replaced(lambda g, n: g.create_dataset(n, dtype="f4")),
    "group": _replaced(lambda g, n: g.create_group(n)),
    "other-shape": _replaced(lambda g, n: g.create_dataset(n, data=np.zeros((4, 5), "f4"))),
    "complex": _replaced(lambda g, n: g.create_dataset(n, data=np.ones((5, 4), "c8"))),
    "long-double": _replaced(lambda g, n: g.create_dataset(n, data=np.ones((5, 4), "longdouble"))),
    "variables-are-an-array": lambda f: (
        f.__delitem__("layers/dense/vars"),
        f.create_dataset("layers/dense/vars", data=1),
    ),
    "cyclic": lambda f: (f.pop("layers/dense"), f["layers"].__setitem__("dense", f["/"])),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("action", ["load_weights", "load_model", "editor"])
def test_an_array_that_is_not_whole_and_plain_is_refused(name, action, base_files, tmp_path, read):
    path = tmp_path / "a.weights.h5"
    shutil.copy(base_files / "a.weights.h5", path)
    with h5py.File(path, "a") as file:
        ARRAYS[name](file)
    if action == "load_model":
        path = rewritten(base_files / "a.keras", tmp_path / "b.keras", model=path.read_bytes())
    found = read(action, path)
    assert found["mib"] < 60 and found["seconds"] < SECONDS, found
    if action == "editor" and name in ("group", "other-shape", "complex", "long-double", "variables-are-an-array"):
        assert found["message"].startswith("loaded")  # nothing is wrong with such a file by itself
        return
    assert "FileContentError" in found["kinds"], found
    assert str(path) in found["message"] or path.name in found["message"]


def _deep(file):
    place = file
    for _ in range(500):
        place = place.create_group("a")


def _twins(file):
    for i in range(1000):
        file[f"twin{i}"] = file[ARRAY]


def _many_deflated(file):
    for i in range(300):
        file.create_dataset(f"a{i}", data=np.zeros(260_000, "f4"), compression="gzip")


@pytest.mark.parametrize("make", [_deep, _twins, _many_deflated])
def test_the_editor_refuses_trees_out_of_proportion(make, tmp_path, base_files, read):
    path = tmp_path / "a.weights.h5"
    shutil.copy(base_files / "a.weights.h5", path)
    with h5py.File(path, "a") as file:
        make(file)
    found = read("editor", path)
    assert "FileContentError" in found["kinds"] and found["mib"] < MIB and found["seconds"] < 20


def test_the_editor_refuses_thousands_of_groups(tmp_path):
    with h5py.File(tmp_path / "a.weights.h5", "w") as file:
        for i in range(1000):
            file.create_group(f"{i}")
    with pytest.raises(FileLimitError, match="too many groups and arrays: the limit `objects` is 999"):
        keras.saving.KerasFileEditor(tmp_path / "a.weights.h5", limits=FileLimits(objects=999))


def test_a_huge_attribute_is_refused(base_files, tmp_path, read):
    shutil.copy(base_files / "a.h5", tmp_path / "b.h5")
    with h5py.File(tmp_path / "b.h5", "a", track_order=True) as file:
        group = h5py.File(tmp_path / "c.h5", "w", libver="latest")
        group.attrs["layer_names"] = np.full(200_000, b"a")
        for key in file["model_weights"]:
            file.copy(f"model_weights/{key}", group)
        group.close()
    found = read("load_weights", tmp_path / "c.h5")
    assert "FileLimitError" in found["kinds"] and "layer_names" in found["message"]


@pytest.mark.parametrize(
    "filters", [{"compression": "gzip"}, {"compression": "lzf", "shuffle": True}, {"fletcher32": True}]
)
def test_arrays_packed_once_load(filters, base_files, tmp_path, read):
    with h5py.File(base_files / "a.weights.h5") as old, h5py.File(tmp_path / "a.weights.h5", "w") as new:

        def copied(name, found):
            if isinstance(found, h5py.Dataset):
                new.create_dataset(name, data=found[()], **(filters if found.shape else {}))
            else:
                new.require_group(name)

        old.visititems(copied)
    assert read("load_weights", tmp_path / "a.weights.h5")["message"] == "loaded"
    assert read("editor", tmp_path / "a.weights.h5")["message"].startswith("loaded")


def test_a_model_whose_weights_are_compressed_has_the_budget_of_what_they_unpack_to(tmp_path):
    model = keras.Sequential([keras.Input((1000,)), layers.Dense(1000, kernel_initializer="zeros")])
    model.save(tmp_path / "a.keras")
    rewritten(tmp_path / "a.keras", tmp_path / "b.keras", zipfile.ZIP_DEFLATED)
    assert (tmp_path / "b.keras").stat().st_size < 10**5
    limits = FileLimits(spare_bytes=10**6, compressed_ratio=2000)
    assert load_model(tmp_path / "b.keras", limits=limits).count_params() == 1_001_000
    with pytest.raises(FileLimitError, match="memory_factor"):
        load_model(tmp_path / "a.keras", limits=FileLimits(spare_bytes=1, memory_factor=0.5))


# -- lists of shards, archives, tables -------------------------------------------------------------------------------


def test_too_many_shards_are_refused(base_files, tmp_path, read):
    listing = {"weight_map": {f"/{i}": [f"{i}.h5"] for i in range(10_001)}}
    (tmp_path / "a.weights.json").write_text(json.dumps(listing))
    found = read("load_weights", tmp_path / "a.weights.json")
    assert "FileLimitError" in found["kinds"] and "lists 10,001 files" in found["message"]


def _tar(tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> Path:
    with tarfile.open(tmp_path / "a.tar", mode) as tar:
        for member, data in members:
            member.size = len(data) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(data))
    return tmp_path / "a.tar"


def _info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    return found


def _zip_bomb(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for i in range(5):
            file.writestr(f"{i}", b"\0" * (60 << 20))
    return tmp_path / "a.zip"


def _claiming_header(tmp_path: Path, kind: bytes) -> Path:
    """A tar file whose extended header claims, and after compression has, 64 MiB."""
    header = _info("a", kind)
    header.size = 64 << 20
    with gzip.open(tmp_path / "a.tar", "wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        file.write(b"\0" * (64 << 20))
    return tmp_path / "a.tar"


def _sparse(tmp_path: Path) -> Path:
    """A GNU sparse member of 1 TiB, of which nothing is stored."""
    header = bytearray(_info("a", tarfile.GNUTYPE_SPARSE).tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"\x80" + (1 << 40).to_bytes(11, "big")
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    (tmp_path / "a.tar").write_bytes(bytes(header) + b"\0" * 1024)
    return tmp_path / "a.tar"


ARCHIVES: dict[str, Callable[[Path], Path]] = {
    "tar-bomb": lambda p: _tar(p, [(_info(f"{i}"), b"\0" * (60 << 20)) for i in range(5)]),
    "xz-bomb": lambda p: _tar(p, [(_info(f"{i}"), b"\0" * (60 << 20)) for i in range(5)], "w:xz"),
    "zip-bomb": _zip_bomb,
    "long-name": lambda p: _claiming_header(p, tarfile.GNUTYPE_LONGNAME),
    "pax-header": lambda p: _claiming_header(p, tarfile.XHDTYPE),
    "sparse": _sparse,
    "link-out": lambda p: _tar(p, [(_info("a", tarfile.SYMTYPE, "../x"), b"")]),
    "link-chain": lambda p: _tar(p, [(_info("a", tarfile.SYMTYPE, "b"), b""), (_info("a/c"), b"x")]),
    "file-through-link": lambda p: _tar(p, [(_info("a", tarfile.SYMTYPE, "b"), b""), (_info("a"), b"x")]),
    "hard-link-out": lambda p: _tar(p, [(_info("a", tarfile.LNKTYPE, "/etc/passwd"), b"")]),
    "hard-link-missing": lambda p: _tar(p, [(_info("a", tarfile.LNKTYPE, "b"), b"")]),
    "traversal": lambda p: _tar(p, [(_info("../a"), b"x")]),
    "absolute": lambda p: _tar(p, [(_info("/absolute/a"), b"x")]),
    "device": lambda p: _tar(p, [(_info("a", tarfile.CHRTYPE), b"")]),
    "fifo": lambda p: _tar(p, [(_info("a", tarfile.FIFOTYPE), b"")]),
    "file-as-folder": lambda p: _tar(p, [(_info("a"), b"x"), (_info("a/b"), b"x")]),
    "long-file-name": lambda p: _tar(p, [(_info("a" * 300), b"x")]),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_out_of_proportion_or_out_of_its_folder_is_refused(name, tmp_path, read):
    path = ARCHIVES[name](tmp_path)
    before = sorted(tmp_path.iterdir())
    found = read("extract", path)
    assert "FileContentError" in found["kinds"], found
    assert found["mib"] < 40 and found["seconds"] < SECONDS
    assert sorted(tmp_path.iterdir()) == before


def test_limits_of_archives_are_an_argument(tmp_path):
    path = _tar(tmp_path, [(_info("a"), b"\0" * 10_000), (_info("b", tarfile.SYMTYPE, "a"), b"")])
    with pytest.raises(FileLimitError, match="unpacks to more than 100 bytes"):
        extract_archive(path, tmp_path / "out", limits=ArchiveLimits(ratio=0.1, spare_bytes=100))
    with pytest.raises(FileLimitError, match="more than 1 members"):
        extract_archive(path, tmp_path / "out", limits=ArchiveLimits(members=1))
    extract_archive(path, tmp_path / "out")
    assert (tmp_path / "out" / "b").read_bytes() == b"\0" * 10_000


def test_words_that_are_not_classes_are_refused(tmp_path, read):
    lines = ["x,target", *(f"{i},word{i}" for i in range(30_000))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    found = read("csv", tmp_path / "a.csv")
    assert "FileLimitError" in found["kinds"] and "30,000 different words" in found["message"]
    assert found["mib"] < 60
    (tmp_path / "b.csv").write_text("\n".join(lines[:1102]))
    with pytest.raises(FileLimitError, match="At most `max_classes=1000` are read"):
        csv_data(tmp_path / "b.csv", "target")
    labels = csv_data(tmp_path / "b.csv", "target", max_classes=1101).labels
    assert labels.shape == (881, 1101) and set(labels.sum(axis=1)) == {1.0}


# -- the argument ----------------------------------------------------------------------------------------------------


def test_each_reader_takes_limits(base_files):
    small = FileLimits(config_bytes=10)
    for read_it in (
        lambda: load_model(base_files / "a.keras", limits=small),
        lambda: load_model(base_files / "a.h5", limits=small),
        lambda: load_model(base_files / "folder", limits=small),
        lambda: model_from_json((base_files / "a.json").read_text(), limits=small),
        lambda: keras.saving.KerasFileEditor(base_files / "a.keras", limits=small),
        lambda: load_model(base_files / "a.keras").load_weights(base_files / "s.weights.json", limits=small),
    ):
        with pytest.raises(FileLimitError, match="the limit `config_bytes` is 10"):
            read_it()
    with pytest.raises(FileLimitError, match="the limit `objects` is 3"):
        keras.saving.KerasFileEditor(base_files / "a.weights.h5", limits=FileLimits(objects=3))


def test_limits_hold_inside_their_call_alone(base_files):
    with pytest.raises(FileLimitError):
        load_model(base_files / "a.keras", limits=FileLimits(layers=1))
    assert load_model(base_files / "a.keras").name == "base"


@pytest.mark.parametrize("value", [0, -1, True, "1", float("nan")])
def test_a_limit_is_a_positive_number(value):
    with pytest.raises(ValueError, match=r"`nesting` of FileLimits is a positive number\. Received: "):
        FileLimits(nesting=value)


def test_limits_of_another_type_are_refused(base_files):
    with pytest.raises(TypeError, match="`limits` is a `keras.saving.FileLimits`"):
        load_model(base_files / "a.keras", limits={"layers": 1})


def test_the_error_is_an_error_of_files():
    assert issubclass(FileLimitError, FileContentError) and issubclass(FileContentError, ValueError)


def test_memory_that_is_free_again_does_not_count():
    with MemoryBudget("a", 0, FileLimits(spare_bytes=3_000_000)) as budget:
        for _ in range(20):
            kept = torch.zeros(250_000) + 1
        assert budget.used == 1_000_000
        view = kept[10:]
        del kept
        assert budget.used == 1_000_000  # its memory is that of the view
        with pytest.raises(FileLimitError, match="asks for"):
            view.new_empty(10**9)
        with pytest.raises(FileLimitError, match="asks for"):
            view.expand(1000, -1).clone()
        with pytest.raises(FileLimitError, match="asks for"):
            torch.arange(10**9)
        del view
        assert budget.used == 0
        torch.zeros(10**12, device="meta")
