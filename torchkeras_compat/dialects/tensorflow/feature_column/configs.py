"""Configs of feature columns, as `DenseFeatures` of tf.keras writes them into files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.deserialization import deserialize_as
from torchkeras_compat.dialects.tensorflow.feature_column import columns
from torchkeras_compat.serialization import serialize_keras_object

_Config = dict[str, Any]
# What columns hold in columns of theirs.
_COLUMNS = ("source_column", "categorical_column")
# What tf.keras writes that means nothing here, with the values of which that is true.
_WITHOUT_MEANING = {
    "ckpt_to_load_from": (None,),
    "hash_key": (None,),
    "normalizer_fn": (None,),
    "tensor_name_in_ckpt": (None,),
    "use_safe_embedding_lookup": (True, False),
}
_MAKERS: dict[str, tuple[Callable[..., columns.Column], tuple[str, ...]]] = {
    "NumericColumn": (columns.numeric_column, ("key", "shape", "default_value", "dtype")),
    "BucketizedColumn": (columns.bucketized_column, ("source_column", "boundaries")),
    "VocabularyListCategoricalColumn": (
        columns.categorical_column_with_vocabulary_list,
        ("key", "vocabulary_list", "dtype", "default_value", "num_oov_buckets"),
    ),
    "HashedCategoricalColumn": (
        columns.categorical_column_with_hash_bucket,
        ("key", "hash_bucket_size", "dtype"),
    ),
    "IdentityCategoricalColumn": (
        columns.categorical_column_with_identity,
        ("key", "number_buckets", "default_value"),
    ),
    "CrossedColumn": (columns.crossed_column, ("keys", "hash_bucket_size")),
    "IndicatorColumn": (columns.indicator_column, ("categorical_column",)),
    "EmbeddingColumn": (
        columns.embedding_column,
        ("categorical_column", "dimension", "combiner", "initializer", "max_norm", "trainable"),
    ),
}
_RENAMED = {"number_buckets": "num_buckets"}


def column_of(config: Any) -> Any:
    """Return the column that a config describes.

    Args:
        config: ``{"class_name": "NumericColumn", "config": {...}}``; the name of a feature stands for itself.

    Raises:
        ValueError: it is not the config of a column, or its column needs what only TensorFlow has: a file, a function.

    Example:
        >>> column_of({"class_name": "NumericColumn", "config": {"key": "age", "shape": [1]}}).width
        1
    """
    if isinstance(config, (columns.Column, str)):
        return config
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        raise ValueError(f"The config of a feature column is a dictionary. Received: {type(config).__name__}")
    name, settings = config.get("class_name"), config["config"]
    if name not in _MAKERS:
        raise ValueError(
            f"Columns of files are {', '.join(sorted(_MAKERS))}. Received: {name!r:.100}. Build the model again with"
            " one of them, and use `load_weights`."
        )
    make, takes = _MAKERS[name]
    given: _Config = {}
    for key, value in settings.items():
        if key in _WITHOUT_MEANING and any(value is v for v in _WITHOUT_MEANING[key]):
            continue
        if key not in takes:
            raise ValueError(
                f"{name} of a file takes {', '.join(takes)}. Received: {key}={value!r:.100}. Build the model again, and"
                " use `load_weights`."
            )
        given[_RENAMED.get(key, key)] = _value(key, value)
    try:
        return make(**given)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"The config of a {name} is not that of one: {error}") from error


def _value(key: str, value: Any) -> Any:
    if key in _COLUMNS:
        return column_of(value)
    if key == "keys" and isinstance(value, list):
        return [column_of(item) for item in value]
    if key == "initializer" and isinstance(value, dict):
        return deserialize_as(("initializers",), value)
    return value


def column_config(column: Any) -> Any:
    """Return the config of a column.

    Args:
        column: The column.

    Raises:
        ValueError: it has a function of the user, which files do not hold.

    Example:
        >>> column_config(columns.numeric_column("age"))["config"]["key"]
        'age'
    """
    if isinstance(column, str):
        return column
    if getattr(column, "normalizer_fn", None) is not None:
        raise ValueError(
            f"The column {column.name!r} has a `normalizer_fn`, which files do not hold. Use a `Normalization` layer."
        )
    name, settings = _described(column)
    return {"class_name": name, "config": settings}


def _described(column: Any) -> tuple[str, _Config]:
    if isinstance(column, columns.NumericColumn):
        shape, dtype = list(column.shape), column.dtype.name
        return "NumericColumn", {
            "key": column.key,
            "shape": shape,
            "default_value": column.default_value,
            "dtype": dtype,
            "normalizer_fn": None,
        }
    if isinstance(column, columns.BucketizedColumn):
        return "BucketizedColumn", {
            "source_column": column_config(column.source_column),
            "boundaries": list(column.boundaries),
        }
    if isinstance(column, columns.IndicatorColumn):
        return "IndicatorColumn", {"categorical_column": column_config(column.categorical_column)}
    if isinstance(column, columns.EmbeddingColumn):
        start = column.initializer
        return "EmbeddingColumn", {
            "categorical_column": column_config(column.categorical_column),
            "dimension": column.width,
            "combiner": column.combiner,
            "initializer": None if start is None else serialize_keras_object(start),
            "max_norm": column.max_norm,
            "trainable": column.trainable,
        }
    return _categorical(column)


def _categorical(column: Any) -> tuple[str, _Config]:
    if isinstance(column, columns.VocabularyColumn):
        words = [word.decode("utf-8", "replace") if isinstance(word, bytes) else word for word in column.vocabulary]
        return "VocabularyListCategoricalColumn", {
            "key": column.key,
            "vocabulary_list": words,
            "dtype": column.dtype.name,
            "default_value": column.default_value,
            "num_oov_buckets": column.num_oov_buckets,
        }
    if isinstance(column, columns.HashColumn):
        return "HashedCategoricalColumn", {
            "key": column.key,
            "hash_bucket_size": column.num_buckets,
            "dtype": column.dtype.name,
        }
    if isinstance(column, columns.IdentityColumn):
        return "IdentityCategoricalColumn", {
            "key": column.key,
            "number_buckets": column.num_buckets,
            "default_value": column.default_value,
        }
    return "CrossedColumn", {
        "keys": [column_config(key) for key in column.crossed],
        "hash_bucket_size": column.num_buckets,
    }
