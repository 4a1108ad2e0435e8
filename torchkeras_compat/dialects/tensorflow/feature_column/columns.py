"""``tf.feature_column``: numeric, bucketized, categorical, indicator, embedding and crossed columns.

A column is a description. ``DenseFeatures`` asks it for what it makes of a batch of features: numbers of shape
``(batch, width)``, or, of a categorical column, the numbers of its categories, ``(batch, entries)``, -1 for none.

Source: TensorFlow API, feature_column (signatures, defaults, order of vocabularies and buckets).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras_compat.dialects.tensorflow.dtypes import as_dtype
from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf
from torchkeras_compat.dialects.tensorflow.io.gfile import open_to_read
from torchkeras_compat.dialects.tensorflow.io.parsing import FixedLenFeature, VarLenFeature
from torchkeras_compat.dialects.tensorflow.strings.conversion import to_hash_bucket_fast
from torchkeras_compat.layers.preprocessing.hashed_crossing import HashedCrossing

Features = dict[str, Any]
_COMBINERS = ("mean", "sqrtn", "sum")


class Column:
    """A description of how columns become numbers.

    Args:
        name: Its name.
        keys: Names of the features that it reads.
    """

    def __init__(self, name: str, keys: Sequence[str]) -> None:
        self.name = name
        self.keys = list(keys)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"


class Dense(Column):
    """A column of ``width`` numbers.

    Args:
        name: Its name.
        keys: Names of the features that it reads.
        width: Numbers a sample.
    """

    def __init__(self, name: str, keys: Sequence[str], width: int) -> None:
        super().__init__(name, keys)
        self.width = width

    def numbers(self, features: Features, table: Any = None) -> torch.Tensor:
        """Return ``(batch, width)``.

        Args:
            features: Features by name.
            table: The weights of an embedding column.
        """
        raise NotImplementedError


class Categorical(Column):
    """A column of categories.

    Args:
        name: Its name.
        keys: Names of the features that it reads.
        num_buckets: Number of categories.
    """

    def __init__(self, name: str, keys: Sequence[str], num_buckets: int) -> None:
        super().__init__(name, keys)
        self.num_buckets = num_buckets

    def categories(self, features: Features) -> torch.Tensor:
        """Return ``(batch, entries)`` int64, -1 where there is none."""
        raise NotImplementedError


class NumericColumn(Dense):
    """Numbers as they are, or as a function makes them; see :func:`numeric_column`."""

    def __init__(
        self, key: str, shape: Any, default_value: Any, dtype: Any, normalizer_fn: Callable[[Any], Any] | None
    ) -> None:
        self.shape = tuple(int(n) for n in (shape if hasattr(shape, "__iter__") else [shape]))
        super().__init__(key, [key], math.prod(self.shape))
        self.key, self.dtype, self.default_value, self.normalizer_fn = (
            key,
            as_dtype(dtype),
            default_value,
            normalizer_fn,
        )

    def numbers(self, features: Features, table: Any = None) -> torch.Tensor:
        """Return ``(batch, width)``."""
        values = _feature(features, self.key)
        if self.normalizer_fn is not None:
            values = absorbed_leaf(self.normalizer_fn(values))
        found: torch.Tensor = values.to(torch.float32).reshape(len(values), -1)
        if found.shape[1] != self.width:
            raise ValueError(
                f"Feature {self.key!r} has {found.shape[1]} numbers a sample, and its column {self.width}."
            )
        return found

    @property
    def parse_spec(self) -> dict[str, Any]:
        """How Examples are parsed."""
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}


class BucketizedColumn(Dense, Categorical):
    """One-hot vectors of the range in which a number lies; see :func:`bucketized_column`."""

    def __init__(self, source_column: NumericColumn, boundaries: Any) -> None:
        self.source_column, self.boundaries = source_column, tuple(float(b) for b in boundaries)
        Column.__init__(self, f"{source_column.name}_bucketized", source_column.keys)
        self.num_buckets = (len(self.boundaries) + 1) * source_column.width
        self.width = self.num_buckets

    def categories(self, features: Features) -> torch.Tensor:
        """Return ``(batch, width of the source)``; each number of a vector has buckets of its own."""
        numbers = self.source_column.numbers(features)
        buckets = torch.bucketize(numbers.contiguous(), torch.tensor(self.boundaries), right=True)
        return buckets + (len(self.boundaries) + 1) * torch.arange(self.source_column.width)

    def numbers(self, features: Features, table: Any = None) -> torch.Tensor:
        """Return ``(batch, width)``."""
        return _counts(self.categories(features), self.num_buckets)

    @property
    def parse_spec(self) -> dict[str, Any]:
        """How Examples are parsed."""
        return self.source_column.parse_spec


class VocabularyColumn(Categorical):
    """Places in a list; see :func:`categorical_column_with_vocabulary_list`."""

    def __init__(self, key: str, vocabulary: Any, dtype: Any, default_value: int, num_oov_buckets: int) -> None:
        words = absorbed_leaf(list(vocabulary))
        self.vocabulary = words.tolist()
        if len(set(self.vocabulary)) < len(self.vocabulary):
            raise ValueError(f"Duplicate keys in the vocabulary of column {key!r}.")
        if not self.vocabulary:
            raise ValueError(f"The vocabulary of column {key!r} must be non-empty.")
        if num_oov_buckets and default_value != -1:
            raise ValueError("Can't specify both num_oov_buckets and default_value.")
        super().__init__(key, [key], len(self.vocabulary) + num_oov_buckets)
        self.key, self.dtype = key, as_dtype(words.dtype if dtype is None else dtype)
        self.default_value, self.num_oov_buckets = default_value, num_oov_buckets
        self._places = {word: place for place, word in enumerate(self.vocabulary)}

    def categories(self, features: Features) -> torch.Tensor:
        """Return ``(batch, entries)``."""
        values = _entries(_feature(features, self.key))
        flat = values.reshape(-1).tolist()
        return torch.tensor([self._place(value) for value in flat]).reshape(values.shape)

    def _place(self, value: Any) -> int:
        if value in self._places:
            return self._places[value]
        if value in (b"", -1):
            return -1  # nothing, as in a padded row
        if self.num_oov_buckets:
            text = value if isinstance(value, bytes) else str(value).encode()
            return len(self._places) + int(to_hash_bucket_fast([text], self.num_oov_buckets)[0])
        return self.default_value

    @property
    def parse_spec(self) -> dict[str, Any]:
        """How Examples are parsed."""
        return {self.key: VarLenFeature(self.dtype)}


class HashColumn(Categorical):
    """Buckets of hashes; see :func:`categorical_column_with_hash_bucket`."""

    def __init__(self, key: str, hash_bucket_size: int, dtype: Any) -> None:
        if hash_bucket_size < 1:
            raise ValueError(f"`hash_bucket_size` must be at least 1. Received: {hash_bucket_size}, key: {key!r}")
        super().__init__(key, [key], int(hash_bucket_size))
        self.key, self.dtype = key, as_dtype(dtype)

    def categories(self, features: Features) -> torch.Tensor:
        """Return ``(batch, entries)``."""
        values = _entries(_feature(features, self.key))
        flat = values.reshape(-1).tolist()
        texts = [value if isinstance(value, bytes) else str(value).encode() for value in flat]
        buckets = torch.as_tensor(np.asarray(to_hash_bucket_fast(texts, self.num_buckets)))
        missing = torch.tensor([value in (b"", -1) for value in flat])
        return torch.where(missing, -1, buckets).reshape(values.shape)

    @property
    def parse_spec(self) -> dict[str, Any]:
        """How Examples are parsed."""
        return {self.key: VarLenFeature(self.dtype)}


class IdentityColumn(Categorical):
    """Numbers of categories as they are; see :func:`categorical_column_with_identity`."""

    def __init__(self, key: str, num_buckets: int, default_value: int | None) -> None:
        if num_buckets < 1:
            raise ValueError(f"`num_buckets` must be at least 1. Received: {num_buckets}, key: {key!r}")
        super().__init__(key, [key], int(num_buckets))
        self.key, self.default_value = key, default_value

    def categories(self, features: Features) -> torch.Tensor:
        """Return ``(batch, entries)``.

        Raises:
            ValueError: a number outside of the buckets, and no ``default_value``.
        """
        values: torch.Tensor = _entries(_feature(features, self.key)).to(torch.int64)
        is_outside = (values >= self.num_buckets) | (values < (0 if self.default_value is not None else -1))
        if self.default_value is not None:
            return torch.where(is_outside, self.default_value, values)
        if bool(is_outside.any()):
            raise ValueError(
                f"Feature {self.key!r} holds {int(values[is_outside][0])}, and its column has {self.num_buckets} "
                "buckets. Give `default_value`, or more buckets."
            )
        return values

    @property
    def parse_spec(self) -> dict[str, Any]:
        """How Examples are parsed."""
        return {self.key: VarLenFeature("int64")}


class CrossedColumn(Categorical):
    """Buckets of the hashes of combinations; see :func:`crossed_column`."""

    def __init__(self, keys: Sequence[Any], hash_bucket_size: int) -> None:
        if len(keys) < 2 or hash_bucket_size < 1:
            raise ValueError(
                f"A crossed column needs two keys and a bucket. Received {len(keys)} and {hash_bucket_size}."
            )
        names = [key.name if isinstance(key, Column) else str(key) for key in keys]
        read = [name for key in keys for name in (key.keys if isinstance(key, Column) else [str(key)])]
        super().__init__("_X_".join(sorted(names)), read, int(hash_bucket_size))
        self.crossed = list(keys)
        self._crossing = HashedCrossing(self.num_buckets)

    def categories(self, features: Features) -> torch.Tensor:
        """Return ``(batch, 1)``."""
        parts = []
        for key in self.crossed:
            found = key.categories(features) if isinstance(key, Categorical) else _entries(_feature(features, str(key)))
            if found.shape[1] != 1:
                raise ValueError(
                    f"A crossed column takes features of one value a sample. {key!r} has {found.shape[1]}."
                )
            parts.append(found)
        return torch.as_tensor(self._crossing(tuple(parts))).reshape(-1, 1).to(torch.int64)

    @property
    def parse_spec(self) -> dict[str, Any]:
        """How Examples are parsed."""
        found: dict[str, Any] = {}
        for key in self.crossed:
            found.update(key.parse_spec if isinstance(key, Column) else {str(key): VarLenFeature("string")})  # type: ignore[attr-defined]
        return found


class IndicatorColumn(Dense):
    """How often each category stands in a row; see :func:`indicator_column`."""

    def __init__(self, categorical_column: Categorical) -> None:
        super().__init__(
            f"{categorical_column.name}_indicator", categorical_column.keys, categorical_column.num_buckets
        )
        self.categorical_column = categorical_column

    def numbers(self, features: Features, table: Any = None) -> torch.Tensor:
        """Return ``(batch, width)``."""
        return _counts(self.categorical_column.categories(features), self.width)

    @property
    def parse_spec(self) -> dict[str, Any]:
        """How Examples are parsed."""
        return dict(self.categorical_column.parse_spec)  # type: ignore[attr-defined]


class EmbeddingColumn(Dense):
    """Rows of a table, combined; see :func:`embedding_column`."""

    def __init__(
        self,
        categorical_column: Categorical,
        dimension: int,
        combiner: str = "mean",
        initializer: Any = None,
        max_norm: float | None = None,
        trainable: bool = True,
    ) -> None:
        if dimension is None or dimension < 1:
            raise ValueError(f"Invalid dimension {dimension}.")
        if combiner not in _COMBINERS:
            raise ValueError(f"`combiner` must be one of {_COMBINERS}. Received: {combiner!r}")
        super().__init__(f"{categorical_column.name}_embedding", categorical_column.keys, int(dimension))
        self.categorical_column, self.combiner, self.initializer = categorical_column, combiner, initializer
        self.max_norm, self.trainable = max_norm, trainable

    def numbers(self, features: Features, table: Any = None) -> torch.Tensor:
        """Return ``(batch, width)``; zeros where there is no category."""
        places = self.categorical_column.categories(features).to(table.device)
        present = (places >= 0).to(table.dtype).unsqueeze(-1)
        rows = table[places.clamp(min=0)]
        if self.max_norm is not None:
            rows = rows * (self.max_norm / rows.norm(dim=-1, keepdim=True).clamp(min=self.max_norm))
        total: torch.Tensor = (rows * present).sum(1)
        count = present.sum(1).clamp(min=1)
        if self.combiner == "sum":
            return total
        return total / (count if self.combiner == "mean" else count.sqrt())

    @property
    def parse_spec(self) -> dict[str, Any]:
        """How Examples are parsed."""
        return dict(self.categorical_column.parse_spec)  # type: ignore[attr-defined]


def numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: Any = None,
    dtype: Any = "float32",
    normalizer_fn: Callable[[Any], Any] | None = None,
) -> NumericColumn:
    """Return a column of numbers.

    Args:
        key: Name of the feature.
        shape: Numbers of a sample.
        default_value: For parsing Examples that lack it.
        dtype: Dtype in Examples.
        normalizer_fn: Applied to the numbers.
    """
    return NumericColumn(key, shape, default_value, dtype, normalizer_fn)


def bucketized_column(source_column: NumericColumn, boundaries: Any) -> BucketizedColumn:
    """Return a column of the ranges in which numbers lie: below the first boundary, from it to below the second, ...

    Args:
        source_column: A numeric column.
        boundaries: Increasing numbers.

    Raises:
        ValueError: another column, or boundaries that do not increase.
    """
    if not isinstance(source_column, NumericColumn):
        raise ValueError(f"`source_column` must be a numeric_column. Received: {source_column!r}")
    if list(boundaries) != sorted(set(boundaries)):
        raise ValueError(f"`boundaries` must be a sorted list. Received: {boundaries!r}")
    return BucketizedColumn(source_column, boundaries)


def categorical_column_with_vocabulary_list(
    key: str, vocabulary_list: Any, dtype: Any = None, default_value: int = -1, num_oov_buckets: int = 0
) -> VocabularyColumn:
    """Return a column of places in a list.

    Args:
        key: Name of the feature.
        vocabulary_list: Strings or integers.
        dtype: Dtype in Examples; None for that of the list.
        default_value: Place of other values; -1 for none.
        num_oov_buckets: Places for other values, by their hash.

    Raises:
        ValueError: an empty list, a value that stands twice, or both ways for other values.
    """
    return VocabularyColumn(key, vocabulary_list, dtype, default_value, num_oov_buckets)


def categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: Any,
    vocabulary_size: int | None = None,
    num_oov_buckets: int = 0,
    default_value: int | None = None,
    dtype: Any = "string",
) -> VocabularyColumn:
    """Return a column of places in a file of one word a line.

    Args:
        key: Name of the feature.
        vocabulary_file: The file.
        vocabulary_size: Lines that are read; None for all.
        num_oov_buckets: Places for other values, by their hash.
        default_value: Place of other values; None for none.
        dtype: Dtype in Examples.

    Raises:
        NotFoundError: there is no such file.
        ValueError: fewer lines than ``vocabulary_size``.
    """
    with open_to_read(vocabulary_file) as file:
        words: list[Any] = file.read().decode().splitlines()
    if vocabulary_size is not None and len(words) < vocabulary_size:
        raise ValueError(f"{vocabulary_file} has {len(words)} lines, fewer than vocabulary_size={vocabulary_size}.")
    words = words[:vocabulary_size]
    words = words if as_dtype(dtype).name == "string" else [int(word) for word in words]
    return VocabularyColumn(key, words, dtype, -1 if default_value is None else default_value, num_oov_buckets)


def categorical_column_with_hash_bucket(key: str, hash_bucket_size: int, dtype: Any = "string") -> HashColumn:
    """Return a column of buckets of hashes.

    Args:
        key: Name of the feature.
        hash_bucket_size: Number of buckets.
        dtype: Dtype in Examples.
    """
    return HashColumn(key, hash_bucket_size, dtype)


def categorical_column_with_identity(key: str, num_buckets: int, default_value: int | None = None) -> IdentityColumn:
    """Return a column whose numbers are its categories.

    Args:
        key: Name of the feature.
        num_buckets: Number of categories.
        default_value: Category of numbers outside; None to refuse them.
    """
    return IdentityColumn(key, num_buckets, default_value)


def crossed_column(keys: Any, hash_bucket_size: int, hash_key: int | None = None) -> CrossedColumn:
    """Return a column of combinations of categories, by their hash; the hash is that of ``HashedCrossing``.

    Args:
        keys: Names of features of strings, or categorical columns but those of hashes.
        hash_bucket_size: Number of buckets.
        hash_key: Only None.

    Raises:
        ValueError: fewer than two keys, or a ``hash_key``.
    """
    if hash_key is not None:
        raise ValueError("`hash_key` must be None here.")
    return CrossedColumn(list(keys), hash_bucket_size)


def indicator_column(categorical_column: Categorical) -> IndicatorColumn:
    """Return a column of counts of categories: of one value a sample a one-hot vector.

    Raises:
        ValueError: another column.
    """
    if not isinstance(categorical_column, Categorical):
        raise ValueError(
            f"Unsupported input type. Input must be a categorical column. Received: {categorical_column!r}"
        )
    return IndicatorColumn(categorical_column)


def embedding_column(
    categorical_column: Categorical,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    ckpt_to_load_from: Any = None,
    tensor_name_in_ckpt: Any = None,
    max_norm: float | None = None,
    trainable: bool = True,
    use_safe_embedding_lookup: bool = True,
) -> EmbeddingColumn:
    """Return a column of learned vectors of categories.

    Args:
        categorical_column: The categories.
        dimension: Length of a vector.
        combiner: How the vectors of a row become one: ``"mean"``, ``"sqrtn"`` or ``"sum"``.
        initializer: Of the table; None for a truncated normal distribution of standard deviation ``dimension ** -0.5``.
        ckpt_to_load_from: Only None.
        tensor_name_in_ckpt: Only None.
        max_norm: Largest norm of a vector; longer ones are shortened.
        trainable: Whether it is trained.
        use_safe_embedding_lookup: Nothing to decide: rows without a category give zeros.

    Raises:
        ValueError: a bad dimension or combiner, or a checkpoint.
    """
    if ckpt_to_load_from is not None or tensor_name_in_ckpt is not None:
        raise ValueError("Checkpoints of TensorFlow are not read: set the weights of the layer instead.")
    return EmbeddingColumn(categorical_column, dimension, combiner, initializer, max_norm, trainable)


def make_parse_example_spec(feature_columns: Any) -> dict[str, Any]:
    """Return the features that ``tf.io.parse_example`` has to read for columns.

    Raises:
        ValueError: two columns that read a feature in different ways.
    """
    found: dict[str, Any] = {}
    for column in feature_columns:
        for key, kind in column.parse_spec.items():
            if found.setdefault(key, kind) != kind:
                raise ValueError(f"Columns read feature {key!r} in different ways: {found[key]} and {kind}.")
    return found


def _feature(features: Features, key: str) -> Any:
    if key not in features:
        raise ValueError(f"Feature {key!r} is not in the features dictionary, which has {sorted(features)[:20]}.")
    return absorbed_leaf(features[key])


def _entries(values: Any) -> Any:
    return values.reshape(len(values), -1) if values.ndim != 1 else values[:, None]


def _counts(places: torch.Tensor, width: int) -> torch.Tensor:
    present = places >= 0
    found = torch.zeros(len(places), width)
    return found.scatter_add_(1, places.clamp(min=0), present.to(torch.float32))
