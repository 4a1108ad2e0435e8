"""The weights that an optimizer of Keras 1 or 2 trained: in which order its file has their moments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from torchkeras_compat.saving.old_optimizer_state import Unfit
from torchkeras_compat.saving.stores import read_array

# From here on moments lie in the order of the layers; before, in that of the names of the weights.
_UNSORTED = (2, 0, 6)
FileArrays = Sequence[tuple[str, Any]]
# From a layer, its weights and arrays of a file by their names, to each weight and its value.
Match = Callable[[Any, list[Any], FileArrays], list[tuple[Any, np.ndarray]]]


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
        match: Finds the value of each weight of a layer.

    Attributes:
        count: How many they are; layers of Keras 1 have more than those of today.
    """

    def __init__(
        self, layers: Sequence[tuple[Any, FileArrays]], trained: Sequence[Any], version: str, match: Match
    ) -> None:
        self._layers = layers
        self._trained = trained
        self._match = match
        places = [(i, k) for i, (layer, arrays) in enumerate(layers) for k in range(_number_trained(layer, arrays))]
        if is_sorted(version):
            places.sort(key=lambda place: layers[place[0]][1][place[1]][0])
        self._places = places
        self.count = len(places)

    def in_own_order(self, arrays: Sequence[Any]) -> list[Any]:
        """Return arrays, one for each trained weight of the file, as those of the optimizer's variables.

        Raises:
            Unfit: they are not as many, or belong to no variable.
        """
        if len(arrays) != self.count:
            raise Unfit(f"it has moments for {len(arrays)} weights, where {self.count} are trained")
        of_layer = [[dataset for _, dataset in own] for _, own in self._layers]
        for (i, k), array in zip(self._places, arrays, strict=True):
            of_layer[i][k] = array
        found: dict[int, Any] = {}
        for (layer, own), datasets in zip(self._layers, of_layer, strict=True):
            weights = [*layer.trainable_weights, *layer.non_trainable_weights]
            named = [(name, dataset) for (name, _), dataset in zip(own, datasets, strict=True)]
            if layer.trainable_weights:
                found.update((id(variable), value) for variable, value in self._match(layer, weights, named))
        missing = [v.path for v in self._trained if id(v) not in found]
        if missing:
            raise Unfit(f"nothing in the file is of {missing[0]!r}")
        return [found[id(v)] for v in self._trained]


def _number_trained(layer: Any, arrays: FileArrays) -> int:
    return len(arrays) - len(layer.non_trainable_weights) if layer.trainable_weights else 0


def in_file_order(layer: Any, weights: list[Any], arrays: FileArrays) -> list[tuple[Any, np.ndarray]]:
    """Return the weights of a layer with their values, where the file has them as they are today.

    Raises:
        Unfit: there are more or fewer of them, or shapes differ.
    """
    if [tuple(v.shape) for v in weights] != [tuple(array.shape) for _, array in arrays]:
        raise Unfit(f"the arrays for layer '{layer.name}' have other shapes")
    trained = len(layer.trainable_weights)
    return [(v, read_array(a)) for v, (_, a) in zip(weights[:trained], arrays[:trained], strict=True)]
