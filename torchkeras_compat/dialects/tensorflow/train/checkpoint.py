"""``tf.train.Checkpoint``: variables of nested objects in a file.

The file is HDF5, of this package's own: an array for each variable under its path. It holds no code and no structure,
only numbers; what is restored has to have the shape and dtype of the variable that takes it. TensorFlow cannot read it.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.errors import DataLossError, NotFoundError
from torchkeras_compat.dialects.tensorflow.io.gfile import local
from torchkeras_compat.dialects.tensorflow.train.checkpoint_state import latest_checkpoint, record_checkpoint
from torchkeras_compat.dialects.tensorflow.train.object_values import (
    Value,
    unbuilt_layers,
    unbuilt_optimizers,
    values_in,
)
from torchkeras_compat.dialects.tensorflow.variable import Variable
from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.saving.open_h5 import opened_h5
from torchkeras_compat.saving.tensorflow_bundle.bundle import BFLOAT16, DTYPES, STRING, Bundle

SUFFIX = ".ckpt.h5"
_FORMAT = "torchkeras_compat checkpoint 1"


class CheckpointOptions:
    """Settings of saving, of which none has an effect here.

    Args:
        **kwargs: ``experimental_io_device``, ``experimental_enable_async_checkpoint``, ...
    """

    def __init__(self, **kwargs: Any) -> None:
        self.settings = kwargs


class Checkpoint:
    """Saves and restores the variables of objects: models, layers, optimizers, metrics, variables, lists of these.

    Args:
        root: An object whose variables are saved without a name before their path; None for none.
        **kwargs: Objects by name, which become attributes.

    Attributes:
        save_counter: Variable with the number of saves, which is saved too.

    Example:
        >>> import tempfile
        >>> v = Variable(1.0)
        >>> checkpoint = Checkpoint(v=v)
        >>> path = checkpoint.save(tempfile.mkdtemp() + "/ck")
        >>> v.assign(5.0).numpy()
        np.float32(5.0)
        >>> checkpoint.restore(path).assert_consumed() and v.numpy()
        np.float32(1.0)

    Source: TensorFlow API, train/Checkpoint. The file format is this package's own.
    """

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        self._root = root
        for name, value in kwargs.items():
            setattr(self, name, value)
        self.save_counter = Variable(0, dtype="int64", trainable=False, name="save_counter")

    def save(self, file_prefix: Any, options: Any = None) -> str:
        """Write ``<file_prefix>-<number>``, count on, and return that path.

        Args:
            file_prefix: Path without number; its directory is made.
            options: Nothing to decide.
        """
        self.save_counter.assign_add(1)
        path = f"{local(file_prefix)}-{int(self.save_counter.numpy())}"
        self.write(path)
        record_checkpoint(path)
        return path

    def write(self, file_prefix: Any, options: Any = None) -> str:
        """Write exactly this path, count nothing, and return it.

        Args:
            file_prefix: Path; its directory is made.
            options: Nothing to decide.
        """
        path = local(file_prefix)
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        import h5py  # type: ignore[import-untyped]  # 0.1 s that only files need

        with written_whole(path + SUFFIX) as place, h5py.File(place, "w") as file:
            file.attrs["format"] = _FORMAT
            for name, value in values_in(self._objects()).items():
                file.create_dataset(name, data=_array(value.read()))
                file[name].attrs["dtype"] = str(value.read().dtype)
        return path

    def restore(self, save_path: Any, options: Any = None) -> CheckpointStatus:
        """Give variables the values of a file.

        An optimizer that has no variables yet gets them when it is built, at the first step of training.

        Args:
            save_path: What :meth:`save` or :func:`latest_checkpoint` returned; None for nothing.
            options: Nothing to decide.

        Raises:
            NotFoundError: there is no such file.
            DataLossError: TensorFlow wrote it.
            FileContentError: the file is broken.
            ValueError: a variable has another shape than in the file, or a layer is not built yet.
        """
        if save_path is None:
            return CheckpointStatus(set(), set(), "nothing")
        path = find_checkpoint(save_path)
        return _read(path, values_in(self._objects()), self._objects())

    read = restore

    def sync(self) -> None:
        """Wait until everything is saved, which it is."""

    def _objects(self) -> dict[str, Any]:
        named = {name: value for name, value in vars(self).items() if name != "_root"}
        if self._root is None:
            return named
        root = self._root if isinstance(self._root, dict) else {"root": self._root}
        return {**named, **root}


class CheckpointStatus:
    """What a restore found.

    Args:
        missing: Paths of variables that the file does not hold.
        unused: Paths in the file for which there is no variable.
        path: The file.
    """

    def __init__(self, missing: set[str], unused: set[str], path: str) -> None:
        self._missing = missing
        self._unused = unused
        self._path = path

    def assert_consumed(self) -> CheckpointStatus:
        """Return the status.

        Raises:
            AssertionError: values are missing, or not used.
        """
        if self._unused:
            raise AssertionError(f"Unresolved object in checkpoint {self._path!r}: {sorted(self._unused)[:5]}")
        return self.assert_existing_objects_matched()

    def assert_existing_objects_matched(self) -> CheckpointStatus:
        """Return the status.

        Raises:
            AssertionError: variables got no value.
        """
        if self._missing:
            raise AssertionError(f"No value in checkpoint {self._path!r} for: {sorted(self._missing)[:5]}")
        return self

    def assert_nontrivial_match(self) -> CheckpointStatus:
        """Return the status."""
        return self

    def expect_partial(self) -> CheckpointStatus:
        """Return the status: what does not match is not warned of."""
        return self

    def initialize_or_restore(self, session: Any = None) -> None:
        """Do nothing: values are restored at once."""

    run_restore_ops = initialize_or_restore


def find_checkpoint(save_path: Any) -> str:
    """Return the file of a path without suffix.

    Raises:
        NotFoundError: there is none.
        DataLossError: TensorFlow wrote it.
    """
    path = local(save_path)
    for candidate in (path + SUFFIX, path):
        if os.path.isfile(candidate) and candidate.endswith(SUFFIX):
            return candidate
    if os.path.exists(path + ".index"):
        raise DataLossError(
            f"{path!r} is a checkpoint that TensorFlow wrote. `model.load_weights({path!r})` reads it into a model and "
            "its optimizer, and `tf.train.load_checkpoint` gives its arrays."
        )
    raise NotFoundError(f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {path}")


def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """Return names and shapes of the variables of a checkpoint.

    Raises:
        NotFoundError: there is no such file.
        FileContentError: the file is broken.
    """
    return sorted(
        (name, shape) for name, shape in load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items()
    )


def load_variable(ckpt_dir_or_file: Any, name: str) -> Any:
    """Return the values of a variable of a checkpoint as an array.

    Raises:
        NotFoundError: there is no such file or variable.
        FileContentError: the file is broken.
    """
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name)


def load_checkpoint(ckpt_dir_or_file: Any) -> CheckpointReader | BundleReader:
    """Return a reader of a checkpoint, of this package's or of TensorFlow's format.

    Raises:
        NotFoundError: there is no such file.
        FileContentError: the file is broken.
    """
    place = local(ckpt_dir_or_file)
    if os.path.isdir(place):
        place = latest_checkpoint(place) or place
    if os.path.isfile(place + ".index") and not os.path.isfile(place + SUFFIX):
        return BundleReader(place)
    return CheckpointReader(find_checkpoint(place))


class BundleReader:
    """The variables of a checkpoint that TensorFlow wrote.

    Args:
        prefix: What the names of its files begin with.
    """

    def __init__(self, prefix: str) -> None:
        self._bundle = Bundle(prefix)

    def get_tensor(self, tensor_str: str) -> Any:
        """Return the values of a variable as an array, those of bfloat16 as float32; a text as bytes.

        Raises:
            NotFoundError: there is no such variable.
            FileContentError: they are broken.
        """
        if tensor_str not in self._bundle.entries:
            raise NotFoundError(f"Key {tensor_str} not found in checkpoint")
        if self._bundle.entries[tensor_str].dtype == STRING:
            return self._bundle.read_text(tensor_str)
        found = self._bundle.read(tensor_str)
        return (found.float() if found.dtype is torch.bfloat16 else found).numpy()

    def has_tensor(self, tensor_str: str) -> bool:
        """Return whether there is such a variable."""
        return tensor_str in self._bundle.entries

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """Return the shapes by name."""
        return {name: list(entry.shape) for name, entry in self._bundle.entries.items()}

    def get_variable_to_dtype_map(self) -> dict[str, Any]:
        """Return the dtypes by name, of arrays as `get_tensor` returns them."""
        kinds = {**DTYPES, BFLOAT16: "<f4"}
        return {name: np.dtype(kinds.get(entry.dtype, "O")) for name, entry in self._bundle.entries.items()}


class CheckpointReader:
    """The variables of a checkpoint.

    Args:
        path: The file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        with _opened(path) as arrays:
            self._shapes = {name: list(one.shape) for name, one in arrays.items()}
            self._dtypes = {name: one.dtype for name, one in arrays.items()}

    def get_tensor(self, tensor_str: str) -> Any:
        """Return the values of a variable as an array; those of bfloat16 as float32.

        Raises:
            NotFoundError: there is no such variable.
            FileContentError: they are not plain numbers.
        """
        with _opened(self._path) as arrays:
            if tensor_str not in arrays:
                raise NotFoundError(f"Key {tensor_str} not found in checkpoint")
            found = _tensor(arrays[tensor_str], tensor_str, self._path)
            return (found.float() if found.dtype is torch.bfloat16 else found).numpy()

    def has_tensor(self, tensor_str: str) -> bool:
        """Return whether there is such a variable."""
        return tensor_str in self._shapes

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """Return the shapes by name."""
        return dict(self._shapes)

    def get_variable_to_dtype_map(self) -> dict[str, Any]:
        """Return the dtypes by name."""
        return dict(self._dtypes)


