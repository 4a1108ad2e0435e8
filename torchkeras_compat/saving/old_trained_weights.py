"""The weights that an optimizer of Keras 1 or 2 trained: in which order its file has their moments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras_compat.saving.old_arrays.loading import legacy_weights
from torchkeras_compat.saving.old_arrays.matching import FileArray, matched
from torchkeras_compat.saving.old_arrays.writers import Writer
from torchkeras_compat.saving.old_optimizer_state import Unfit

# From here on moments lie in the order of the layers; before, in that of the names of the weights.
_UNSORTED = (2, 0, 6)
FileLayer = tuple[Any, list[FileArray]]


def is_sorted(version: str) -> bool:
    """Return whether a version of Keras sorted weights by their names for its optimizers.

    Example:
        >>> is_sorted("1.2.2"), is_sorted("2.0.5"), is_sorted("2.0.6"), is_sorted("2.1.6-tf")
        (True, True, False, False)
    """
    numbers = tuple(int(n) for n in re.findall(r"\d{1,9}", version)[:3])
    return numbers < _UNSORTED and not version.endswith("-tf")


class TrainedWeights:
    """The weights of a file that its optimizer trained.

    Args:
        layers: Each layer of the model with what the file has for it, in the order of the file.
        trained: Variables that the optimizer of the model trains, in its order.
        version: ``keras_version`` of the file.
        writer: Who wrote the arrays.

    Attributes:
        count: How many they are; layers of Keras 1 have more than those of today.
    """

    def __init__(self, layers: Sequence[FileLayer], trained: Sequence[Any], version: str, writer: Writer) -> None:
        self._layers = layers
        self._trained = trained
        self._writer = writer
        places = [(i, k) for i, (layer, arrays) in enumerate(layers) for k in range(_number_trained(layer, arrays))]
        if is_sorted(version):
            places.sort(key=lambda place: layers[place[0]][1][place[1]].name)
        self._places = places
        self.count = len(places)

    def in_own_order(self, arrays: Sequence[Any]) -> list[np.ndarray]:
        """Return arrays, one for each trained weight of the file, as those of the optimizer's variables.

        They are laid out as the weights: what has to be turned round or joined there has to be here.

        Args:
            arrays: Datasets of one slot, in the order of the file.

        Raises:
            Unfit: they are not as many, or do not go with the weights.
        """
        if len(arrays) != self.count:
            raise Unfit(f"it has moments for {len(arrays)} weights, where {self.count} are trained")
        of_layer = [list(own) for _, own in self._layers]
        for (i, k), array in zip(self._places, arrays, strict=True):
            of_layer[i][k] = FileArray(of_layer[i][k].name, array)
        found: dict[int, Any] = {}
        for (layer, weights), own in zip(self._layers, of_layer, strict=True):
            wrong = [new.name for old, new in zip(weights, own, strict=True) if old.dataset.shape != new.dataset.shape]
            if wrong:
                raise Unfit(f"its moments of {wrong[0]!r:.100} have another shape than that")
            pairs = matched(layer, legacy_weights(layer), own, self._writer) if layer.trainable_weights else ()
            found.update((id(variable), value) for variable, value in pairs or ())
        missing = [v.path for v in self._trained if id(v) not in found]
        if missing:
            raise Unfit(f"nothing in the file is of {missing[0]!r}")
        return [found[id(v)].tensor().numpy() for v in self._trained]


def _number_trained(layer: Any, arrays: Sequence[FileArray]) -> int:
    return len(arrays) - len(layer.non_trainable_weights) if layer.trainable_weights else 0
