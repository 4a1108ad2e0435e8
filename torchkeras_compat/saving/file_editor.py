"""`KerasFileEditor`: look into a file of weights, compare it with a model, and change it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError, nearest
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.saving.contents import Content, content_of, is_of_layers
from torchkeras_compat.saving.file_limits import FileLimits
from torchkeras_compat.saving.h5_walk import declared_bytes, walk
from torchkeras_compat.saving.keras_archive import METADATA, WEIGHTS, KerasArchive
from torchkeras_compat.saving.open_h5 import new_h5, opened_h5
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.saving.stores import ArrayWriter, read_array
from torchkeras_compat.saving.weights_h5 import write_weights


class KerasFileEditor:
    """The weights of a `.keras` or `.weights.h5` file, to look at, compare and change; :meth:`save` writes a new file.

    Args:
        filepath: File.
        limits: What the file may ask for, see `FileLimits`; None for the defaults.

    Attributes:
        weights_dict: Arrays in nested dicts, by the names of the objects in the file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is of another format.
        FileContentError: it is broken.
        FileLimitError: it holds, or claims to hold, more than the limits allow.

    Example:
        >>> import tempfile
        >>> import torchkeras_compat as keras
        >>> path = f"{tempfile.mkdtemp()}/a.weights.h5"
        >>> keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]).save_weights(path)
        >>> editor = KerasFileEditor(path)
        >>> editor.rename_object("dense", new_name="hidden")
        >>> editor.summary()  # doctest: +ELLIPSIS
        Weights of ...
          layers
            hidden
              0: shape=(2, 3), dtype=float32
              1: shape=(3,), dtype=float32

    Source: Keras API, saving/KerasFileEditor.
    """

    def __init__(self, filepath: str | os.PathLike[str], limits: FileLimits | None = None) -> None:
        self.filepath = os.fspath(filepath)
        self.metadata: dict[str, Any] | None = None
        content = content_of(self.filepath)
        is_h5 = content is Content.HDF5 and self._is_new_h5()
        if content in (Content.KERAS_ZIP, Content.KERAS_FOLDER) or (self.filepath.endswith(".keras") and not is_h5):
            if not os.path.exists(self.filepath):
                raise FileNotFoundError(f"File not found: {self.filepath!r}. Check the name and the folder.")
            with reading(self.filepath, limits), KerasArchive(self.filepath) as archive:
                if METADATA in archive.names():
                    self.metadata = archive.json(METADATA)
                with archive.opened_weights() as root:
                    self.weights_dict = _arrays(root, archive.sizes(WEIGHTS)[1])
        elif is_h5 or self.filepath.endswith(".weights.h5"):
            with reading(self.filepath, limits), opened_h5(self.filepath) as root:
                self.weights_dict = _arrays(root, os.path.getsize(self.filepath))
        else:
            raise ValueError(
                f"Invalid filename: expected a `.keras` or `.weights.h5` extension. Received: filepath={self.filepath}"
            )

    def _is_new_h5(self) -> bool:
        with opened_h5(self.filepath) as root:
            return not is_of_layers(root, self.filepath)

    def summary(self) -> None:
        """Print the objects in the file and the shapes of their arrays."""
        version = f" (saved with Keras {self.metadata.get('keras_version')})" if self.metadata else ""
        print(f"Weights of {self.filepath!r}{version}")
        for depth, name, value in _lines(self.weights_dict, 1):
            array = "" if isinstance(value, dict) else f": shape={value.shape}, dtype={value.dtype}"
            print(f"{'  ' * depth}{name}{array}")

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Compare the file with a model, and print what differs.

        Args:
            reference_model: Model, built.

        Returns:
            ``{"status": "success" or "error", "error_count": ..., "match_count": ...}``.
        """
        writer = _Recorder()
        write_weights(reference_model, writer)
        expected, found = writer.arrays(), dict(_leaves(self.weights_dict, ""))
        differences = [
            *(f"{path} is in the model, and missing in the file" for path in _missing(expected, found)),
            *(f"{path} is in the file, and missing in the model" for path in _missing(found, expected)),
            *(
                f"{path} has shape {expected[path].shape} in the model, and {found[path].shape} in the file"
                for path in expected.keys() & found.keys()
                if expected[path].shape != found[path].shape
            ),
        ]
        matches = sum(found[p].shape == expected[p].shape for p in expected.keys() & found.keys())
        for difference in differences:
            print(f"{difference}.")
        print(f"{matches} arrays fit the model, {len(differences)} differences.")
        status = "error" if differences else "success"
        return {"status": status, "error_count": len(differences), "match_count": matches}

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Give an object another name.

        Args:
            object_name: Name, or path with ``/``.
            new_name: Name without ``/``.

        Raises:
            ValueError: no object, or several, have the name, or the new one is taken or holds ``/``.
        """
        parent, name = self._find(object_name)
        if not new_name or "/" in new_name or new_name in parent:
            raise ValueError(
                f"`new_name` is a name without `/` that is not taken. Received: {new_name!r}; taken: {sorted(parent)}"
            )
        items = [(new_name if key == name else key, value) for key, value in parent.items()]
        parent.clear()
        parent.update(items)

    def delete_object(self, object_name: str) -> None:
        """Take an object and what lies below it out.

        Raises:
            ValueError: no object, or several, have the name.
        """
        parent, name = self._find(object_name)
        del parent[name]

    def add_object(self, object_path: str, weights: Mapping[str, Any]) -> None:
        """Put an object in.

        Args:
            object_path: Path with ``/``: ``"layers/dense_2"``.
            weights: Arrays by key: ``{"0": kernel, "1": bias}``.

        Raises:
            ValueError: there is such an object, or a value is not an array.
        """
        arrays = {str(key): _array(value) for key, value in weights.items()}
        *parents, name = object_path.strip("/").split("/")
        place = self.weights_dict
        for part in parents:
            place = place.setdefault(part, {})
        if name in place:
            raise ValueError(f"The file has an object {object_path!r} already. Delete it first, or use `add_weights`.")
        place[name] = arrays

    def add_weights(self, object_name: str, weights: Mapping[str, Any]) -> None:
        """Put arrays into an object, in place of those of the same key.

        Args:
            object_name: Name, or path with ``/``.
            weights: Arrays by key.

        Raises:
            ValueError: no object, or several, have the name, or a value is not an array.
        """
        arrays = {str(key): _array(value) for key, value in weights.items()}
        parent, name = self._find(object_name)
        parent[name].update(arrays)

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Take one array of an object out.

        Raises:
            ValueError: there is no such object or array.
        """
        parent, name = self._find(object_name)
        if isinstance(parent[name].get(str(weight_name)), (dict, type(None))):
            known = [key for key, value in parent[name].items() if not isinstance(value, dict)]
            raise ValueError(f"Weight {weight_name} not found in object {object_name}. Weights found: {known}")
        del parent[name][str(weight_name)]

    def save(self, filepath: str | os.PathLike[str]) -> None:
        """Write the weights as a `.weights.h5` file.

        Raises:
            ValueError: the name ends otherwise.
        """
        path = os.fspath(filepath)
        if not path.endswith(".weights.h5"):
            raise ValueError(
                f"Invalid `filepath` argument: expected a `.weights.h5` extension. Received: filepath={path}"
            )
        with written_whole(path) as temporary, new_h5(temporary) as file:
            for place, array in _leaves(self.weights_dict, ""):
                group, key = place.rsplit("/", 1)
                ArrayWriter(file.require_group(f"{group}/vars"))[key] = array

    def resave_weights(self, filepath: str | os.PathLike[str]) -> None:
        """The same as :meth:`save`."""
        self.save(filepath)

    def _find(self, object_name: str) -> tuple[dict[str, Any], str]:
        """The dict that holds an object, and its key there."""
        wanted = object_name.strip("/")
        objects = {path.strip("/"): place for path, place in _objects(self.weights_dict, "")}
        found = [path for path in objects if path == wanted] or [p for p in objects if p.endswith(f"/{wanted}")]
        if len(found) != 1:
            why = f"is the name of several: {found}. Use the path" if found else "does not appear in the file"
            known = [path.rsplit("/", 1)[-1] for path in objects]
            raise ValueError(f"The object name {object_name!r} {why}.{nearest(wanted, known) if not found else ''}")
        return objects[found[0]], found[0].rsplit("/", 1)[-1]