def _array(values: torch.Tensor) -> np.ndarray:
    plain = values.cpu()
    return (plain.view(torch.int16) if plain.dtype is torch.bfloat16 else plain).numpy()


@contextlib.contextmanager
def _opened(path: str) -> Iterator[dict[str, Any]]:
    """The arrays of a file by their paths, unread."""
    with opened_h5(path) as file:
        if file.attrs.get("format") != _FORMAT:
            raise FileContentError(f"{path!r} is an HDF5 file, and not a checkpoint of `tf.train.Checkpoint`.")
        found: dict[str, Any] = {}
        file.visititems(lambda name, one: found.update({name: one}) if hasattr(one, "dtype") else None)
        yield found


def _numbers(stored: Any, name: str, path: str) -> np.ndarray:
    """The values of an array, read only if they lie in the file as they are: so it takes no more memory than the file.

    Raises:
        FileContentError: they are compressed, elsewhere, or no numbers.
    """
    size = math.prod(stored.shape) * stored.dtype.itemsize
    if stored.dtype.kind not in "biufc" or stored.chunks or stored.is_virtual or stored.external:
        raise FileContentError(f"{path!r} holds something else than plain numbers as {name!r}.")
    if size and stored.id.get_storage_size() != size:
        raise FileContentError(f"{path!r} does not hold all numbers of {name!r}.")
    return np.array(stored[()])


