"""What the computer refuses is not a fault of the file, and stays what it is."""

from __future__ import annotations

import errno
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import pytest

import torchkeras_compat as keras
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.keras_archive import KerasArchive
from torchkeras_compat.saving.reading import reading

NUMBERS = [errno.EACCES, errno.EMFILE, errno.ENFILE, errno.EIO, errno.ESTALE, errno.ENOMEM]


class Vocabulary(keras.layers.Layer):
    error: BaseException | None = None

    def call(self, inputs):
        return inputs

    def save_assets(self, folder):
        Path(folder, "words.txt").write_text("a b")

    def load_assets(self, folder):
        if self.error is not None:
            raise self.error
        Path(folder, "words.txt").read_text()


def make_model():
    return keras.Sequential([keras.Input((2,)), Vocabulary(), keras.layers.Dense(2)])


def fails_with(error):
    def fails(*arguments, **options):
        raise error

    return fails


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", ["a.keras", "a.h5", "a.weights.h5", "folder"])
def test_errors_of_the_system_stay_when_a_file_is_opened(tmp_path, monkeypatch, number, name):
    model = make_model()
    path = tmp_path / name
    (model.save_weights if "weights" in name else model.save)(path, **({"zipped": False} if name == "folder" else {}))
    error = OSError(number, "planned")
    monkeypatch.setattr(zipfile, "ZipFile", fails_with(error))
    monkeypatch.setattr(h5py, "File", fails_with(error))
    with pytest.raises(OSError, match="planned") as raised:
        if "weights" in name:
            model.load_weights(path)
        else:
            keras.saving.load_model(path, {"Vocabulary": Vocabulary})
    assert raised.value is error


def test_a_lack_of_memory_is_not_a_broken_zip_file(tmp_path, monkeypatch):
    make_model().save(tmp_path / "a.keras")
    monkeypatch.setattr(zipfile, "ZipFile", fails_with(MemoryError()))
    with pytest.raises(MemoryError):
        KerasArchive(str(tmp_path / "a.keras"))
    with pytest.raises(FileContentError, match=r"a\.keras': out of memory .*larger computer"):
        keras.saving.load_model(tmp_path / "a.keras")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="HDF5 locks files otherwise")
def test_a_file_that_is_being_written_is_not_broken(tmp_path):
    path = tmp_path / "a.weights.h5"
    make_model().save_weights(path)
    other = "import h5py, sys; file = h5py.File(sys.argv[1], 'r+', locking=True); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", other, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        with pytest.raises(BlockingIOError):
            make_model().load_weights(path)
        process.stdin.close()


@pytest.mark.parametrize("number", NUMBERS)
def test_errors_of_the_system_stay_when_assets_are_loaded(tmp_path, monkeypatch, number):
    make_model().save(tmp_path / "a.keras")
    monkeypatch.setattr(Vocabulary, "error", OSError(number, "planned"))
    with pytest.raises(OSError, match="planned") as raised:
        keras.saving.load_model(tmp_path / "a.keras", {"Vocabulary": Vocabulary})
    assert raised.value is Vocabulary.error


@pytest.mark.parametrize("error", [FileNotFoundError("words.txt"), FileNotFoundError(2, "none"), OSError("no words")])
def test_assets_that_are_missing_or_broken_are_a_fault_of_the_file(tmp_path, monkeypatch, error):
    make_model().save(tmp_path / "a.keras")
    monkeypatch.setattr(Vocabulary, "error", error)
    with pytest.raises(FileContentError, match="The assets of Vocabulary .* cannot be loaded"):
        keras.saving.load_model(tmp_path / "a.keras", {"Vocabulary": Vocabulary})


def test_a_lack_of_memory_is_said_in_few_words():
    with pytest.raises(FileContentError, match=r"^Cannot load 'a': out of memory \(not 1 TiB\)\. Load it on a larger"):
        with reading("a"):
            raise MemoryError("not 1 TiB")


def test_what_keras_raises_as_a_type_error_is_one(tmp_path: Path) -> None:
    class Odd(keras.layers.Layer):
        def __init__(self, given: object) -> None:
            super().__init__()
            self.given = given

        def call(self, inputs: object) -> object:
            return inputs

        def get_config(self) -> dict[str, object]:
            return {}

    model = keras.Sequential([keras.Input((2,)), Odd(1)])
    model.save(tmp_path / "odd.keras")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'given'") as raised:
        keras.models.load_model(tmp_path / "odd.keras", custom_objects={"Odd": Odd})
    assert isinstance(raised.value, FileContentError)
