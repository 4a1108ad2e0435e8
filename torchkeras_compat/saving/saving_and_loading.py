"""`save_model`, `load_model`, `save_weights`, `load_weights`: the ending of the name chooses the format."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from typing import IO, Any

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.errors import NotBuiltError
from torchkeras_compat.optimizers.modes import weights_to_use
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.plugins.file_format import file_format
from torchkeras_compat.saving.atomic import check_overwrite, written_whole
from torchkeras_compat.saving.checkpoint_files import is_checkpoint, load_checkpoint_model, load_checkpoint_weights
from torchkeras_compat.saving.file_limits import FileLimits, reading_within
from torchkeras_compat.saving.file_objects import copied_from, is_file_object, written_to
from torchkeras_compat.saving.keras_archive import CONFIG, KerasArchive
from torchkeras_compat.saving.keras_format import load_keras, save_keras
from torchkeras_compat.saving.legacy_h5 import load_legacy_h5, load_legacy_weights, save_legacy_h5
from torchkeras_compat.saving.open_h5 import new_h5, opened_h5
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.saving.sharded_weights import load_shards, save_shards
from torchkeras_compat.saving.weights_h5 import LoadingPlan, size_of_weights, write_weights

_Path = str | os.PathLike[str]
_PathOrFile = _Path | IO[bytes]


def save_model(
    model: Any, filepath: _PathOrFile, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any
) -> None:
    """Write a model whole: architecture, weights, what ``compile`` received, and the state of the optimizer.

    The file appears whole or not at all; real Keras reads it too.

    Args:
        model: Model.
        filepath: Name that ends in ``.keras``, or, for Keras's older format, in ``.h5``; or as the file format of a
            plugin says. Or a binary file object, which gets the bytes of a `.keras` file from its position on.
        overwrite: Whether an existing file is replaced; if not, the user is asked, where there is a terminal. It has no
            meaning for a file object.
        zipped: False writes a folder with the same parts, whose name has no such ending.
        kwargs: None is known.

    Raises:
        ValueError: the name ends otherwise, an argument is unknown, or something in the model cannot be written.
        FileExistsError: the file exists and ``overwrite`` is False.

    Example:
        >>> import tempfile
        >>> from torchkeras_compat import Sequential, layers
        >>> model = Sequential([layers.Dense(2, input_dim=3)])
        >>> path = f"{tempfile.mkdtemp()}/model.keras"
        >>> save_model(model, path)
        >>> load_model(path).output_shape
        (None, 2)
    """
    if is_file_object(filepath):
        with written_to(filepath, zipped) as name:
            return save_model(model, name, **kwargs)
    path = _path(filepath)
    if "save_format" in kwargs:
        raise ValueError(
            "The `save_format` argument is deprecated. The ending of the name says it: `.keras`, or `.h5`. Received:"
            f" save_format={kwargs['save_format']!r}"
        )
    if kwargs.pop("include_optimizer", True) is not True and path.endswith(".keras"):
        raise ValueError("`include_optimizer=False` is not supported for `.keras` files. Save an uncompiled model.")
    if kwargs:
        raise ValueError(f"The following argument(s) are not supported: {sorted(kwargs)}")
    own = None if path.endswith((".keras", ".h5", ".hdf5")) or zipped is False else file_format(path)
    if zipped is False and path.endswith((".keras", ".h5", ".hdf5")):
        raise ValueError(
            f"With `zipped=False` a folder is written, whose name should not end in `.keras` or `.h5`. Received: {path}"
        )
    if zipped is not False and own is None and not path.endswith((".keras", ".h5", ".hdf5")):
        raise ValueError(
            "Invalid filepath extension for saving. Please add either a `.keras` extension for the native Keras format"
            " (recommended) or a `.h5` extension, or pass `zipped=False` to write a folder. Use"
            f" `model.export(filepath)` for other programs. Received: filepath={path}."
        )
    check_overwrite(path, overwrite)
    with weights_to_use(model):
        if own is not None:
            with written_whole(path) as temporary:
                own.save_model(model, str(temporary))
        elif path.endswith((".h5", ".hdf5")):
            save_legacy_h5(model, path)
        else:
            save_keras(model, path, zipped=zipped is not False)


def load_model(
    filepath: _PathOrFile,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
    *,
    limits: FileLimits | None = None,
) -> Any:
    """Return the model that a file holds.

    Nothing in the file is executed, and nothing imported by name: classes and functions come from the package, from
    ``custom_objects``, from what is registered, and from plugins.

    Args:
        filepath: `.keras` file or folder, or a whole model in a `.h5` file, written here or by Keras; the folder of an
            `OrbaxCheckpoint`; or a binary file object that holds such a file, whose content says which.
        custom_objects: Further names and their classes or functions.
        compile: Whether to compile the model as it was, with the state of its optimizer.
        safe_mode: Kept for Keras's signature: code in a file is never run, whatever it says.
        limits: What the file may ask for, see `FileLimits`; None for the defaults.

    Raises:
        ValueError: the file is missing or of another format.
        FileContentError: something in it is broken, or its config describes no model that can be made.
        FileLimitError: it asks for more memory, disk or time than the limits allow.
        UnknownNameError: it names what is not known.
        FileSafetyError: it names what a file may not make.
        OSError: it cannot be read.
    """
    if is_file_object(filepath):
        with copied_from(filepath) as name:
            return load_model(name, custom_objects, compile, safe_mode, limits=limits)
    path = _path(filepath)
    if path.endswith((".h5", ".hdf5")):
        with reading_within(limits):
            return load_legacy_h5(path, custom_objects, compile, safe_mode)
    if path.endswith(".keras") or (os.path.isfile(os.path.join(path, CONFIG)) and not is_checkpoint(path)):
        with reading_within(limits):
            return load_keras(path, custom_objects, compile, safe_mode)
    if is_checkpoint(path):
        with reading_within(limits):
            return load_checkpoint_model(path, custom_objects, compile)
    own = file_format(path)
    if own is not None:
        with custom_object_scope(custom_objects or {}), reading_file(path), reading_within(limits):
            return own.load_model(path, custom_objects=custom_objects, compile=compile, safe_mode=safe_mode)
    raise ValueError(
        f"File format not supported: filepath={path}. `load_model` reads `.keras` files and folders, and whole models"
        " in `.h5` files." + _what_is_there(path)
    )


def save_weights(
    model: Any, filepath: _Path, overwrite: bool = True, max_shard_size: float | None = None, **kwargs: Any
) -> None:
    """Write the weights of a model, and the state of its optimizer.

    Args:
        model: Layer or model, built.
        filepath: Name that ends in ``.weights.h5``, or in ``.weights.json`` with ``max_shard_size``.
        overwrite: Whether an existing file is replaced; if not, the user is asked, where there is a terminal.
        max_shard_size: Largest size, in GB, of each of several files; None for one file.
        kwargs: Only ``objects_to_skip``: layers that are left out, with what lies below them.

    Raises:
        ValueError: the name ends otherwise, an argument is unknown, or the model is not built.
        FileExistsError: the file exists and ``overwrite`` is False.
    """
    path = _path(filepath)
    skip: Iterable[Any] = kwargs.pop("objects_to_skip", None) or ()
    if kwargs:
        raise ValueError(f"Invalid keyword arguments: {kwargs}")
    ending = ".weights.h5" if max_shard_size is None else ".weights.json"
    own = (
        None if max_shard_size is not None or path.endswith((".keras", ".h5", ".hdf5", ".json")) else file_format(path)
    )
    if own is None and not path.endswith(ending):
        why = "" if max_shard_size is None else " where `max_shard_size` is given"
        raise ValueError(f"The filename must end in `{ending}`{why}. Received: filepath={path}")
    if not model.built:
        raise NotBuiltError(
            "You are saving a model that has not yet been built. Try building the model first by calling it on some"
            " data or by using `build()`."
        )
    check_overwrite(path, overwrite)
    if own is not None and skip:
        raise ValueError(f"`objects_to_skip` only supports '.weights.h5' files. Received: {path}")
    with weights_to_use(model):
        if own is not None:
            with written_whole(path) as temporary:
                own.save_weights(model, str(temporary))
        elif max_shard_size is not None:
            save_shards(model, path, max_shard_size, skip)
        else:
            needed = functools.partial(size_of_weights, model)
            with written_whole(path, needed) as temporary, new_h5(temporary) as file:
                write_weights(model, file, skip)


def load_weights(
    model: Any, filepath: _Path, skip_mismatch: bool = False, *, limits: FileLimits | None = None, **kwargs: Any
) -> None:
    """Set the weights of a model, and the state of its optimizer, from a file.

    The whole file is checked first: if it does not fit, nothing is changed.

    Args:
        model: Layer or model, built.
        filepath: `.weights.h5`, `.weights.json`, `.keras` or older `.h5` file, written here or by Keras; or the folder
            of an `OrbaxCheckpoint`.
        skip_mismatch: Whether layers that the file does not fit keep their values, with a warning.
        limits: What the file may ask for, see `FileLimits`; None for the defaults.
        kwargs: ``objects_to_skip`` (`.weights.h5` only): layers that keep their values. ``by_name`` (older `.h5` only):
            match layers by name instead of by position.

    Raises:
        ValueError: the model is not built, or the file is of another format.
        FileContentError: the file is broken, or does not fit; nothing has been changed.
        FileLimitError: it holds more than the limits allow.
        FileNotFoundError: there is no such file.
    """
    path = _path(filepath)
    is_weights = path.endswith((".weights.h5", ".weights.json"))
    is_legacy = path.endswith((".h5", ".hdf5")) and not is_weights
    has_skip, skip = "objects_to_skip" in kwargs, kwargs.pop("objects_to_skip", None) or ()
    has_by_name, by_name = "by_name" in kwargs, kwargs.pop("by_name", False)
    if kwargs:
        raise ValueError(f"Invalid keyword arguments: {kwargs}")
    if has_skip and not is_weights:
        raise ValueError(f"`objects_to_skip` only supports loading '.weights.h5' files. Received: {path}")
    if has_by_name and not is_legacy:
        raise ValueError(f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {path}")
    is_steps = not is_weights and not is_legacy and not path.endswith(".keras") and is_checkpoint(path)
    is_ours = (
        is_weights or is_legacy or path.endswith(".keras") or is_steps or os.path.isfile(os.path.join(path, CONFIG))
    )
    own = None if is_ours else file_format(path)
    if not is_ours and own is None:
        raise ValueError(
            f"File format not supported: filepath={path}. `load_weights` reads `.weights.h5`, `.weights.json`, `.keras`"
            " and older `.h5` files." + _what_is_there(path)
        )
    if not model.built:
        raise NotBuiltError(
            "You are loading weights into a model that has not yet been built. Try building the model first by calling"
            " it on some data or by using `build()`."
        )
    with reading_within(limits):
        if own is not None:
            own.load_weights(model, path, skip_mismatch=skip_mismatch)
        elif is_steps:
            load_checkpoint_weights(model, path, skip_mismatch)
        elif path.endswith(".weights.json"):
            load_shards(model, path, skip_mismatch, skip)
        elif is_weights:
            with opened_h5(path) as root:
                if "layer_names" in root.attrs:  # Keras 2 wrote its older format under any name
                    load_legacy_weights(model, path, by_name, skip_mismatch)
                    return
                LoadingPlan(model, root, path, skip_mismatch, skip).carry_out()
        elif is_legacy:
            load_legacy_weights(model, path, by_name, skip_mismatch)
        else:
            with reading(path), KerasArchive(path) as archive:
                archive.weights(model, skip_mismatch)


def _path(filepath: Any) -> str:
    try:
        return str(os.fspath(filepath))
    except TypeError:
        raise ValueError(
            f"`filepath` is the name of a file. Received: {filepath!r} of type {type(filepath)}. Give a string or a"
            " `pathlib.Path`; whole models also go to and come from open binary files and `io.BytesIO`."
        ) from None


def _what_is_there(path: str) -> str:
    if not os.path.exists(path):
        return " There is no such file or folder."
    return " It is a folder without a `config.json`." if os.path.isdir(path) else ""
