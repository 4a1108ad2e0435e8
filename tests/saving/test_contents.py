"""What lies under a path is said by its first bytes, and every reader asks for that."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras_compat as ours
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.plugins import FileFormat, isolated_plugins
from torchkeras_compat.saving.contents import READ, Content, checkpoint_prefix, content_of

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


def made(units: int = 2):
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(units, name="d")])
    model.compile("adam", "mse")
    return model


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One trained model in every layout."""
    folder = tmp_path_factory.mktemp("written")
    model = made()
    model.fit(X, X[:, :2], verbose=0)
    model.save(folder / "m.h5")
    model.save(folder / "m.keras")
    model.save(folder / "folder", zipped=False)
    model.save_weights(folder / "m.weights.h5")
    return folder, model


NAMES = ["m.keras", "m.h5", "m.model", "m.H5", "m.KERAS", "m.hdf5", "m.zip", "m.weights.h5", "m.ckpt", "m", "m.pkl"]


@pytest.mark.parametrize("kind", ["m.h5", "m.keras"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", [str, Path])
def test_a_model_is_read_under_any_name(written, tmp_path: Path, kind: str, name: str, form) -> None:
    folder, model = written
    (tmp_path / name).write_bytes((folder / kind).read_bytes())
    loaded = ours.models.load_model(form(tmp_path / name))
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))
    assert int(loaded.optimizer.iterations) == 1
    other = made()
    other.load_weights(form(tmp_path / name))
    np.testing.assert_array_equal(other.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_read_under_any_name(written, tmp_path: Path, name: str) -> None:
    folder, model = written
    (tmp_path / name).write_bytes((folder / "m.weights.h5").read_bytes())
    other = made()
    other.load_weights(tmp_path / name)
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    with pytest.raises(FileContentError, match="It holds weights only"):
        ours.models.load_model(tmp_path / name)


@pytest.mark.parametrize("name", ["folder.h5", "folder.keras", "folder"])
def test_a_folder_is_read_under_any_name(written, tmp_path: Path, name: str) -> None:
    os.symlink(written[0] / "folder", tmp_path / name)
    loaded = ours.models.load_model(tmp_path / name)
    np.testing.assert_array_equal(loaded.get_weights()[0], written[1].get_weights()[0])


def test_arguments_of_one_layout_go_by_the_content(written, tmp_path: Path) -> None:
    (tmp_path / "old.keras").write_bytes((written[0] / "m.h5").read_bytes())
    made().load_weights(tmp_path / "old.keras", by_name=True)
    with pytest.raises(ValueError, match="`objects_to_skip` only supports loading"):
        made().load_weights(tmp_path / "old.keras", objects_to_skip=[])
    (tmp_path / "new.h5").write_bytes((written[0] / "m.weights.h5").read_bytes())
    model = made()
    before = model.get_weights()[0]
    model.load_weights(tmp_path / "new.h5", objects_to_skip=[model.layers[0]])
    np.testing.assert_array_equal(model.get_weights()[0], before)
    with pytest.raises(ValueError, match="`by_name` only supports loading"):
        model.load_weights(tmp_path / "new.h5", by_name=True)
    with pytest.raises(ValueError, match="`by_name` only supports loading"):
        model.load_weights(written[0] / "m.keras", by_name=True)


def torch_file(**options) -> bytes:
    buffer = io.BytesIO()
    torch.save({"weight": torch.ones(2)}, buffer, **options)
    return buffer.getvalue()


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("m.h5"))
    return buffer.getvalue()


def arrays() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.ones(2))
    return buffer.getvalue()


