"""The `.keras` format: a zip file, or a folder, with `config.json`, `metadata.json`, `model.weights.h5` and assets."""

from __future__ import annotations

import datetime
import functools
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_model
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.saving.assets import load_assets, save_assets
from torchkeras_compat.saving.atomic import folder_written_whole, written_whole
from torchkeras_compat.saving.counted_state import has_lost_state
from torchkeras_compat.saving.file_limits import check_config
from torchkeras_compat.saving.keras_archive import ASSETS, CONFIG, METADATA, WEIGHTS, KerasArchive
from torchkeras_compat.saving.late_arrays import LateArrays
from torchkeras_compat.saving.memory_budget import MemoryBudget
from torchkeras_compat.saving.no_counterpart import say_what_keras_lacks
from torchkeras_compat.saving.old_files import is_keras2, to_keras3
from torchkeras_compat.saving.open_h5 import new_h5
from torchkeras_compat.saving.plugin_requirements import KEY, add_advice, plugin_requirements
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.saving.weights_h5 import LoadingPlan, size_of_weights, write_weights
from torchkeras_compat.serialization import serialize_keras_object, sharing_objects, without_single_marks
from torchkeras_compat.unfilled_values import UnfilledValues
from torchkeras_compat.user_warnings import warn_user

# The format is that of this version of Keras, which other programs read here.
FORMAT_VERSION = "3.15.1"


def newer_than_known(version: Any) -> str:
    """Say that a file is of a Keras that this package does not know yet, as the end of a note; else nothing.

    Args:
        version: The ``keras_version`` of the file.

    Example:
        >>> newer_than_known("3.15.0")
        ''
    """
    given = version if isinstance(version, str) else ""
    theirs, ours = (re.match(r"(\d{1,4})\.(\d{1,4})", v) for v in (given, FORMAT_VERSION))
    if theirs is None or ours is None or [*map(int, theirs.groups())] <= [*map(int, ours.groups())]:
        return ""
    return f", written by Keras {theirs[0]}; this package knows the files of Keras up to {FORMAT_VERSION}"


def save_folder(model: Any, folder: Path, late: LateArrays | None = None) -> None:
    """Write the parts of a model into an existing folder.

    Args:
        model: Model.
        folder: Folder, empty.
        late: Takes the values of the weights; None for their place in the folder.
    """
    with sharing_objects():
        config = without_single_marks(serialize_keras_object(model))
    saved = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata: dict[str, Any] = {"keras_version": FORMAT_VERSION, "date_saved": saved}
    needed = plugin_requirements(config)
    say_what_keras_lacks(config, needed)
    if needed:
        metadata[KEY] = needed
    (folder / METADATA).write_text(json.dumps(metadata))
    (folder / CONFIG).write_text(json.dumps(config))
    with new_h5(folder / WEIGHTS, late) as file:
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
        # On the disk of the target, like the assets: memory has no room for them, nor the system's folder. The weights
        # are not there: their places in the HDF5 file are holes, and the zip file gets them from the model.
        folder, late = temporary.with_name("parts"), LateArrays()
        folder.mkdir()
        save_folder(model, folder, late)
        # Weights hardly shrink: they are stored as they are.
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            first = [METADATA, CONFIG, WEIGHTS]
            rest = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
            for part in [*first, *(p for p in rest if p not in first)]:
                if part != WEIGHTS:
                    archive.write(folder / part, part)
                    continue
                with archive.open(zipfile.ZipInfo.from_file(folder / part, part), "w") as member:
                    late.copy_to(folder / part, member)


def load_keras(
    path: str, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """Return the model of a `.keras` file or folder.

    Args:
        path: File or folder.
        custom_objects: Further names and their classes or functions.
        compile: Whether to compile it as it was.
        safe_mode: Kept for Keras's signature: code in a file is never run.

    Raises:
        FileContentError: the file is broken, or does not hold a model.
        FileLimitError: it asks for more than the limits allow, see `FileLimits`.
        UnknownNameError: it names a class or function that is not known; if it comes from a plugin, the message says
            which package to install.
        FileSafetyError: it names something that a plugin does not declare safe to make from a file.
    """
    with reading(path) as limits, KerasArchive(path) as archive:
        config = archive.json(CONFIG)
        if not compile:
            config.pop("compile_config", None)
        check_config(config, limits, repr(path))
        metadata = archive.json(METADATA) if METADATA in archive.names() else {}
        version = metadata.get("keras_version", "3")
        has_lost = is_keras2(version) and has_lost_state(config.get("compile_config"))
        if is_keras2(version):
            with custom_object_scope(custom_objects or {}):
                config = to_keras3(config, version)
        stored = archive.sizes(WEIGHTS)[1]
        unfilled = UnfilledValues(MemoryBudget(path, stored, limits, archive.declared_weights))
        try:
            with custom_object_scope(custom_objects or {}), sharing_objects(), reading_file(path), unfilled:
                model = deserialize_model(config)
        except (ValueError, TypeError) as error:
            add_advice(error, metadata.get(KEY))
            error.add_note(f"while loading {path!r}{newer_than_known(version)}")
            raise
        if not isinstance(model, Layer):
            raise FileContentError(
                f"The config in {path!r} describes {config.get('class_name')!r}, which is not a model or layer."
            )
        with archive.opened_weights() as root:
            with unfilled:  # the optimizer is built
                plan = LoadingPlan(model, root, path, version=str(version) if METADATA in archive.names() else None)
            plan.carry_out(unfilled)
        if has_lost:
            warn_user(
                f"{path!r} has no state of the optimizer: Keras 2 wrote none of `optimizers.legacy` into `.keras`"
                " files. Training starts with a new state; weights are as they were saved."
            )
        load_assets(model, archive, str(version))
    return model
