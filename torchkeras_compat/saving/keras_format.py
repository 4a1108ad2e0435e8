"""The `.keras` format: a zip file, or a folder, with `config.json`, `metadata.json`, `model.weights.h5` and assets."""

from __future__ import annotations

import datetime
import functools
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torchkeras_compat import registry
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.layers.base import Layer
from torchkeras_compat.plugins.files import reading_file
from torchkeras_compat.saving.assets import load_assets, save_assets
from torchkeras_compat.saving.atomic import folder_written_whole, written_whole
from torchkeras_compat.saving.keras2_config import is_keras2, to_keras3
from torchkeras_compat.saving.open_h5 import new_h5, opened_h5
from torchkeras_compat.saving.plugin_requirements import KEY, add_advice, plugin_requirements
from torchkeras_compat.saving.weights_h5 import LoadingPlan, size_of_weights, write_weights
from torchkeras_compat.serialization import (
    deserialize_keras_object,
    serialize_keras_object,
    sharing_objects,
    without_single_marks,
)

CONFIG, METADATA, WEIGHTS, ASSETS = "config.json", "metadata.json", "model.weights.h5", "assets"

# The format is that of this version of Keras, which other programs read here.
FORMAT_VERSION = "3.15.1"


def save_folder(model: Any, folder: Path) -> None:
    """Write the parts of a model into an existing folder.

    Args:
        model: Model.
        folder: Folder, empty.
    """
    with sharing_objects():
        config = without_single_marks(serialize_keras_object(model))
    saved = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata: dict[str, Any] = {"keras_version": FORMAT_VERSION, "date_saved": saved}
    needed = plugin_requirements(config)
    if needed:
        metadata[KEY] = needed
    (folder / METADATA).write_text(json.dumps(metadata))
    (folder / CONFIG).write_text(json.dumps(config))
    with new_h5(folder / WEIGHTS) as file:
        write_weights(model, file)
    save_assets(model, folder / ASSETS)


def save_keras(model: Any, path: str, zipped: bool = True) -> None:
    """Write a model whole: a `.keras` file, or a folder with the same parts.

    Args:
        model: Model.
        path: File or folder.
        zipped: Whether to write one file.
    """
    needed = functools.partial(size_of_weights, model)
    if not zipped:
        with folder_written_whole(path, needed) as folder:
            save_folder(model, folder)
        return
    with written_whole(path, needed) as temporary:
        # On the disk of the target: memory has no room for the weights again, nor the system's folder for large ones.
        folder = temporary.with_name("parts")
        folder.mkdir()
        save_folder(model, folder)
        # Weights hardly shrink: they are stored as they are.
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            first = [METADATA, CONFIG, WEIGHTS]
            rest = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
            for part in [*first, *(p for p in rest if p not in first)]:
                archive.write(folder / part, part)


