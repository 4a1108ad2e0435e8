"""Layouts of variables by patterns of their paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from torchkeras_compat.distribution.device_mesh import DeviceMesh
from torchkeras_compat.distribution.tensor_layout import TensorLayout


class LayoutMap(MutableMapping[str, Any]):
    """Maps paths of variables, or regular expressions that match a part of them, to layouts.

    Looking up a path gives the layout of that very key, else of the one pattern found in it, else None.

    Args:
        device_mesh: Mesh of the layouts that come without one.

    Raises:
        TypeError: ``device_mesh`` is neither a `DeviceMesh` nor None.
        ValueError: setting a key that is there, that is not a regular expression, or what is not a layout; looking up a
            path that several patterns match.

    Example:
        >>> layouts = LayoutMap(DeviceMesh((1,), ["model"], ["cpu:0"]))
        >>> layouts["dense.*kernel"] = (None, "model")
        >>> layouts["dense_1/kernel"].axes, layouts["dense_1/bias"]
        ((None, 'model'), None)
    """

    def __init__(self, device_mesh: DeviceMesh | None) -> None:
        if device_mesh is not None and not isinstance(device_mesh, DeviceMesh):
            raise TypeError(f"`device_mesh` must be a DeviceMesh. Received: {device_mesh!r}")
        self._layout_map: dict[str, TensorLayout] = {}
        self._device_mesh = device_mesh

    @property
    def device_mesh(self) -> DeviceMesh | None:
        """Mesh of the layouts that come without one."""
        return self._device_mesh

    def __getitem__(self, key: str) -> TensorLayout | None:
        if key in self._layout_map:
            return self._layout_map[key]
        found = [pattern for pattern in self._layout_map if re.search(pattern, key)]
        if len(found) > 1:
            raise ValueError(
                f"Path '{key}' matches multiple layout specification keys: {found}. Make sure that each path matches at"
                " most one key."
            )
        return self._layout_map[found[0]] if found else None

    def __setitem__(self, key: str, layout: Any) -> None:
        if key in self._layout_map:
            raise ValueError(
                f"{key} already exist in the LayoutMap with value {self._layout_map[key]}. Delete it first, or use"
                " another key."
            )
        try:
            re.compile(key)
        except (re.error, TypeError) as error:
            raise ValueError(f"A key must be a regular expression of paths. Received: {key!r} ({error})") from error
        if isinstance(layout, (tuple, list)):
            layout = self._made_of(layout)
        if not isinstance(layout, TensorLayout):
            raise ValueError(f"{layout} should be a TensorLayout type, got {type(layout)}")
        if layout.device_mesh is None and self._device_mesh is not None:
            layout.device_mesh = self._device_mesh
        self._layout_map[key] = layout

    def _made_of(self, axes: Any) -> TensorLayout:
        try:
            return TensorLayout(axes, self._device_mesh)
        except ValueError as error:
            raise ValueError(f"{axes!r} should be a TensorLayout type, or its axes: {error}") from error

    def __delitem__(self, key: str) -> None:
        del self._layout_map[key]

    def pop(self, key: str, *default: Any) -> Any:
        """Remove a key, itself and not a path that it matches, and return its layout.

        Args:
            key: The key.
            *default: What to return where it is absent.

        Raises:
            KeyError: it is absent, and there is no default.
        """
        return self._layout_map.pop(key, *default)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self[key] is not None

    def __len__(self) -> int:
        return len(self._layout_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._layout_map)

    def __repr__(self) -> str:
        shown = ", ".join(f"{key!r}: {layout.axes}" for key, layout in self._layout_map.items())
        return f"<LayoutMap {{{shown}}}, device_mesh={self._device_mesh}>"