OTHERS = {
    Content.EMPTY: [b""],
    Content.ZEROS: [bytes(5000)],
    Content.LFS_POINTER: [b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"],
    Content.HTML: [b"<!DOCTYPE html><html>Not found</html>", b"\n<html lang=en>", b'<?xml version="1.0"?><Error/>'],
    Content.TORCH: [torch_file(), torch_file(_use_new_zipfile_serialization=False)],
    Content.PICKLE: [pickle.dumps({"a": 1}, protocol) for protocol in (2, 3, 4, 5)],
    Content.NUMPY: [arrays(), b"\x93NUMPY\x01\x00v\x00{'descr'"],
    Content.ONNX: [b"\x08\x08\x12\x07pytorch\x1a\x052.1.0", b"\x08\x07\x12\x00\x1a\x02hi"[:4] + b" producer"],
    Content.TFLITE: [b"\x1c\x00\x00\x00TFL3\x14\x00\x20\x00"],
    Content.GGUF: [b"GGUF\x03\x00\x00\x00"],
    Content.COMPRESSED: [gzip.compress(b"\x89HDF"), archive(), b"BZh91AY", b"\xfd7zXZ\x00\x00", b"7z\xbc\xaf\x27\x1c"],
    Content.JSON: [b'{"class_name": "Sequential"}', b"\n[1, 2]"],
    Content.UNKNOWN: [b"some words", b"\x00\x01\x02\x03", b"\x89HD"],
}


@pytest.mark.parametrize("name", ["m", "m.keras", "m.h5", "m.weights.h5", "m.model"])
@pytest.mark.parametrize(
    ("content", "data"),
    [pytest.param(c, data, id=f"{c.name}-{i}") for c, many in OTHERS.items() for i, data in enumerate(many)],
)
def test_what_is_something_else_is_named(tmp_path: Path, content: Content, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert content_of(str(path)) is content and content not in READ
    if content is Content.UNKNOWN and name not in ("m", "m.model"):
        words = "cut off"  # the reader of that ending says it
    else:
        words = f"File format not supported: filepath=.*{name}.*It is {content.value}\\."
    model = made()
    for load in (ours.models.load_model, model.load_weights):
        with pytest.raises(FileContentError, match=words):
            load(path)
    if data:
        with pytest.raises(FileContentError, match="The file object BytesIO holds|File format not supported"):
            ours.models.load_model(io.BytesIO(data))


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    for name in ("m.pkl", "m.pt", "m.h5", "m.keras"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap()))
        with pytest.raises(FileContentError, match="Pickles can run code"):
            ours.models.load_model(tmp_path / name)
        with pytest.raises(FileContentError, match="Pickles can run code"):
            made().load_weights(tmp_path / name)
    assert not (tmp_path / "made").exists()


def test_folders_pipes_and_missing_files(tmp_path: Path) -> None:
    assert content_of(str(tmp_path)) is Content.FOLDER
    assert content_of(str(tmp_path / "none")) is content_of(str(tmp_path / "none" / "x")) is Content.MISSING
    os.mkfifo(tmp_path / "pipe")
    assert content_of(str(tmp_path / "pipe")) is Content.PIPE
    for name, words in {"pipe": "a pipe, socket or device", "none": "There is no such file", ".": "a folder"}.items():
        with pytest.raises(FileContentError, match=words):
            ours.models.load_model(str(tmp_path / name))


def test_the_ending_of_a_plugin_goes_first(written, tmp_path: Path) -> None:
    class Mine(FileFormat):
        suffixes = (".mine",)

        def load_model(self, path, **kwargs):
            return "of the plugin"

        def load_weights(self, model, path, *, skip_mismatch=False):
            model.read = path

    def torchkeras_file_formats():
        return {"Mine": Mine}

    (tmp_path / "m.mine").write_bytes((written[0] / "m.h5").read_bytes())
    with isolated_plugins(torchkeras_file_formats):
        assert ours.models.load_model(tmp_path / "m.mine") == "of the plugin"
        model = made()
        model.load_weights(tmp_path / "m.mine")
        assert model.read == str(tmp_path / "m.mine")
    assert ours.models.load_model(tmp_path / "m.mine").layers[0].name == "d"


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as file:
        file.writestr("words.txt", "hello")
    with pytest.raises(FileContentError, match=r"has no 'config\.json', so it is not a whole model"):
        ours.models.load_model(tmp_path / "m.zip")


@pytest.mark.parametrize("ending", ["", ".index", ".data-00000-of-00001"])
def test_files_of_a_checkpoint_have_one_prefix(tmp_path: Path, ending: str) -> None:
    for each in (".index", ".data-00000-of-00001"):
        (tmp_path / f"cp.ckpt{each}").write_bytes(b"any")
    assert content_of(str(tmp_path / f"cp.ckpt{ending}")) is Content.TENSORFLOW_CHECKPOINT
    assert checkpoint_prefix(f"a/cp.ckpt{ending}") == "a/cp.ckpt"
