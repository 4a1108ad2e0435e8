"""Models in open files, buffers and streams; the position means what it does to `zipfile`."""

from __future__ import annotations

import io
import os
import tempfile
import threading
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras_compat as ours
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving import load_model, save_model

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


@pytest.fixture
def model() -> Any:
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(X, X[:, :2], verbose=0)
    return model


def same(loaded: Any, model: Any) -> bool:
    is_equal = (loaded.predict(X, verbose=0) == model.predict(X, verbose=0)).all()
    return bool(is_equal and loaded.compiled and int(loaded.optimizer.iterations) == int(model.optimizer.iterations))


KINDS = {
    "buffer": lambda folder: io.BytesIO(),
    "open file": lambda folder: open(folder / "any name", "w+b"),
    "unbuffered file": lambda folder: open(folder / "any name", "w+b", buffering=0),
    "temporary file": lambda folder: tempfile.TemporaryFile(),
    "named temporary file": lambda folder: tempfile.NamedTemporaryFile(),
    "spooled file": lambda folder: tempfile.SpooledTemporaryFile(max_size=100),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("save", [save_model, lambda m, f: m.save(f)], ids=["save_model", "save"])
def test_a_model_goes_through_a_file_object(model, tmp_path: Path, kind, save) -> None:
    with kind(tmp_path) as file:
        save(model, file)
        assert file.tell() == file.seek(0, os.SEEK_END) > 0
        assert same(load_model(file), model)  # wherever it stands
        file.seek(0)
        assert same(load_model(file), model)
        assert not file.closed


def test_the_bytes_are_those_of_a_keras_file(model, tmp_path: Path, real_keras) -> None:
    buffer = io.BytesIO()
    model.save(buffer)
    path = tmp_path / "model.keras"
    path.write_bytes(buffer.getvalue())
    assert same(load_model(path), model)
    np.testing.assert_allclose(
        np.asarray(real_keras.saving.load_model(path).get_weights()[0]), model.get_weights()[0], rtol=0, atol=0
    )
    with path.open("rb") as file:
        assert same(load_model(file), model)


def test_writing_starts_at_the_position_and_leaves_what_is_before(model) -> None:
    buffer = io.BytesIO()
    buffer.write(b"a header")
    model.save(buffer)
    assert buffer.getvalue().startswith(b"a header") and zipfile.is_zipfile(buffer)
    assert same(load_model(buffer), model)


def test_a_file_of_the_older_format_is_known_by_its_content(model, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*HDF5 file.*legacy")
        model.save(tmp_path / "model.h5")
    buffer = io.BytesIO((tmp_path / "model.h5").read_bytes())
    assert same(load_model(buffer), model)


def test_a_stream_that_cannot_seek(model) -> None:
    reading, writing = os.pipe()
    buffer = io.BytesIO()
    model.save(buffer)

    def write() -> None:
        with os.fdopen(writing, "wb") as stream:
            model.save(stream)

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(reading, "rb") as stream:
        assert same(load_model(stream), model)
    thread.join()


def test_a_part_of_a_zip_file_is_read(model, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive, archive.open("model.keras", "w") as part:
        model.save(part)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive, archive.open("model.keras") as part:
        assert same(load_model(part), model)


def test_arguments_of_loading_count(model) -> None:
    buffer = io.BytesIO()
    model.save(buffer)
    assert not load_model(buffer, compile=False).compiled


def test_a_save_that_fails_writes_nothing(model) -> None:
    class Unknown(ours.layers.Layer):
        def call(self, inputs):
            return inputs

        def get_config(self):
            raise NotImplementedError("mine")

    broken = ours.Sequential([ours.Input((3,)), Unknown()])
    buffer = io.BytesIO(b"as it was")
    with pytest.raises(NotImplementedError, match="mine"):
        broken.save(buffer)
    assert buffer.getvalue() == b"as it was" and buffer.tell() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no bytes: neither"),
        (b"some words", r"holds 10 bytes that start with b'some wor'.*neither a `.keras` zip file nor an HDF5 file"),
        (b"PK\x03\x04 cut off", "or one that is cut off. Write it with"),
        (b"\x89HDF\r\n\x1a\n cut off", "^the file object BytesIO is not an HDF5 file, or it is cut off"),
    ],
)
def test_other_content_is_refused(content, words) -> None:
    with pytest.raises(FileContentError, match=words):
        load_model(io.BytesIO(content))


def test_a_broken_file_says_that_it_was_a_file_object(model) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("config.json", "no JSON")
    with pytest.raises(FileContentError) as caught:
        load_model(buffer)
    assert "the file object BytesIO" in str(caught.value) and tempfile.gettempdir() not in str(caught.value)


def test_text_files_and_files_that_are_not_open_for_it_are_refused(model, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    closed = io.BytesIO()
    closed.close()
    with path.open("r") as text, path.open("rb") as to_read, path.open("ab") as to_append:
        for file, call, words in (
            (text, load_model, "A model is bytes, and this is a text file.*mode 'rb'"),
            (io.StringIO(), model.save, "A model is bytes, and this is a text file.*mode 'wb'"),
            (to_read, model.save, "Cannot write the file object.*mode 'wb'"),
            (to_append, load_model, "Cannot read the file object.*mode 'rb'"),
            (closed, load_model, "Cannot read the file object"),
            (closed, model.save, "Cannot write the file object"),
        ):
            with pytest.raises(ValueError, match=words):
                call(file)
    with pytest.raises(ValueError, match="`zipped=False` a folder is written, which needs a name"):
        model.save(io.BytesIO(), zipped=False)
    with pytest.raises(ValueError, match="`filepath` is the name of a file. Received: 5.*`io.BytesIO`"):
        load_model(5)


def test_names_may_be_paths_of_pathlib(model, tmp_path: Path) -> None:
    model.save(tmp_path / "model.keras")
    assert same(load_model(tmp_path / "model.keras"), model)
