"""``tf.lookup``: tables from keys to values."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf, is_strings, presented
from torchkeras_compat.dialects.tensorflow.io.gfile import open_to_read
from torchkeras_compat.dialects.tensorflow.strings.conversion import to_hash_bucket_fast


class TextFileIndex:
    """Which part of a line is meant: all of it, or its number; a column is said by its place."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class KeyValueTensorInitializer:
    """Keys and values for a table.

    Args:
        keys: Strings or integers.
        values: As many strings or numbers.
        key_dtype: Dtype of the keys; None for their own.
        value_dtype: Dtype of the values; None for their own.
        name: Nothing is named.

    Raises:
        ValueError: another number of values than keys.
    """

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        self._keys, self._values = _cast(keys, key_dtype), _cast(values, value_dtype)
        if self._keys.shape != self._values.shape:
            raise ValueError(f"{len(self._keys)} keys and {len(self._values)} values do not make pairs.")
        self.key_dtype, self.value_dtype = as_dtype(self._keys.dtype), as_dtype(self._values.dtype)

    def pairs(self) -> tuple[Any, Any]:
        """Return keys and values."""
        return self._keys, self._values


class TextFileInitializer:
    """Keys and values for a table, in the lines of a file.

    Args:
        filename: The file.
        key_dtype: Dtype of the keys.
        key_index: Column of the keys, or a value of :class:`TextFileIndex`.
        value_dtype: Dtype of the values.
        value_index: Column of the values, or a value of :class:`TextFileIndex`.
        vocab_size: Lines to read; None for all.
        delimiter: What stands between columns.
        name: Nothing is named.
        value_index_offset: Added to line numbers that are values.

    Raises:
        NotFoundError: later: there is no such file.
        ValueError: later: a line without the column, or fewer lines than ``vocab_size``.
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
        value_index_offset: int = 0,
    ) -> None:
        self._filename = filename
        self._columns = (int(key_index), int(value_index))
        self.key_dtype, self.value_dtype = as_dtype(key_dtype), as_dtype(value_dtype)
        self._count = vocab_size
        self._delimiter = delimiter.encode()
        self._offset = value_index_offset

    def pairs(self) -> tuple[Any, Any]:
        """Return keys and values."""
        with open_to_read(self._filename) as file:
            lines = file.read().decode().splitlines()
        lines = lines if self._count is None else lines[: self._count]
        if self._count is not None and len(lines) < self._count:
            raise ValueError(f"Invalid vocab_size in {self._filename}: expected {self._count} but got {len(lines)}.")
        keys = [self._field(line, number, self._columns[0]) for number, line in enumerate(lines)]
        values = [self._field(line, number, self._columns[1]) for number, line in enumerate(lines)]
        if self._columns[1] == TextFileIndex.LINE_NUMBER:
            values = [value + self._offset for value in values]
        return _typed(keys, self.key_dtype), _typed(values, self.value_dtype)

    def _field(self, line: str, number: int, column: int) -> Any:
        if column == TextFileIndex.WHOLE_LINE:
            return line
        if column == TextFileIndex.LINE_NUMBER:
            return number
        fields = line.split(self._delimiter.decode())
        if not 0 <= column < len(fields):
            raise ValueError(
                f"Line {number} of {self._filename} has {len(fields)} columns, and column {column} is asked for."
            )
        return fields[column]


class StaticHashTable:
    """A table from keys to values, with a value for keys that it does not hold.

    Args:
        initializer: Keys and values: :class:`KeyValueTensorInitializer` or :class:`TextFileInitializer`.
        default_value: Value for other keys.
        name: Nothing is named.
        experimental_is_anonymous: Nothing to decide.

    Raises:
        ValueError: a key stands twice with two values.

    Example:
        >>> table = StaticHashTable(KeyValueTensorInitializer(["a", "b"], [0, 1]), -1)
        >>> table.lookup(["b", "x"]).numpy().tolist()
        [1, -1]

    Source: TensorFlow API, lookup/StaticHashTable.
    """

    def __init__(
        self, initializer: Any, default_value: Any, name: str | None = None, experimental_is_anonymous: bool = False
    ) -> None:
        keys, values = initializer.pairs()
        self.key_dtype, self.value_dtype = as_dtype(keys.dtype), as_dtype(values.dtype)
        self._keys, self._values = keys, values
        self._table: dict[Any, int] = {}
        for place, key in enumerate(keys.reshape(-1).tolist()):
            earlier = self._table.setdefault(key, place)
            if earlier != place and values.reshape(-1)[earlier] != values.reshape(-1)[place]:
                raise ValueError(f"HashTable has different value for same key. Key {key!r} has two values.")
        self._default = _cast(default_value, self.value_dtype)
        self.default_value = presented(self._default)

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Return the values of keys.

        Raises:
            TypeError: keys of another dtype than those of the table.
        """
        found = absorbed_leaf(keys)
        if is_strings(found) != (self.key_dtype.name == "string"):
            raise TypeError(
                f"Dtype of argument `keys` must be {self.key_dtype.name}, received: {as_dtype(found.dtype).name}"
            )
        places = [self._table.get(key, -1) for key in found.reshape(-1).tolist()]
        if is_strings(self._values):
            flat = self._values.reshape(-1)
            result = np.array([flat[p] if p >= 0 else self._default[()] for p in places], dtype=object)
            return presented(result.reshape(found.shape))
        index = torch.tensor(places, dtype=torch.int64, device="cpu")
        every = torch.cat([self._values.reshape(-1), self._default.reshape(1)])
        return presented(every[index].reshape(tuple(found.shape)))  # -1 is the last: the default

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def size(self, name: str | None = None) -> Any:
        """Return the number of keys as an int64 tensor."""
        return presented(torch.tensor(len(self._table), dtype=torch.int64, device="cpu"))

    def export(self, name: str | None = None) -> tuple[Any, Any]:
        """Return all keys, and their values."""
        return presented(self._keys), presented(self._values)


