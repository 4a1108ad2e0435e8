"""The `.weights.json` format: the arrays of a model in several HDF5 files, and a list of which are where."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.atomic import OLD, remove_leftovers, saying_what_is_full, sync, work_folder
from torchkeras_compat.saving.file_limits import current_limits, parsed_json_file, too_much
from torchkeras_compat.saving.open_h5 import check_is_file, new_h5, opened_h5
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.saving.stores import child
from torchkeras_compat.saving.weights_h5 import LoadingPlan, size_of_weights, write_weights


def save_shards(model: Any, path: str, max_shard_size: float, objects_to_skip: Iterable[Any] = ()) -> None:
    """Write the weights of a model as files of limited size beside ``path``, and the list of them as ``path``.

    Args:
        model: Layer or model, built.
        path: Name that ends in ``.weights.json``.
        max_shard_size: Largest size of the arrays in each file, in GB.
        objects_to_skip: Layers that are left out, with what lies below them.

    Raises:
        ValueError: an array is larger than that.
    """
    if isinstance(max_shard_size, bool) or not isinstance(max_shard_size, (int, float)) or max_shard_size <= 0:
        raise ValueError(f"`max_shard_size` is a positive number of GB. Received: {max_shard_size!r}")
    target = Path(os.path.realpath(path))
    stem = _stem(target)
    with (
        saying_what_is_full(path, functools.partial(size_of_weights, model)),
        work_folder(target, functools.partial(_take_back, target)) as folder,
    ):
        writer = ShardWriter(folder, stem, int(max_shard_size * 1024**3))
        with writer:
            write_weights(model, writer, objects_to_skip)
        listing = {"metadata": {"total_size": writer.total_size}, "weight_map": writer.weight_map}
        (folder / target.name).write_text(json.dumps(listing, indent=4))
        for name in (*writer.names, target.name):
            sync(folder / name)
        _take_the_place(target, folder, writer.names)


def _take_the_place(target: Path, folder: Path, names: list[str]) -> None:
    """Move new files, the list last, to where older ones are.

    While they are moved there is no list, so that nobody reads files of two models as one; `_take_back` finds what was
    there in the folder ``.old`` when the process is killed before the end.
    """
    old = folder / OLD
    old.mkdir()
    try:
        for name in dict.fromkeys([target.name, *_shards_in(target), *names]):
            if (target.parent / name).exists():
                os.replace(target.parent / name, old / name)
        for name in (*names, target.name):
            os.replace(folder / name, target.parent / name)
    except BaseException:
        _take_back(target, folder)
        raise
    sync(target.parent)


def _take_back(target: Path, folder: Path) -> None:
    """Put back what was there before, if the new list is not in its place."""
    listing, old = folder / target.name, folder / OLD
    if not listing.exists() or not old.exists():
        return
    for name in _shards_in(listing):
        if not (folder / name).exists():
            (target.parent / name).unlink(missing_ok=True)
    for part in sorted(old.iterdir(), key=lambda part: part.name == target.name):  # the list last
        os.replace(part, target.parent / part.name)


def _stem(target: Path) -> str:
    return target.name.removesuffix(".weights.json")


def _shards_in(listing: Path) -> list[str]:
    """The files that a list names, those that have the names of shards; none where there is no such list."""
    own = re.compile(re.escape(_stem(listing)) + r"_[0-9]{5}\.weights\.h5")
    try:
        return [path.name for path in shards_of(str(listing)) if own.fullmatch(path.name)]
    except (OSError, ValueError):
        return []


class ShardWriter(contextlib.ExitStack):
    """The root that `write_weights` writes to: begins a new file when the next array would make one too large.

    Args:
        folder: Folder of the files.
        stem: What their names begin with.
        limit: Largest number of bytes of the arrays in one file.
    """

    def __init__(self, folder: Path, stem: str, limit: int) -> None:
        super().__init__()
        self.folder = folder
        self.stem = stem
        self.limit = limit
        self.names: list[str] = []
        self.weight_map: dict[str, list[str]] = {}
        self.total_size = 0
        self.size = 0
        self.file: Any = None

    def begin(self) -> None:
        """Go on with a new file."""
        self.close()
        self.names.append(f"{self.stem}_{len(self.names):05d}.weights.h5")
        self.file = self.enter_context(new_h5(self.folder / self.names[-1]))
        self.size = 0

    def require_group(self, path: str) -> _ShardedGroup:
        """Return what stands for a group over all files."""
        if self.file is None:
            self.begin()
        return _ShardedGroup(self, path)


class _ShardedGroup:
    """A group that may be spread over files."""

    def __init__(self, writer: ShardWriter, path: str) -> None:
        self.writer = writer
        self.path = path
        self.attrs = writer.file.require_group(path).attrs

    def create_dataset(self, key: str, data: np.ndarray) -> None:
        """Write an array into the current file, or into a new one."""
        writer = self.writer
        if data.nbytes > writer.limit:
            raise ValueError(
                f"The array {self.path}/{key} has {data.nbytes} bytes, more than one file may hold ({writer.limit})."
                " Increase `max_shard_size`."
            )
        if writer.size + data.nbytes > writer.limit:
            writer.begin()
        writer.file.require_group(self.path).create_dataset(key, data=data)
        writer.size += data.nbytes
        writer.total_size += data.nbytes
        places = writer.weight_map.setdefault(f"/{self.path}", [])
        if writer.names[-1] not in places:
            places.append(writer.names[-1])

    def __getitem__(self, key: str) -> Any:
        return self.writer.file[self.path][key]


def load_shards(model: Any, path: str, skip_mismatch: bool = False, objects_to_skip: Iterable[Any] = ()) -> None:
    """Set the weights of a model from the files that ``path`` lists.

    Args:
        model: Layer or model, built.
        path: Name that ends in ``.weights.json``.
        skip_mismatch: Whether layers that the files do not fit keep their values, with a warning.
        objects_to_skip: Layers that keep their values.

    Raises:
        FileNotFoundError: the list or a file is missing.
        FileContentError: one of them is broken, or they do not fit; nothing has been changed.
    """
    target = Path(os.path.realpath(path))
    if not target.exists() and target.parent.is_dir():  # a process that was replacing the files may have been killed
        remove_leftovers(target, functools.partial(_take_back, target))
    with reading(path), contextlib.ExitStack() as stack:
        files = [stack.enter_context(opened_h5(name)) for name in shards_of(path)]
        LoadingPlan(model, _Merged(files), path, skip_mismatch, objects_to_skip).carry_out()


def shards_of(path: str) -> list[Path]:
    """Return the files that a list names, each once, in order; whether they exist is not looked at.

    Args:
        path: Name that ends in ``.weights.json``.

    Raises:
        FileNotFoundError: the list is missing.
        FileContentError: it is malformed, or names something that does not lie beside it.
        FileLimitError: it is too long, or names too many files.
    """
    check_is_file(path, "a list of weight files")
    listing = parsed_json_file(path)
    weight_map = listing.get("weight_map") if isinstance(listing, dict) else None
    if not isinstance(weight_map, dict):
        raise FileContentError(
            f"{path!r} is not a list of weight files: it has no `weight_map`. Save the weights again."
        )
    names: dict[str, None] = {}
    for name in (n for value in weight_map.values() for n in _as_list(value)):
        if not isinstance(name, str) or Path(name).name != name or "\\" in name or "\0" in name:
            raise FileContentError(f"{path!r} lists {name!r}, which is not the name of a file beside it.")
        names[name] = None
    limit = current_limits().members
    if len(names) > limit:
        raise too_much(f"{path!r} lists {len(names):,} files", "members", limit)
    folder = Path(os.path.realpath(path)).parent
    return [_beside(folder, name, path) for name in names]


def _beside(folder: Path, name: str, path: str) -> Path:
    real = Path(os.path.realpath(folder / name))
    if real.parent != folder:
        raise FileContentError(
            f"{path!r} lists {name!r}, which is a link that leads out of its folder. Copy the file itself there."
        )
    return real


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class _Merged:
    """Groups of the same path in several files, as one group."""

    def __init__(self, groups: list[Any]) -> None:
        self.groups = groups
        self.name = groups[0].name if groups else "/"

    def keys(self) -> list[str]:
        return list(dict.fromkeys(key for group in self.groups for key in group.keys()))

    def __len__(self) -> int:
        return len(self.keys())

    def get(self, name: str, getlink: bool = False) -> Any:
        """Return the link to the first ``name``."""
        for group in self.groups:
            link = group.get(name, getlink=getlink)
            if link is not None:
                return link
        return None

    def __getitem__(self, name: str) -> Any:
        found = [child(group, name) for group in self.groups]
        found = [f for f in found if f is not None]
        return found[0] if hasattr(found[0], "shape") else _Merged(found)
