"""Saves to disks that fill up at many levels, in a process of their own: a fault here may kill it.

By command, all levels, on a limit of the size of files and (as root) on a real, small file system:

    python tests/security/full_disk.py --levels 27
    python tests/security/full_disk.py --levels 27 --tmpfs

Prints a line of JSON a format and level. The exit status is 0 if every save either failed with a clear error, leaving
all files as they were, or was whole.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

import torchkeras_compat as keras
from torchkeras_compat.callbacks.backup_and_restore import BackupAndRestore
from torchkeras_compat.callbacks.base import Callback
from torchkeras_compat.callbacks.csv_logger import CSVLogger
from torchkeras_compat.callbacks.model_checkpoint import ModelCheckpoint
from torchkeras_compat.callbacks.orbax_checkpoint import OrbaxCheckpoint

DISK_BYTES = 16 << 20
X = np.linspace(-1, 1, 8 * 6, dtype="float32").reshape(8, 6)


@keras.saving.register_keras_serializable("full_disk")
class Words(keras.layers.Layer):
    """A layer with a file of its own."""

    def call(self, x: Any) -> Any:
        return x

    def save_assets(self, folder: str) -> None:
        Path(folder, "words.txt").write_text("word\n" * 2000)

    def load_assets(self, folder: str) -> None:
        assert Path(folder, "words.txt").read_text() == "word\n" * 2000


def make_model(seed: int) -> Any:
    keras.utils.set_random_seed(seed)
    blocks = [keras.layers.Dense(40, "tanh") for _ in range(12)]
    model = keras.Sequential([keras.Input((6,)), *blocks, Words(), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch(X, X[:, :1])
    return model


class Stop(Callback):
    """Ends the training when its second epoch begins."""

    begun = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.begun += 1
        if self.begun == 2:
            raise KeyboardInterrupt


def _fit(model: Any, *callbacks: Any) -> None:
    model.fit(X, X[:, :1], epochs=100, verbose=0, callbacks=[*callbacks, Stop()])


def _train(callback: Callable[[Path], Callback]) -> Callable[[Any, Path], None]:
    def save(model: Any, path: Path) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            _fit(model, callback(path))

    return save


_editors: dict[int, Any] = {}


def _edit(model: Any, path: Path) -> None:
    _editors[id(model)].save(path)


def _of_keras(path: Path) -> Any:
    return keras.saving.load_model(path).get_weights()


def _of_weights(path: Path) -> Any:
    model = make_model(9)
    model.load_weights(path)
    return model.get_weights()


def _of_program(path: Path) -> Any:
    return [torch.export.load(path).module()(torch.from_numpy(X)).detach().numpy()]


def _of_backup(path: Path) -> Any:
    return _of_weights(path / "latest.weights.h5")


def _of_text(path: Path) -> Any:
    return [np.array([len(line.split(",")) for line in path.read_text().splitlines()])]


FORMATS: dict[str, tuple[str, Callable[[Any, Path], Any], Callable[[Path], Any]]] = {
    "keras": ("m.keras", lambda model, path: model.save(path), _of_keras),
    "folder": ("m", lambda model, path: model.save(path, zipped=False), _of_keras),
    "legacy": ("m.h5", lambda model, path: model.save(path), _of_keras),
    "weights": ("m.weights.h5", lambda model, path: model.save_weights(path), _of_weights),
    "shards": ("m.weights.json", lambda model, path: model.save_weights(path, max_shard_size=6e-5), _of_weights),
    "editor": ("m.weights.h5", _edit, _of_weights),
    "program": ("m.pt2", lambda model, path: model.export(path, format="torch", verbose=False), _of_program),
    "backup": ("m", _train(lambda path: BackupAndRestore(path, double_checkpoint=True)), _of_backup),
    "checkpoint": ("m.keras", _train(ModelCheckpoint), _of_keras),
    "steps": ("m", _train(lambda path: OrbaxCheckpoint(path, save_on_background=False)), _of_keras),
    "csv": ("m.csv", _train(CSVLogger), _of_text),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


def hidden(names: Iterable[str]) -> list[str]:
    """Return the files that look temporary; torch's own name of what a step holds does, too."""
    return sorted(name for name in names if "/." in f"/{name}" and not name.endswith("/.metadata"))


