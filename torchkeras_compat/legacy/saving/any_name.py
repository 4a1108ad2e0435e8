"""Models and weights in files of any name, as Keras 1, 2 and tf.keras wrote them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import IO, Any

from torchkeras_compat.errors import NotBuiltError
from torchkeras_compat.saving import saving_and_loading
from torchkeras_compat.saving.atomic import check_overwrite, written_whole
from torchkeras_compat.saving.legacy_h5 import load_legacy_weights, save_legacy_h5, save_legacy_weights
from torchkeras_compat.user_warnings import warn_user

_PathOrFile = str | os.PathLike[str] | IO[bytes]
_FORMATS = ("h5", "hdf5", "keras", "tf", None)
_ENDING_OF_CHECKPOINTS = ".weights.h5"
_MODEL_IN_FOLDER = "model.keras"  # of `tf.saved_model.save`


def save_model(
    model: Any,
    filepath: _PathOrFile,
    overwrite: bool = True,
    include_optimizer: bool = True,
    save_format: str | None = None,
    signatures: Any = None,
    options: Any = None,
    save_traces: bool = True,
    **kwargs: Any,
) -> None:
    """Write a model whole, under any name.

    A name that ends in ``.keras`` gives a `.keras` file; ``save_format="tf"``, or in tf.keras a name without such an
    ending, a folder with the same parts, since the SavedModel of TensorFlow is written by `Model.export` alone; every
    other name an HDF5 file.

    Args:
        model: Model.
        filepath: Name, or a binary file object.
        overwrite: Whether an existing file is replaced; if not, the user is asked, where there is a terminal.
        include_optimizer: Whether the optimizer and its state are written.
        save_format: ``"h5"``, ``"keras"``, ``"tf"``, or None for what the name says.
        signatures: Of a SavedModel; only None.
        options: Of a SavedModel; only None.
        save_traces: Of a SavedModel; without effect, no function is written.
        kwargs: ``zipped``, as in `saving.save_model`.

    Raises:
        ValueError: the format is unknown, or there are ``signatures`` or ``options``.

    Source: Keras 2.15, saving/save_model.
    """
    if save_format not in _FORMATS:
        raise ValueError(f"`save_format` is one of 'h5', 'keras', 'tf' and None. Received: save_format={save_format!r}")
    if signatures is not None or options is not None:
        raise ValueError("`signatures` and `options` are of TensorFlow's SavedModel. Use `model.export(path)` for it.")
    if hasattr(filepath, "write"):
        saving_and_loading.save_model(model, filepath, overwrite=overwrite, **kwargs)
        return
    path = os.fspath(filepath)
    with _OptimizerLeftOut(model, include_optimizer):
        if save_format == "keras" or (save_format is None and path.endswith(".keras")):
            saving_and_loading.save_model(model, path, overwrite=overwrite, **kwargs)
        elif save_format == "tf" or kwargs.get("zipped") is False or _means_a_folder(model, path, save_format):
            warn_user(
                f"{path!r} is written as a folder with the parts of a `.keras` file, which `load_model` reads: for"
                " TensorFlow's SavedModel use `model.export(path)`."
            )
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)  # as TensorFlow does
            saving_and_loading.save_model(model, path, overwrite=overwrite, zipped=False)
        else:
            check_overwrite(path, overwrite)
            save_legacy_h5(model, path)


class _OptimizerLeftOut:
    """Hide the optimizer of a model while it is written, unless it is to be written, too."""

    def __init__(self, model: Any, include: bool) -> None:
        self.model, self.include = model, include

    def __enter__(self) -> None:
        if not self.include:
            self.compiled = self.model.compiled
            self.model.__dict__["compiled"] = False

    def __exit__(self, *exc_info: object) -> None:
        if not self.include:
            self.model.__dict__["compiled"] = self.compiled


def load_model(
    filepath: _PathOrFile,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
    options: Any = None,
) -> Any:
    """Return the model that a file of any name holds; its content says of which format it is.

    Args:
        filepath: File, folder or binary file object.
        custom_objects: Further names and their classes or functions.
        compile: Whether to compile the model as it was.
        safe_mode: Kept for Keras's signature: code in a file is never run.
        options: Of a SavedModel; without effect.

    Raises:
        ValueError: the file is missing or of another format.
        FileContentError: something in it is broken.

    Source: Keras 2.15, saving/load_model.
    """
    if isinstance(filepath, (str, os.PathLike)) and os.path.isfile(os.path.join(filepath, _MODEL_IN_FOLDER)):
        filepath = os.path.join(filepath, _MODEL_IN_FOLDER)
    return saving_and_loading.load_model(filepath, custom_objects, compile, safe_mode)


def save_weights(
    model: Any,
    filepath: str | os.PathLike[str],
    overwrite: bool = True,
    save_format: str | None = None,
    options: Any = None,
) -> None:
    """Write the weights under any name: HDF5 as Keras 1 and 2 wrote it.

    A name without such an ending is a checkpoint of tf.keras, whose weights lie in ``NAME.weights.h5`` here; a file
    ``checkpoint`` beside it says which was the last.

    Args:
        model: Model, built.
        filepath: Name.
        overwrite: Whether an existing file is replaced; if not, the user is asked, where there is a terminal.
        save_format: ``"h5"``, ``"tf"``, or None for what the name says.
        options: Of a checkpoint of TensorFlow; without effect.

    Raises:
        NotBuiltError: the model has no weights yet.
        ValueError: the format is unknown.

    Source: Keras 2.15, Model.save_weights.
    """
    if save_format not in _FORMATS:
        raise ValueError(f"`save_format` is one of 'h5', 'tf' and None. Received: save_format={save_format!r}")
    path = os.fspath(filepath)
    if path.endswith(_ENDING_OF_CHECKPOINTS):
        saving_and_loading.save_weights(model, path, overwrite=overwrite)
        return
    if not model.built:
        raise NotBuiltError(
            "The model has no weights yet. Call it on some data, or build it with `build(input_shape)`, first."
        )
    is_checkpoint = save_format == "tf" or _means_a_folder(model, path, save_format)
    if is_checkpoint:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)  # as TensorFlow does
        saving_and_loading.save_weights(model, path + _ENDING_OF_CHECKPOINTS, overwrite=overwrite)
        _take_note(path)
        return
    check_overwrite(path, overwrite)
    save_legacy_weights(model, path)


def _take_note(path: str) -> None:
    """Say in the file ``checkpoint`` beside a checkpoint that it is the last, as TensorFlow does."""
    name = os.path.basename(path).replace("\\", "\\\\").replace('"', '\\"')
    with written_whole(os.path.join(os.path.dirname(path), "checkpoint")) as note:
        text = f'model_checkpoint_path: "{name}"\nall_model_checkpoint_paths: "{name}"\n'
        note.write_text(text, encoding="utf-8")


def _means_a_folder(model: Any, path: str, save_format: str | None) -> bool:
    """Return whether a name without an ending is TensorFlow's format, as it is in tf.keras."""
    return save_format is None and model.__dict__.get("_dialect") == "tf.keras" and not path.endswith(_HDF5)