def _tensor(stored: Any, name: str, path: str) -> torch.Tensor:
    array = torch.from_numpy(_numbers(stored, name, path))
    return array.view(torch.bfloat16) if stored.attrs.get("dtype") == "torch.bfloat16" else array


def _read(path: str, values: dict[str, Value], objects: dict[str, Any]) -> CheckpointStatus:
    with _opened(path) as arrays:
        names = set(arrays)
        _check_layers(path, objects, names, set(values))
        new = {name: _checked(arrays[name], values[name], name, path) for name in sorted(names & set(values))}
    later = {
        prefix: optimizer
        for prefix, optimizer in unbuilt_optimizers(objects)
        if any(name.startswith(prefix + "/variables/") for name in names)
    }
    for name, array in new.items():
        values[name].write(array)
    for prefix, optimizer in later.items():
        _restore_when_built(path, prefix, optimizer)
    unused = {name for name in names - set(values) if not any(name.startswith(f"{prefix}/") for prefix in later)}
    counter = {"save_counter/value"}
    return CheckpointStatus(set(values) - names - counter, unused - counter, path)


def _checked(stored: Any, value: Value, name: str, path: str) -> torch.Tensor:
    """The values in a file, if they have the shape of the variable that takes them."""
    current = value.read()
    if tuple(stored.shape) != tuple(current.shape):
        raise ValueError(
            f"Received incompatible tensor with shape {tuple(stored.shape)} when attempting to restore variable with "
            f"shape {tuple(current.shape)} and name {name!r} from {path!r}. Make the objects as they were saved."
        )
    return _tensor(stored, name, path).to(current.dtype)


def _check_layers(path: str, objects: dict[str, Any], names: set[str], known: set[str]) -> None:
    for prefix, layer in unbuilt_layers(objects):
        if any(name.startswith(f"{prefix}/weights/") and name not in known for name in names):
            raise ValueError(
                f"The {type(layer).__name__} at {prefix!r} has no weights yet, and {path!r} has values for them. "
                "Build it before `restore`: call it on a batch, or `build(input_shape)`."
            )


def _restore_when_built(path: str, prefix: str, optimizer: Any) -> None:
    build = optimizer.build

    def build_and_restore(variables: Any) -> None:
        del optimizer.build
        build(variables)
        values = values_in({prefix: optimizer})
        with _opened(path) as arrays:
            for name in sorted(set(values) & set(arrays)):
                values[name].write(_checked(arrays[name], values[name], name, path))

    optimizer.build = build_and_restore