class _Recorder:
    """The root that `write_weights` writes to when only the arrays are wanted."""

    def __init__(self) -> None:
        self.groups: dict[str, _RecordedGroup] = {}

    def require_group(self, path: str) -> _RecordedGroup:
        return self.groups.setdefault(path, _RecordedGroup())

    def arrays(self) -> dict[str, np.ndarray]:
        found = {}
        for path, group in self.groups.items():
            place = "/" + path.removesuffix("vars").strip("/")
            found.update({f"{place.rstrip('/')}/{key}": array for key, array in group.items()})
        return found


class _RecordedGroup(dict):
    """Stands for an `h5py.Group`."""

    def __init__(self) -> None:
        super().__init__()
        self.attrs: dict[str, Any] = {}

    def create_dataset(self, key: str, data: np.ndarray) -> None:
        self[key] = _Array(data)


class _Array(np.ndarray):
    """An array that takes attributes, as a dataset does."""

    def __new__(cls, data: np.ndarray) -> _Array:
        found = np.asarray(data).view(cls)
        found.attrs = {}  # type: ignore[attr-defined]
        return found


def _arrays(root: Any, stored: int) -> dict[str, Any]:
    """Read all arrays of a file of ``stored`` bytes; groups without arrays, and the names `vars`, are left out."""
    declared_bytes(root, stored)
    found: dict[str, Any] = {}
    for path, inside in walk(root):
        if hasattr(inside, "keys"):
            continue
        *groups, name = path
        place = found
        for group in groups:
            place = place if group == "vars" else place.setdefault(group, {})
            if not isinstance(place, dict):
                raise FileContentError(
                    f"{inside.name}: a group has the name of an array beside it. Rename one of them."
                )
        place[name] = read_array(inside)
    return found


def _lines(place: dict[str, Any], depth: int) -> Iterator[tuple[int, str, Any]]:
    for name, value in place.items():
        yield depth, name, value
        if isinstance(value, dict):
            yield from _lines(value, depth + 1)


def _leaves(place: dict[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, value in place.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}/{name}")
        else:
            yield f"{path}/{name}", value


def _objects(place: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in place.items():
        if isinstance(value, dict):
            yield f"{path}/{name}", place
            yield from _objects(value, f"{path}/{name}")


def _missing(some: Mapping[str, Any], others: Mapping[str, Any]) -> list[str]:
    """Objects, else arrays, that are in ``some`` and not in ``others``."""
    known = {path.rsplit("/", 1)[0] for path in others}
    found: list[str] = []
    for path in some:
        owner = path.rsplit("/", 1)[0]
        wanted = path if owner in known else owner
        if path not in others and wanted not in found:
            found.append(wanted)
    return found


def _array(value: Any) -> np.ndarray:
    found = np.asarray(value)
    if found.dtype.kind not in "fiubc":
        raise ValueError(f"Weights are arrays of numbers. Received: {value!r}")
    return found