class KerasArchive:
    """The parts of a saved model, whether in a zip file or in a folder.

    Args:
        path: `.keras` file or folder.

    Raises:
        FileContentError: there is no such file, it is no zip file, or it is cut off.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        if not os.path.isdir(path):
            if not os.path.exists(path):
                raise FileContentError(
                    f"File not found: filepath={path}. Please ensure the file is an accessible `.keras` zip file."
                )
            try:
                self._zip = zipfile.ZipFile(path)
            except (zipfile.BadZipFile, OSError) as error:
                start = _first_bytes(path)
                kind = " It is an HDF5 file: rename it to `.h5`." if start == b"\x89HDF\r\n\x1a\n" else ""
                raise FileContentError(
                    f"File {path!r} is not a `.keras` zip file, or it is cut off: {error}. Please ensure the file is an"
                    f" accessible `.keras` zip file, and copy or save it again.{kind}"
                ) from error

    def __enter__(self) -> KerasArchive:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._zip is not None:
            self._zip.close()

    def names(self) -> list[str]:
        """Names of the parts, with ``/`` between folders."""
        if self._zip is not None:
            return [n for n in self._zip.namelist() if not n.endswith("/")]
        root = Path(self.path)
        return [p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()]

    def copy(self, name: str, target: Any) -> None:
        """Copy a part into a binary file object.

        Raises:
            FileContentError: there is no such part, or it is broken.
        """
        if name not in self.names():
            raise FileContentError(
                f"{self.path!r} has no {name!r}, so it is no whole model in Keras's format. It has:"
                f" {sorted(self.names())[:10]}. Save the model again with `model.save`."
            )
        if self._zip is None:
            with open(os.path.join(self.path, name), "rb") as part:
                shutil.copyfileobj(part, target)
            return
        info = self._zip.getinfo(name)
        if info.file_size > 1 << 20 and info.file_size > 1000 * max(info.compress_size, 1):
            raise FileContentError(
                f"{name!r} in {self.path!r} grows from {info.compress_size} to {info.file_size} bytes: a decompression"
                " bomb, which is not read."
            )
        try:
            with self._zip.open(name) as part:
                shutil.copyfileobj(part, target, 1 << 20)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise FileContentError(
                f"{name!r} in {self.path!r} is broken: {error}. Copy or save the file again."
            ) from error

    def json(self, name: str) -> dict[str, Any]:
        """Return a part that is a JSON object.

        Raises:
            FileContentError: it is none.
        """
        buffer = io.BytesIO()
        self.copy(name, buffer)
        try:
            found = json.loads(buffer.getvalue())
        except ValueError as error:
            raise FileContentError(f"{name!r} in {self.path!r} is no JSON: {error}. Save the model again.") from error
        if not isinstance(found, dict):
            raise FileContentError(
                f"{name!r} in {self.path!r} is no JSON object but {type(found).__name__}. Save the model again."
            )
        return found

    def weights(self, model: Any, skip_mismatch: bool = False) -> None:
        """Set the weights of a model, built, and the state of its optimizer.

        Raises:
            FileContentError: they are broken, or do not fit; nothing has been changed.
        """
        with tempfile.SpooledTemporaryFile(max_size=1 << 28) as file:
            self.copy(WEIGHTS, file)
            file.seek(0)
            with opened_h5(file, f"{self.path}/{WEIGHTS}") as root:
                LoadingPlan(model, root, self.path, skip_mismatch).carry_out()


def load_keras(
    path: str, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """Return the model of a `.keras` file or folder.

    Args:
        path: File or folder.
        custom_objects: Further names and their classes or functions.
        compile: Whether to compile it as it was.
        safe_mode: As for :func:`deserialize_keras_object`.

    Raises:
        FileContentError: the file is broken, or does not hold a model.
        UnknownNameError: it names a class or function that is not known; if it comes from a plugin, the message says
            which package to install.
        FileSafetyError: it names something that a plugin does not declare safe to make from a file.
    """
    with KerasArchive(path) as archive:
        config = archive.json(CONFIG)
        if not compile:
            config.pop("compile_config", None)
        metadata = archive.json(METADATA) if METADATA in archive.names() else {}
        if is_keras2(metadata.get("keras_version", "3")):
            config = to_keras3(config)
        try:
            with registry.custom_object_scope(custom_objects or {}), sharing_objects(), reading_file(path):
                model = deserialize_keras_object(config, safe_mode=safe_mode)
        except (KeyError, IndexError, AttributeError) as error:
            raise FileContentError(
                f"The config in {path!r} describes no model that can be made: {type(error).__name__}: {error}. Save the"
                " model again."
            ) from error
        except (ValueError, TypeError) as error:
            add_advice(error, metadata.get(KEY))
            error.add_note(f"while loading {path!r}")
            raise
        if not isinstance(model, Layer):
            raise FileContentError(
                f"The config in {path!r} describes {config.get('class_name')!r}, which is no model or layer."
            )
        archive.weights(model)
        load_assets(model, archive)
    return model


def _first_bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(8)
