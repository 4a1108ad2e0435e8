"""`save_model`, `load_model`, `save_weights`, `load_weights`: what is written by its name, read by its content."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from typing import IO, Any

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.errors import NotBuiltError
from torchkeras_compat.optimizers.modes import weights_to_use
from torchkeras_compat.plugins.config_source import reading_file
from torchkeras_compat.plugins.file_format import FileFormat, file_format
from torchkeras_compat.public_names import named
from torchkeras_compat.saving.atomic import check_overwrite, written_whole
from torchkeras_compat.saving.checkpoint_files import load_checkpoint_model, load_checkpoint_weights
from torchkeras_compat.saving.contents import READ, SAFETENSORS, SHARDS, Content, content_of, is_of_layers, refuse
from torchkeras_compat.saving.file_limits import FileLimits, reading_within
from torchkeras_compat.saving.file_objects import copied_from, is_file_object, written_to
from torchkeras_compat.saving.keras_archive import KerasArchive
from torchkeras_compat.saving.keras_format import load_keras, save_keras
from torchkeras_compat.saving.legacy_h5 import load_legacy_h5, load_legacy_weights, save_legacy_h5
from torchkeras_compat.saving.open_h5 import new_h5, opened_h5
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.saving.sharded_weights import load_shards, save_shards
from torchkeras_compat.saving.weights_h5 import LoadingPlan, size_of_weights, write_weights

_Path = str | os.PathLike[str]
_PathOrFile = _Path | IO[bytes]

# Readers of files that most programs never see: loaded when one comes, 10 ms later.
_SAVED_MODEL = "saving.tensorflow_bundle.saved_model.load_saved_model"
_TENSORFLOW_WEIGHTS = "saving.tensorflow_bundle.loading.load_tensorflow_weights"
_LOAD_SAFETENSORS = "saving.safetensors_files.load_safetensors"
_SAVE_SAFETENSORS = "saving.safetensors_files.save_safetensors"


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
    if own is None and path.endswith(SAFETENSORS):
        raise ValueError(
            f"A safetensors file holds weights only: use `model.save_weights({path!r})`, and `model.save` with a name"
            f" that ends in `.keras` for the whole model. Received: filepath={path}."
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
        filepath: `.keras` file or folder, or a whole model in a `.h5` file, written here or by Keras, under any name:
            the content says what it is; the folder of an `OrbaxCheckpoint`; that of a SavedModel of tf.keras, of which
            the config is read, and no program; or a binary file object with a `.keras` or `.h5` file.
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
    content = _content(path)
    own = _format_of_plugin(path, content)
    if own is not None:
        with custom_object_scope(custom_objects or {}), reading_file(path), reading_within(limits):
            return own.load_model(path, custom_objects=custom_objects, compile=compile, safe_mode=safe_mode)
    with reading_within(limits):
        if content is Content.HDF5:
            return load_legacy_h5(path, custom_objects, compile, safe_mode)
        if content in (Content.KERAS_ZIP, Content.KERAS_FOLDER):
            return load_keras(path, custom_objects, compile, safe_mode)
        if content is Content.STEPS:
            return load_checkpoint_model(path, custom_objects, compile)
        if content is Content.SAVED_MODEL:
            return named(_SAVED_MODEL)(path, custom_objects, compile)
    refuse(path, content, "load_model", "`.keras` files and folders, and whole models in `.h5` files, under any name")


def save_weights(
    model: Any, filepath: _Path, overwrite: bool = True, max_shard_size: float | None = None, **kwargs: Any
) -> None:
    """Write the weights of a model, and the state of its optimizer.

    Args:
        model: Layer or model, built.
        filepath: Name that ends in ``.weights.h5``, or in ``.weights.json`` with ``max_shard_size``; or in
            ``.safetensors``, for a file with the weights alone, under the names of torch's ``state_dict``.
        overwrite: Whether an existing file is replaced; if not, the user is asked, where there is a terminal.
        max_shard_size: Largest size, in GB, of each of several files; None for one file.
        kwargs: Only ``objects_to_skip``: layers that are left out, with what lies below them.

    Raises:
        ImportError: the package safetensors is missing, for such a file.
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
    is_safetensors = own is None and max_shard_size is None and path.endswith(SAFETENSORS)
    if own is None and not is_safetensors and not path.endswith(ending):
        why = "" if max_shard_size is None else " where `max_shard_size` is given"
        raise ValueError(f"The filename must end in `{ending}`{why}. Received: filepath={path}")
    if not model.built:
        raise NotBuiltError(
            "You are saving a model that has not yet been built. Try building the model first by calling it on some"
            " data or by using `build()`."
        )
    check_overwrite(path, overwrite)
    if (own is not None or is_safetensors) and skip:
        raise ValueError(f"`objects_to_skip` only supports '.weights.h5' files. Received: {path}")
    with weights_to_use(model):
        if own is not None:
            with written_whole(path) as temporary:
                own.save_weights(model, str(temporary))
        elif is_safetensors:
            named(_SAVE_SAFETENSORS)(model, path)
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
        filepath: `.weights.h5`, `.weights.json`, `.keras` or older `.h5` file, written here or by Keras, under any
            name but for the list `.weights.json`; the folder of an `OrbaxCheckpoint`; a safetensors file, or the list
            of several; a checkpoint of TensorFlow (its prefix, a file, or its folder), or a SavedModel.
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
    content = _content(path)
    h5_only = {name: kwargs.pop(name) for name in ("objects_to_skip", "by_name") if name in kwargs}
    if kwargs:
        raise ValueError(f"Invalid keyword arguments: {kwargs}")
    own = _format_of_plugin(path, content)
    if content not in (Content.HDF5, Content.SHARDS) and "objects_to_skip" in h5_only:
        raise ValueError(f"`objects_to_skip` only supports loading '.weights.h5' files. Received: {path}")
    if content is not Content.HDF5 and "by_name" in h5_only:
        raise ValueError(f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {path}")
    if own is None and content not in READ:
        refuse(path, content, "load_weights", _READS)
    if not model.built:
        raise NotBuiltError(
            "You are loading weights into a model that has not yet been built. Try building the model first by calling"
            " it on some data or by using `build()`."
        )
    with reading_within(limits):
        if own is not None:
            own.load_weights(model, path, skip_mismatch=skip_mismatch)
        elif content is Content.HDF5:
            _load_h5_weights(model, path, skip_mismatch, **h5_only)
        elif content is Content.SHARDS:
            load_shards(model, path, skip_mismatch, h5_only.get("objects_to_skip") or ())
        elif content is Content.STEPS:
            load_checkpoint_weights(model, path, skip_mismatch)
        elif content in (Content.SAFETENSORS, Content.SAFETENSORS_LIST):
            named(_LOAD_SAFETENSORS)(model, path, skip_mismatch)
        elif content in (Content.TENSORFLOW_CHECKPOINT, Content.SAVED_MODEL):
            named(_TENSORFLOW_WEIGHTS)(model, path, skip_mismatch)
        else:
            with reading(path), KerasArchive(path) as archive:
                archive.weights(model, skip_mismatch)


_READS = (
    "`.weights.h5`, `.weights.json`, `.keras` and older `.h5` files, safetensors files, and checkpoints of TensorFlow"
)


def _load_h5_weights(model: Any, path: str, skip_mismatch: bool, **h5_only: Any) -> None:
    """Set the weights from an HDF5 file of either layout, which its root tells apart."""
    with opened_h5(path) as root:
        is_old = is_of_layers(root, path)
        if "by_name" in h5_only and not is_old:
            raise ValueError(f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {path}")
        if not is_old:
            skip = h5_only.get("objects_to_skip") or ()
            LoadingPlan(model, root, path, skip_mismatch, skip).carry_out()
            return
    if "objects_to_skip" in h5_only:
        raise ValueError(f"`objects_to_skip` only supports loading '.weights.h5' files. Received: {path}")
    load_legacy_weights(model, path, h5_only.get("by_name", False), skip_mismatch)


def _content(path: str) -> Content:
    """What a path holds; of what says nothing the ending, so that the reader of its format says what is wrong."""
    content = content_of(path)
    if content in (Content.MISSING, Content.FOLDER, Content.PIPE, Content.UNKNOWN):
        for ending, meant in ((".keras", Content.KERAS_ZIP), (SHARDS, Content.SHARDS)):
            if path.endswith(ending):
                return meant
        if path.endswith(_HDF5):
            return Content.HDF5
    return content


_HDF5 = (".h5", ".hdf5")


def _format_of_plugin(path: str, content: Content) -> FileFormat | None:
    """The format of a plugin that claims the ending, if it is none of Keras's."""
    is_known = path.endswith((".keras", *_HDF5, SHARDS)) or content in (Content.KERAS_FOLDER, Content.STEPS)
    return None if is_known else file_format(path)


def _path(filepath: Any) -> str:
    try:
        return str(os.fspath(filepath))
    except TypeError:
        raise ValueError(
            f"`filepath` is the name of a file. Received: {filepath!r} of type {type(filepath)}. Give a string or a"
            " `pathlib.Path`; whole models also go to and come from open binary files and `io.BytesIO`."
        ) from None