@contextlib.contextmanager
def limited(size: int) -> Iterator[None]:
    """No file of this process becomes larger than ``size``."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextlib.contextmanager
def filled(ballast: Path, free: int) -> Iterator[None]:
    """The disk has ``free`` bytes left."""
    disk = os.statvfs(ballast.parent)
    ballast.write_bytes(b"\1" * (disk.f_bavail * disk.f_frsize - free // disk.f_frsize * disk.f_frsize))
    try:
        yield
    finally:
        ballast.unlink()


def attempt(name: str, folder: Path, restriction: Any, models: list[Any]) -> dict[str, Any]:
    """Save over an older file; return what came of it."""
    file, save, read = FORMATS[name]
    path = folder / file
    before = contents(folder)
    try:
        with restriction:
            save(models[1], path)
    except OSError as error:
        said = str(error)
        is_clear = all(part in said for part in (str(path), "cannot be written", "as it was", "Free space"))
        return {"error": said, "is_clear": is_clear, "is_unchanged": contents(folder) == before}
    read(path)
    extra = hidden(set(contents(folder)) - set(before))
    with contextlib.suppress(OSError):
        for place, content in before.items():  # the older one again
            if content:
                (folder / place).write_bytes(content)
    return {"error": None, "extra": extra}


def run(name: str, folder: Path, levels: int, is_tmpfs: bool, report: Callable[[dict[str, Any]], None]) -> None:
    file, save, read = FORMATS[name]
    models = [make_model(1), make_model(2)]
    for model in models:
        with tempfile.TemporaryDirectory() as elsewhere:
            model.save_weights(f"{elsewhere}/a.weights.h5")
            _editors[id(model)] = keras.saving.KerasFileEditor(f"{elsewhere}/a.weights.h5")
    save(models[0], folder / file)
    expected = [np.array(a) for a in read(folder / file)]
    largest = max(len(content) for content in contents(folder).values())
    # On a disk a `.keras` file lies beside its parts for a moment.
    total = largest
    if is_tmpfs:
        total = sum(map(len, contents(folder).values())) * (2 if file.endswith(".keras") else 1)
    for level in range(levels):
        size = level * total // levels
        restriction = filled(folder.parent / "ballast", size) if is_tmpfs else limited(size)
        report({"format": name, "size": size, **attempt(name, folder, restriction, models)})
    found = read(folder / file)
    is_same = all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))
    save(models[1], folder / file)
    read(folder / file)
    report({"format": name, "is_same": is_same, "left": hidden(contents(folder))})


def is_right(line: dict[str, Any]) -> bool:
    if "is_same" in line:
        return line["is_same"] and not line["left"]
    return not line["extra"] if line["error"] is None else line["is_clear"] and line["is_unchanged"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--levels", type=int, default=27)
    parser.add_argument("--tmpfs", action="store_true", help="a real small file system; needs root")
    parser.add_argument("--formats", nargs="*", default=list(FORMATS))
    options = parser.parse_args()
    lines: list[dict[str, Any]] = []

    def report(line: dict[str, Any]) -> None:
        lines.append(line)
        print(json.dumps({**line, "is_right": is_right(line)}), flush=True)

    for name in options.formats:
        with tempfile.TemporaryDirectory() as root:
            if options.tmpfs:
                subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", root], check=True)
            try:
                folder = Path(root, "files")
                folder.mkdir()
                run(name, folder, options.levels, options.tmpfs, report)
            finally:
                if options.tmpfs:
                    subprocess.run(["umount", root], check=True)
    return 0 if all(map(is_right, lines)) else 1


if __name__ == "__main__":
    sys.exit(main())
