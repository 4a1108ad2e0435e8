"""`SyncBatchNormalization` of `tf.keras.layers.experimental`."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.layers.normalization.batch_normalization import BatchNormalization


class SyncBatchNormalization(BatchNormalization):
    """`BatchNormalization` with ``synchronized=True``: by the batches of all processes together.

    Args:
        axis: Axis that is normalized.
        momentum: Fraction of a moving average that stays in a step.
        epsilon: Small number beside the variance.
        kwargs: Further arguments of `BatchNormalization`, other than ``synchronized``.

    Raises:
        ValueError: ``synchronized=False`` is given, or an argument of `BatchNormalization` is not valid.

    Example:
        >>> SyncBatchNormalization().synchronized
        True

    Source: TensorFlow 2.15 API, keras/layers/experimental/SyncBatchNormalization.
    """

    def __init__(self, axis: int = -1, momentum: float = 0.99, epsilon: float = 1e-3, **kwargs: Any) -> None:
        if not kwargs.pop("synchronized", True):
            raise ValueError(
                "SyncBatchNormalization is synchronized. Received: synchronized=False. Use `BatchNormalization`."
            )
        super().__init__(axis, momentum, epsilon, synchronized=True, **kwargs)
