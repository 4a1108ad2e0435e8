"""Sources that yield batches of their own: what they share."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras_compat import tree
from torchkeras_compat.data import transfer
from torchkeras_compat.data.adapter import Adapter
from torchkeras_compat.data.batching import unpack_x_y_sample_weight
from torchkeras_compat.data.checks import check_shuffle, refuse_targets
from torchkeras_compat.data.class_weight import ClassWeights, refuse_combination
from torchkeras_compat.data.columns import as_column, is_array
from torchkeras_compat.dtypes.names import to_torch_dtype
from torchkeras_compat.layers.preprocessing.texts import StringArray, with_texts
from torchkeras_compat.user_warnings import warn_user

Parts = tuple[Any, Any, Any]


class StreamAdapter(Adapter):
    """Base of the adapters whose source yields whole batches: turns them into tensors on the device.

    Float64 becomes :func:`~torchkeras_compat.config.floatx`, as with arrays; other dtypes are what the source chose.
    Strings of the inputs stay strings, in arrays in host memory.

    Args:
        what: What the source is, with its article, for messages: ``"a generator"``.
        y: Must be None: targets come from the source.
        sample_weight: Must be None likewise.
        batch_size: Must be None: the source decides. A value is ignored with a warning.
        shuffle: What the source itself can do counts; ``"batch"`` is refused.
        class_weight: Labels and their weights, or None.
        device: Where the batches go.

    Raises:
        ValueError: ``y`` or ``sample_weight`` is given, or ``shuffle`` is ``"batch"``.
    """

    def __init__(
        self,
        what: str,
        y: Any = None,
        sample_weight: Any = None,
        *,
        batch_size: int | None = None,
        shuffle: bool | str = False,
        class_weight: dict[int, float] | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        refuse_targets(what, y, sample_weight)
        check_shuffle(shuffle)
        if shuffle == "batch":
            raise ValueError(
                f"`shuffle='batch'` is only for arrays. Received x as {what}, whose batches are made already."
            )
        if batch_size is not None:
            warn_user(
                f"`batch_size={batch_size}` has no effect: x is {what}, whose batches are made already. Leave it out."
            )
        self.what = what
        self.device = torch.device(device)
        self._class_weights = ClassWeights(class_weight) if class_weight else None

    def _parts(self, batch: Any) -> Parts:
        """Return ``(x, y, sample_weight)`` of what the source yielded: ``x``, ``(x,)``, ``(x, y)`` or all three.

        Raises:
            ValueError: a tuple of another length, or a list.
        """
        if isinstance(batch, list) or (isinstance(batch, tuple) and not 1 <= len(batch) <= 3):
            raise ValueError(
                f"{self.what[:1].upper()}{self.what[1:]} must yield `(x,)`, `(x, y)` or `(x, y, sample_weight)` as a"
                f" tuple. Received a {type(batch).__name__} of {len(batch)} items. Yield `(x, y)`, with several inputs"
                " as one structure: `([a, b], y)`."
            )
        return self._unpacked(batch)

    def _unpacked(self, batch: Any) -> Parts:
        self.yields_bare_inputs = not isinstance(batch, (tuple, list))
        return unpack_x_y_sample_weight(batch)

    def _to_device(self, batches: Iterable[Parts]) -> Iterator[Parts]:
        """Yield ``(x, y, sample_weight)`` of what the source yielded, as tensors on the device."""
        if self.device.type == "cpu":
            return map(self._on_cpu, batches)
        return self._copied(batches)

    def _on_cpu(self, parts: Parts) -> Parts:
        x, y, weights = parts
        try:
            x = self._tensors(x)
        except ValueError:
            texts = with_texts(x)  # looked for only where there are no tensors: that costs numbers nothing
            if not any(isinstance(leaf, StringArray) for leaf in tree.flatten(texts)):
                raise
            x = tree.map_structure(self._texts_or_tensors, texts)
        y, weights = self._tensors(y), self._tensors(weights)
        if self._class_weights is not None:
            refuse_combination(True, y, weights)
            weights = self._class_weights(y)
        return x, y, weights

    def _copied(self, batches: Iterable[Parts]) -> Iterator[Parts]:
        structures: deque[Any] = deque()

        def flat() -> Iterator[list[torch.Tensor]]:
            for parts in batches:
                structure = self._on_cpu(parts)
                structures.append(structure)
                yield [leaf for leaf in tree.flatten(structure) if leaf is not None]

        for leaves in transfer.stream_to_device(flat(), transfer.copier_for(self.device)):
            yield _refilled(structures.popleft(), iter(leaves))

    def _tensors(self, part: Any) -> Any:
        if part is None:
            return None
        if isinstance(part, torch.Tensor):
            return part.to(to_torch_dtype(None)) if part.dtype is torch.float64 else part
        if not tree.is_nested(part):
            return self._tensor(part)
        return tree.map_structure(self._tensors_of_leaf, part)

    def _tensors_of_leaf(self, leaf: Any) -> Any:
        return None if leaf is None else self._tensors(leaf)

    def _texts_or_tensors(self, leaf: Any) -> Any:
        return leaf if isinstance(leaf, StringArray) else self._tensors_of_leaf(leaf)

    def _tensor(self, leaf: Any) -> torch.Tensor:
        if isinstance(leaf, (bool, int, float, np.generic)) and not isinstance(leaf, (str, bytes)):
            leaf = np.asarray(leaf)[None]
        if not is_array(leaf):
            raise ValueError(
                f"A batch of {self.what} must hold NumPy arrays or torch tensors. Received a leaf of type "
                f"{type(leaf).__name__}."
            )
        keep = isinstance(leaf, np.ndarray) and leaf.dtype.name in ("float16", "bfloat16")
        column = as_column(leaf, f"a batch of {self.what}")
        if not isinstance(column, torch.Tensor):
            column = column.read(0, len(column))
        return column.to(torch.float16) if keep and leaf.dtype.name == "float16" else column


def _refilled(structure: Any, leaves: Iterator[torch.Tensor]) -> Any:
    """The structure of a batch with its tensors, but not its Nones, replaced in order."""
    return tree.map_structure(lambda leaf: None if leaf is None else next(leaves), structure)
