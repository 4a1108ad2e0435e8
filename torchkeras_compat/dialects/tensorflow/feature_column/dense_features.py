"""`DenseFeatures`: columns of a table as one tensor."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras_compat.dialects.tensorflow.feature_column.columns import Dense, EmbeddingColumn
from torchkeras_compat.dialects.tensorflow.feature_column.configs import column_config, column_of
from torchkeras_compat.initializers.random import TruncatedNormal
from torchkeras_compat.layers.layer.layer import Layer


class DenseFeatures(Layer):
    """Numbers of feature columns beside each other, in the order of the columns' names.

    Args:
        feature_columns: Numeric, bucketized, indicator and embedding columns, or their configs.
        trainable: Whether embeddings are trained.
        name: Name.
        **kwargs: Of a layer.

    Input shape:
        A dictionary of features, each ``(batch,)`` or ``(batch, entries)``.
    Output shape:
        ``(batch, width)``.

    Raises:
        ValueError: no columns, or a categorical one that is not wrapped; later, a feature that is missing.

    Example:
        >>> from torchkeras_compat.dialects.tensorflow.feature_column.columns import numeric_column
        >>> DenseFeatures([numeric_column("age")])({"age": torch.tensor([3.0, 4.0])})
        tensor([[3.],
                [4.]])

    Source: tf.keras API 2.15, layers/DenseFeatures.
    """

    _takes_strings = True

    def __init__(self, feature_columns: Any, trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, **kwargs)
        columns = list(feature_columns) if isinstance(feature_columns, (list, tuple)) else [feature_columns]
        columns = [column_of(column) if isinstance(column, dict) else column for column in columns]
        for column in columns:
            if not isinstance(column, Dense):
                raise ValueError(
                    "Items of feature_columns must be dense: wrap a categorical column with an `embedding_column` or "
                    f"`indicator_column`. Received: {column!r}"
                )
        if not columns:
            raise ValueError("`feature_columns` must not be empty.")
        self._feature_columns = tuple(sorted(columns, key=lambda column: column.name))
        self._tables: dict[str, Any] = {}

    def build(self, input_shape: Any = None) -> None:
        """Make the tables of the embedding columns."""
        for column in self._feature_columns:
            if isinstance(column, EmbeddingColumn):
                deviation = column.width**-0.5
                self._tables[column.name] = self.add_weight(
                    (column.categorical_column.num_buckets, column.width),
                    column.initializer or TruncatedNormal(stddev=deviation),
                    trainable=column.trainable,
                    name=f"{column.name}_weights",
                )
        self.built = True

    def call(self, features: Any, training: bool | None = None) -> torch.Tensor:
        """Return ``(batch, width)``."""
        if not isinstance(features, dict):
            raise ValueError(f"`DenseFeatures` takes a dictionary of features. Received: {type(features).__name__}")
        parts = []
        for column in self._feature_columns:
            table = self._tables.get(column.name)
            parts.append(column.numbers(features, None if table is None else table.value))
        where = next((part.device for part in parts if part.requires_grad), parts[0].device)
        return torch.cat([part.to(where) for part in parts], -1)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return ``(batch, width)``."""
        return None, sum(column.width for column in self._feature_columns)

    def get_config(self) -> dict[str, Any]:
        config = {"feature_columns": [column_config(column) for column in self._feature_columns]}
        return {**super().get_config(), **config}