_HDF5 = (".h5", ".hdf5", ".keras", ".H5", ".HDF5")


def load_weights(
    model: Any,
    filepath: str | os.PathLike[str],
    by_name: bool = False,
    skip_mismatch: bool = False,
    reshape: bool = False,
    options: Any = None,
) -> Any:
    """Set the weights from a file of any name; its content says of which format it is.

    Args:
        model: Model, built.
        filepath: Name, as :func:`save_weights` got it.
        by_name: Whether layers are matched by name; else by position. Of HDF5 files of Keras 1 and 2.
        skip_mismatch: Whether layers that the file does not fit keep their values, with a warning.
        reshape: Whether arrays that have as many values as a weight, and another shape, are reshaped. Of HDF5 files
            of Keras 1 and 2.
        options: Of a checkpoint of TensorFlow; without effect.

    Returns:
        An object with the methods of a status of TensorFlow, ``expect_partial`` and others, which do nothing.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file does not fit, or ``by_name`` is given for one that has no names of layers.

    Source: Keras 2.15, Model.load_weights.
    """
    if filepath is None:
        raise ValueError(
            "`load_weights` received None for the name of a file. `tf.train.latest_checkpoint(folder)` returns it where"
            " the folder has no checkpoint."
        )
    path = _last_written(os.fspath(filepath))
    if reshape and model.built:
        load_legacy_weights(model, path, by_name, skip_mismatch, reshape=True)
        return LoadStatus()
    names: dict[str, Any] = {"by_name": True} if by_name else {}
    saving_and_loading.load_weights(model, path, skip_mismatch, **names)
    return LoadStatus()


def _last_written(path: str) -> str:
    """The file of a checkpoint's name: that of this package, or where TensorFlow's own are newer, the name itself."""
    own = path + _ENDING_OF_CHECKPOINTS
    if not os.path.isfile(own):
        return path
    theirs = f"{path}.index"
    return path if os.path.isfile(theirs) and os.path.getmtime(theirs) > os.path.getmtime(own) else own


class LoadStatus:
    """What ``load_weights`` of tf.keras returned: here everything has been checked already."""

    def expect_partial(self) -> LoadStatus:
        """Return itself."""
        return self

    assert_consumed = assert_existing_objects_matched = assert_nontrivial_match = expect_partial
