"""Numbers of an optimizer that lie in ``param_groups``, where the schedulers of torch find and set them."""

from __future__ import annotations

from typing import Any


class GroupValue:
    """An attribute whose value is one of the group of parameters: ``momentum``, or one of the two ``betas``.

    ``OneCycleLR`` and ``CyclicLR`` set it there, and updates read it there.

    Args:
        key: Name in the group.
        place: Place in the tuple under that name; None if the value itself is there.
    """

    def __init__(self, key: str, place: int | None = None) -> None:
        self.key = key
        self.place = place

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: Any, owner: Any = None) -> Any:
        if optimizer is None:
            return self
        values = self._values(optimizer)
        if self.key not in values:
            raise AttributeError(f"{type(optimizer).__name__} has no `{self.name}` yet.")
        value = values[self.key]
        return value if self.place is None else value[self.place]

    def __set__(self, optimizer: Any, value: Any) -> None:
        values = self._values(optimizer)
        if self.place is not None:
            both = values.get(self.key, (None, None))
            value = (value, both[1]) if self.place == 0 else (both[0], value)
        values[self.key] = value

    def _values(self, optimizer: Any) -> dict[str, Any]:
        groups = optimizer.__dict__.get("param_groups")
        if groups and self.key in groups[0]:
            return groups[0]
        return optimizer.__dict__.setdefault("_values_of_no_group", {})


def take_group_values(optimizer: Any) -> dict[str, Any]:
    """Return what belongs into the group of parameters, of the values set so far.

    Args:
        optimizer: Optimizer that has no groups yet.
    """
    found: dict[str, Any] = optimizer.__dict__.pop("_values_of_no_group", {})
    return found
