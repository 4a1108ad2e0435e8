"""Elements kept in memory or in files: ``cache``, ``save``, ``load``, ``snapshot``.

The elements are a TFRecord file: a record for each of them, which holds a message ``TensorProto`` for each leaf. Beside
it lies, in JSON, their structure. The format is this package's own, and nothing in it is run when it is read.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torchkeras_compat.data import stages
from torchkeras_compat.dialects.tensorflow.data.chain import Chain
from torchkeras_compat.dialects.tensorflow.elements.structures import flatten, pack
from torchkeras_compat.dialects.tensorflow.errors import DataLossError, NotFoundError
from torchkeras_compat.dialects.tensorflow.io import wire
from torchkeras_compat.dialects.tensorflow.io.gfile import local
from torchkeras_compat.dialects.tensorflow.io.records import TFRecordWriter, compression_of, read_records
from torchkeras_compat.dialects.tensorflow.io.tensors import read_tensor, tensor_message

if TYPE_CHECKING:
    from torchkeras_compat.dialects.tensorflow.data.dataset import Dataset

_RECORDS, _STRUCTURE = "elements.tfrecord", "dataset.json"
_FORMAT = "torchkeras_compat dataset 1"
_LARGEST_STRUCTURE = 2**20
_DEEPEST = 32


class Storing(Chain):
    """Elements kept in memory or in files."""

    def cache(self, filename: Any = "", name: str | None = None) -> Dataset:
        """Return the same elements, kept from the first whole pass on.

        Args:
            filename: Where to keep them; empty for in memory. What lies there already is read, as with TensorFlow, so
                remove it when the elements change.
            name: Nothing is named.

        Raises:
            DataLossError: later, the file is broken.
        """
        path = local(filename) if filename is not None else ""
        if not path and self._rows is not None and not self._passes:
            return self._then(self._start, rows=self._rows, is_quick=True)
        if not path:
            remembered = stages.Remembered(self._start)
            return self._then(remembered, is_quick=self._is_quick)
        return self._then(lambda: _cached(self._start, path), spec=lambda: self.element_spec)

    def save(
        self, path: Any, compression: str | None = None, shard_func: Any = None, checkpoint_args: Any = None
    ) -> None:
        """Write the elements into a directory, for :meth:`load`; TensorFlow cannot read it, and nor can this read its.

        Args:
            path: The directory; what was saved there before is replaced.
            compression: ``"GZIP"`` or None.
            shard_func: Must be None: there is one file.
            checkpoint_args: Must be None: a save that was interrupted begins again.

        Raises:
            ValueError: the dataset never ends, another compression, or one of the last two arguments.
            TypeError: elements that are datasets or sparse tensors.
        """
        if shard_func is not None or checkpoint_args is not None:
            raise ValueError("`shard_func` and `checkpoint_args` must be None: a dataset is saved into one file.")
        if self._length == math.inf:
            raise ValueError("The dataset never ends, so it cannot be saved. Call `take` on it first.")
        _write(self._start(), local(path), compression_of(compression), self.is_batched)

    @classmethod
    def load(
        cls, path: Any, element_spec: Any = None, compression: str | None = None, reader_func: Any = None
    ) -> Dataset:
        """Return the elements that :meth:`save` wrote.

        Args:
            path: The directory.
            element_spec: Nothing to say: the file says it.
            compression: As it was saved; it is found by itself.
            reader_func: Called with a dataset of the datasets of all files, of which there is one; returns the dataset.

        Raises:
            NotFoundError: there is no such directory.
            DataLossError: the files are broken, or TensorFlow wrote them.
        """
        place = local(path)
        structure, facts = _read_structure(place)
        compression = compression_of(facts.get("compression"))
        count = facts.get("count")
        length = count if isinstance(count, int) and 0 <= count < 2**62 else None

        def start() -> Iterator[Any]:
            return _read(os.path.join(place, _RECORDS), structure, compression)

        found: Dataset = cls.kind(start, length, is_batched=facts.get("is_batched") is True)
        if reader_func is None:
            return found
        made: Dataset = reader_func(cls.kind(lambda: iter([found]), 1)).flat_map(lambda one: one)
        return made

    def snapshot(
        self,
        path: Any,
        compression: str = "AUTO",
        reader_func: Any = None,
        shard_func: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """Return the same elements, written to a directory in the first pass and read from it in all others.

        Args:
            path: The directory. What lies there already is read.
            compression: ``"GZIP"``, ``"AUTO"`` or None for none.
            reader_func: Must be None.
            shard_func: Must be None.
            name: Nothing is named.

        Raises:
            ValueError: another compression, or one of the functions.
        """
        if reader_func is not None or shard_func is not None:
            raise ValueError("`reader_func` and `shard_func` must be None: a snapshot is one file.")
        place = local(path)
        kind = compression_of(None if compression in ("AUTO", "SNAPPY") else compression)

        def start() -> Iterator[Any]:
            if not os.path.exists(os.path.join(place, _STRUCTURE)):
                yield from _recorded(self._start(), place, kind, self.is_batched)
                return
            structure, facts = _read_structure(place)
            yield from _read(os.path.join(place, _RECORDS), structure, compression_of(facts.get("compression")))

        return self._then(start)


def structure_of(element: Any) -> Any:
    """Return the structure of an element as lists and dictionaries that JSON can hold: 0 is a leaf.

    Raises:
        TypeError: keys of a dictionary that are not strings, or leaves that are not tensors.
    """
    if isinstance(element, dict):
        if not all(isinstance(key, str) for key in element):
            raise TypeError(
                f"Only dictionaries with strings as keys can be saved. Received keys {list(element)!r:.200}"
            )
        return {key: structure_of(value) for key, value in element.items()}
    if isinstance(element, tuple):
        return [structure_of(part) for part in element]
    if not hasattr(element, "ndim"):
        raise TypeError(f"Elements of type {type(element).__name__} cannot be saved. Turn them into tensors first.")
    return 0


def element_record(element: Any) -> bytes:
    """Return an element as the bytes of a record."""
    return b"".join(wire.field(1, tensor_message(leaf)) for leaf in flatten(element))


def record_element(record: bytes, structure: Any) -> Any:
    """Return the element of a record.

    Raises:
        DataLossError: it is broken, or has other leaves than the structure.
    """
    leaves = [read_tensor(value) for _, _, value in wire.fields(record) if not isinstance(value, int)]
    if len(leaves) != len(flatten(structure)):
        raise DataLossError(f"A record has {len(leaves)} leaves, and its structure {len(flatten(structure))}.")
    return pack(structure, iter(leaves))


def _cached(source: Callable[[], Iterator[Any]], path: str) -> Iterator[Any]:
    if os.path.exists(os.path.join(path, _STRUCTURE)):
        structure, facts = _read_structure(path)
        return _read(os.path.join(path, _RECORDS), structure, compression_of(facts.get("compression")))
    return _recorded(source(), path, "", True)


def _recorded(elements: Iterator[Any], path: str, compression: str, is_batched: bool) -> Iterator[Any]:
    """Yield the elements and write them; only what was gone through to its end is kept."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    folder = tempfile.mkdtemp(prefix=os.path.basename(path) + ".", dir=os.path.dirname(os.path.abspath(path)))
    try:
        structure, count = None, 0
        with TFRecordWriter(os.path.join(folder, _RECORDS), compression) as writer:
            for element in elements:
                structure = structure_of(element) if structure is None else structure
                writer.write(element_record(element))
                count += 1
                yield element
        facts = {"format": _FORMAT, "structure": structure, "count": count, "compression": compression}
        with open(os.path.join(folder, _STRUCTURE), "w", encoding="utf-8") as file:
            json.dump({**facts, "is_batched": bool(is_batched)}, file)
        if os.path.isdir(path) and os.path.exists(os.path.join(path, _STRUCTURE)):
            shutil.rmtree(path)
        os.replace(folder, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(elements: Iterator[Any], path: str, compression: str, is_batched: bool) -> None:
    for _ in _recorded(elements, path, compression, is_batched):
        pass


def _read_structure(path: str) -> tuple[Any, dict[str, Any]]:
    name = os.path.join(path, _STRUCTURE)
    if not os.path.exists(name):
        if os.path.exists(os.path.join(path, "dataset_spec.pb")) or os.path.exists(
            os.path.join(path, "snapshot.metadata")
        ):
            raise DataLossError(
                f"{path!r} holds a dataset that TensorFlow saved, in a format that cannot be read here. Write it as "
                "TFRecord or NumPy files with TensorFlow first."
            )
        raise NotFoundError(f"There is no saved dataset at {path!r}.")
    with open(name, "rb") as file:
        text = file.read(_LARGEST_STRUCTURE + 1)
    try:
        if len(text) > _LARGEST_STRUCTURE:
            raise ValueError("it is too large")
        facts = json.loads(text)
        if not isinstance(facts, dict) or facts.get("format") != _FORMAT:
            raise ValueError("it is of another format")
        return _unlisted(facts["structure"]), facts
    except (ValueError, KeyError, RecursionError) as error:
        raise DataLossError(f"{name!r} cannot be read: {error}.") from error


def _unlisted(structure: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deep")
    if isinstance(structure, dict):
        return {str(key): _unlisted(value, depth + 1) for key, value in structure.items()}
    if isinstance(structure, list):
        return tuple(_unlisted(part, depth + 1) for part in structure)
    return 0


def _read(path: str, structure: Any, compression: str) -> Iterator[Any]:
    for record in read_records(path, compression):
        yield record_element(record, structure)
