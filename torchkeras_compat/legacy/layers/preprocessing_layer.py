"""`PreprocessingLayer` of `tf.keras.layers.experimental.preprocessing`: the base of layers with ``adapt``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.preprocessing.adapting import batches_of
from torchkeras_compat.ops.conversion import convert_to_tensor


class PreprocessingLayer(Layer):
    """Base of layers whose state is worked out from data, before training: by ``update_state`` and ``finalize_state``.

    A subclass defines ``update_state(data)``, and ``reset_state`` and ``finalize_state`` where it needs them. ``adapt``
    resets, updates from every batch, and finalizes.

    Args:
        kwargs: Arguments of `Layer`.

    Raises:
        NotImplementedError: when adapted: ``update_state`` is not defined.

    Example:
        >>> class Centering(PreprocessingLayer):
        ...     def build(self, input_shape):
        ...         self.total = self.add_weight(shape=(), initializer="zeros", trainable=False)
        ...         self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)
        ...     def update_state(self, data):
        ...         self.total.assign_add(data.sum())
        ...         self.count.assign_add(data.numel())
        ...     def call(self, inputs):
        ...         return inputs - self.total.value / self.count.value
        >>> layer = Centering()
        >>> layer.adapt(np.array([1.0, 3.0], "float32"))
        >>> layer(torch.tensor([5.0])).tolist()
        [3.0]

    Source: TensorFlow 2.15 API, keras/layers/experimental/preprocessing/PreprocessingLayer.
    """

    _must_restore_from_config = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._is_adapted = False

    @property
    def is_adapted(self) -> bool:
        """Whether the layer was adapted to data."""
        return self._is_adapted

    def update_state(self, data: Any) -> None:
        """Update the state from one batch; every subclass defines it.

        Args:
            data: Tensor, or an array of strings.
        """
        raise NotImplementedError(f"{type(self).__name__} must define `update_state(self, data)`.")

    def reset_state(self) -> None:
        """Forget what earlier data said; a subclass defines it where its state is not overwritten."""

    def finalize_state(self) -> None:
        """Finish the state once all data was seen; a subclass defines it where something is left to do."""

    def compile(self, run_eagerly: bool | None = None, steps_per_execution: int | None = None) -> None:
        """Accept how ``adapt`` shall run: here it always runs batch by batch, as written.

        Args:
            run_eagerly: Whether to run as written, which is so anyway.
            steps_per_execution: Batches for one call, which the results do not depend on.
        """

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Work out the state from data.

        Args:
            data: Array, tensor, list, or something that yields batches.
            batch_size: Samples in a batch of an array; None for all at once.
            steps: Number of batches; None for all.

        Raises:
            ValueError: there is no data, or ``batch_size`` or ``steps`` is not a positive int.
        """
        if batch_size is not None and (isinstance(batch_size, bool) or batch_size < 1):
            raise ValueError(f"`batch_size` is a positive int. Received: batch_size={batch_size!r}")
        if self.built:
            self.reset_state()
        for batch in batches_of(_cut(data, batch_size), steps):
            values = batch if getattr(batch, "dtype", None) is not None and batch.dtype == object else None
            tensor = convert_to_tensor(batch) if values is None else values
            if not self.built:
                self.build(tuple(tensor.shape))
                self.reset_state()
            self.update_state(tensor)
        self.finalize_state()
        self._is_adapted = True


def _cut(data: Any, batch_size: int | None) -> Any:
    """Return arrays in batches of a size; what yields batches as it is."""
    if batch_size is None or not hasattr(data, "shape"):
        return data

    def parts() -> Iterator[Any]:
        for start in range(0, len(data), batch_size):
            yield data[start : start + batch_size]

    return parts()
