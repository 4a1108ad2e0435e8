"""What every kind of training data looks like to the training loop."""

from __future__ import annotations

import abc
from collections.abc import Iterator
from typing import Any


class Adapter(abc.ABC):
    """Batches of one data source: ``(x, y, sample_weight)``, torch tensors on the device, nested as the user gave them.

    The loop reads, before it starts, ``num_batches`` (None if nobody knows), ``batch_size`` (None if batches may have
    any size) and ``partial_batch_size`` (size of the last batch where it is smaller; 0 or None otherwise), and
    then takes batches from :meth:`epoch`. :class:`~torchkeras_compat.data.epochs.Epochs` does so with steps.
    """

    num_batches: int | None = None
    batch_size: int | None = None
    partial_batch_size: int | None = None

    yields_bare_inputs = False
    """Whether the source gives inputs alone and in no tuple, as a step that the user wrote then gets them."""

    @property
    def has_partial_batch(self) -> bool | None:
        """Whether the last batch is smaller than the others; None if unknown."""
        return None if self.partial_batch_size is None else self.partial_batch_size > 0

    @classmethod
    def accepts(cls, x: Any) -> bool:
        """Return whether the adapter of a plugin takes data of this kind; those of the package are chosen otherwise.

        Args:
            x: What the user gave as ``x``.
        """
        return False

    @abc.abstractmethod
    def epoch(self) -> Iterator[tuple[Any, Any, Any]]:
        """Return a fresh iterator over one pass through the data; a one-shot source goes on where it stopped.

        Batches never change after they were handed out. They may be views of the user's array or of one another's
        storage, so a model must not write into its input.
        """

    def description(self) -> dict[str, Any]:
        """Return what tells this data from other data: numbers, strings, lists and dicts.

        Under ``"content"`` may lie what differs for other values in the same form.
        """
        shuffle = getattr(self, "shuffle", None)
        return {
            "source": type(self).__name__,
            "batch_size": self.batch_size,
            "num_batches": self.num_batches,
            "size of the last batch": self.partial_batch_size or self.batch_size,
            **({} if shuffle is None else {"shuffle": shuffle}),
        }

    def on_epoch_begin(self) -> None:  # noqa: B027
        """Tell the source that an epoch begins."""

    def state_dict(self) -> dict[str, Any]:
        """Return what the source itself remembers from epoch to epoch: numbers, tensors, lists and dicts."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:  # noqa: B027
        """Take back what :meth:`state_dict` returned."""

    def on_epoch_end(self) -> None:  # noqa: B027
        """Tell the source that an epoch ended."""