class StaticVocabularyTable:
    """A table from strings to numbers, in which other strings get numbers behind the last by their hash.

    Args:
        initializer: Keys, and the numbers 0, 1, ... as values; None for none.
        num_oov_buckets: How many numbers other strings get, at least one.
        lookup_key_dtype: Dtype of keys; None for that of the initializer.
        name: Nothing is named.
        experimental_is_anonymous: Nothing to decide.

    Raises:
        ValueError: ``num_oov_buckets`` is not positive.

    Example:
        >>> table = StaticVocabularyTable(KeyValueTensorInitializer(["a"], np.array([0])), 1)
        >>> table.lookup(["a", "x"]).numpy().tolist()
        [0, 1]

    Source: TensorFlow API, lookup/StaticVocabularyTable.
    """

    def __init__(
        self,
        initializer: Any,
        num_oov_buckets: int,
        lookup_key_dtype: Any = None,
        name: str | None = None,
        experimental_is_anonymous: bool = False,
    ) -> None:
        if num_oov_buckets <= 0:
            raise ValueError(f"`num_oov_buckets` must be > 0. Received: num_oov_buckets={num_oov_buckets}")
        keys, values = (np.empty(0, object), None) if initializer is None else initializer.pairs()
        numbers = range(len(keys)) if values is None else values.reshape(-1).tolist()
        self._table = dict(zip(keys.reshape(-1).tolist(), numbers, strict=True))
        self.key_dtype = as_dtype("string" if initializer is None else keys.dtype)
        self.value_dtype = as_dtype("int64")
        self._buckets = int(num_oov_buckets)

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Return the numbers of keys, int64."""
        found = absorbed_leaf(keys)
        keys = found.reshape(-1).tolist()
        unknown = sorted({key for key in keys if key not in self._table}, key=str)
        texts = [key if isinstance(key, bytes) else str(key).encode() for key in unknown]
        buckets = to_hash_bucket_fast(texts, self._buckets).numpy().tolist() if texts else []
        others = {key: len(self._table) + bucket for key, bucket in zip(unknown, buckets, strict=True)}
        numbers = [int(self._table[key]) if key in self._table else others[key] for key in keys]
        return presented(torch.tensor(numbers, dtype=torch.int64, device="cpu").reshape(tuple(found.shape)))

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def size(self, name: str | None = None) -> Any:
        """Return the number of numbers as an int64 tensor: keys and buckets."""
        return presented(torch.tensor(len(self._table) + self._buckets, dtype=torch.int64, device="cpu"))


class MutableHashTable:
    """A table from keys to values that can be changed: ``MutableHashTable`` and ``DenseHashTable``.

    Args:
        key_dtype: Dtype of the keys.
        value_dtype: Dtype of the values.
        default_value: Value for keys that it does not hold.
        **kwargs: ``name``, and what a ``DenseHashTable`` takes: ``empty_key``, ``deleted_key``, which are not needed.

    Example:
        >>> table = MutableHashTable("string", "int64", -1)
        >>> table.insert(["a"], [5])
        >>> table.lookup(["a", "b"]).numpy().tolist()
        [5, -1]

    Source: TensorFlow API, lookup/experimental/MutableHashTable.
    """

    def __init__(self, key_dtype: Any, value_dtype: Any, default_value: Any, **kwargs: Any) -> None:
        self.key_dtype, self.value_dtype = as_dtype(key_dtype), as_dtype(value_dtype)
        self._default = _cast(default_value, self.value_dtype)
        self._table: dict[Any, Any] = {}

    def insert(self, keys: Any, values: Any, name: str | None = None) -> None:
        """Set the values of keys.

        Raises:
            ValueError: another number of values than keys.
        """
        found, new = absorbed_leaf(keys), _cast(values, self.value_dtype)
        rows = [new] if found.ndim == 0 else list(new)
        flat = found.reshape(-1).tolist()
        if len(flat) != len(rows):
            raise ValueError(f"{len(flat)} keys and {len(rows)} values do not make pairs.")
        self._table.update(zip(flat, rows, strict=True))

    def remove(self, keys: Any, name: str | None = None) -> None:
        """Forget keys; those that it does not hold are passed over."""
        for key in absorbed_leaf(keys).reshape(-1).tolist():
            self._table.pop(key, None)

    erase = remove

    def lookup(self, keys: Any, dynamic_default_values: Any = None, name: str | None = None) -> Any:
        """Return the values of keys.

        Args:
            keys: The keys.
            dynamic_default_values: A value for each key that may be missing; None for that of the table.
            name: Nothing is named.
        """
        found = absorbed_leaf(keys)
        flat = found.reshape(-1).tolist()
        others = [self._default] * len(flat)
        if dynamic_default_values is not None:
            others = list(_cast(dynamic_default_values, self.value_dtype).reshape(len(flat), *self._default.shape))
        rows = [self._table.get(key, other) for key, other in zip(flat, others, strict=True)]
        if is_strings(self._default):
            texts = [row if isinstance(row, bytes) else row[()] for row in rows]
            return presented(np.array(texts, dtype=object).reshape(found.shape))
        return presented(torch.stack(rows).reshape(*found.shape, *self._default.shape))

    def __getitem__(self, keys: Any) -> Any:
        return self.lookup(keys)

    def size(self, name: str | None = None) -> Any:
        """Return the number of keys as an int64 tensor."""
        return presented(torch.tensor(len(self._table), dtype=torch.int64, device="cpu"))


def _cast(value: Any, dtype: Any) -> Any:
    leaf = absorbed_leaf(value)
    return leaf if dtype is None or is_strings(leaf) else leaf.to(as_dtype(dtype).torch_dtype)


def _typed(values: list[Any], dtype: Any) -> Any:
    if dtype.name == "string":
        array = np.empty(len(values), dtype=object)
        array[:] = [str(value).encode() for value in values]
        return array
    convert = float if dtype.is_floating else int
    return torch.tensor([convert(value) for value in values], dtype=dtype.torch_dtype, device="cpu")
