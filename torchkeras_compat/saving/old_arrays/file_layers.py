"""What a `.h5` file holds, layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.saving.h5_checks import attribute
from torchkeras_compat.saving.h5_names import child_array, child_group, has_names, names_of
from torchkeras_compat.saving.old_arrays.matching import FileArray
from torchkeras_compat.saving.stores import child


class FileLayers:
    """The layers that a group lists, in order, each with the names of its arrays; those without arrays are left out.

    Args:
        group: Group with ``layer_names``, or, of Keras before 1.0, with ``nb_layers``.
        path: File, for messages.

    Raises:
        FileContentError: it lists no layers, or one that it does not hold.
    """

    def __init__(self, group: Any, path: str) -> None:
        self._groups: dict[str, Any] = {}
        self.names: dict[str, list[str]] = {}
        if group is not None and has_names(group, "layer_names"):
            for name in names_of(group, "layer_names"):
                self._add(name, child_group(group, name), None)
        elif group is not None and "nb_layers" in group.attrs:
            for i in range(_count(group, "nb_layers", path)):
                below = child(group, f"layer_{i}")
                self._add(f"layer_{i}", below, None if below is None else _count(below, "nb_params", path))
        elif group is not None and "graph" in group:
            raise FileContentError(
                f"{path!r} holds the weights of a `Graph` of Keras before 1.0, in an order that nothing tells. Give the"
                " arrays of its group 'graph' to `set_weights`, layer by layer."
            )
        else:
            raise FileContentError(f"{path!r} holds no weights: it has no `layer_names`. Save the model again.")

    def _add(self, name: str, group: Any, counted: int | None) -> None:
        names = names_of(group, "weight_names") if counted is None else [f"param_{i}" for i in range(counted)]
        if names:
            self._groups[name], self.names[name] = group, names

    def arrays(self, layer: str) -> list[FileArray]:
        """Return the arrays of a layer.

        Raises:
            FileContentError: one of them is listed, but not there.
        """
        return [FileArray(name, child_array(self._groups[layer], name)) for name in self.names[layer]]


def listed_arrays(group: Any) -> list[FileArray]:
    """Return the arrays that a group lists in ``weight_names``.

    Raises:
        FileContentError: one of them is listed, but not there.
    """
    return [FileArray(name, child_array(group, name)) for name in names_of(group, "weight_names")]


def _count(group: Any, key: str, path: str) -> int:
    found = attribute(group, key, 0)
    if not isinstance(found, (int, np.integer)) or not 0 <= found <= len(group):
        raise FileContentError(f"`{key}` of {group.name} in {path!r} is {str(found)[:40]}, which is not its count.")
    return int(found)
