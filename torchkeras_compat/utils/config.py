"""`Config`: named values with attribute access that can be frozen."""

from __future__ import annotations

import json
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from torchkeras_compat.errors import nearest


class Config:
    """Named values, read and set as attributes or as items, until :meth:`freeze`.

    Args:
        **kwargs: The first values.

    Raises:
        AttributeError: an attribute that was never set is read; the message offers the nearest name.
        KeyError: the same, as an item.
        ValueError: a value is set, changed or removed while the config is frozen.

    Example:
        >>> config = Config(learning_rate=0.1)
        >>> config.seed = 7
        >>> config["seed"], config.as_dict()
        (7, {'learning_rate': 0.1, 'seed': 7})

    Source: Keras API, utils/Config.
    """

    _values: dict[str, Any]
    _is_frozen: bool

    def __init__(self, **kwargs: Any) -> None:
        object.__setattr__(self, "_values", dict(kwargs))
        object.__setattr__(self, "_is_frozen", False)

    @property
    def frozen(self) -> bool:
        """Whether changes are refused."""
        return self._is_frozen

    def freeze(self) -> None:
        """Refuse changes from now on."""
        object.__setattr__(self, "_is_frozen", True)

    def unfreeze(self) -> None:
        """Allow changes again."""
        object.__setattr__(self, "_is_frozen", False)

    def as_dict(self) -> dict[str, Any]:
        """Return the values as a new dictionary."""
        return dict(self._values)

    def to_json(self) -> str:
        """Return the values as JSON.

        Raises:
            TypeError: a value that JSON has no form for.
        """
        return json.dumps(self._values)

    def keys(self) -> KeysView[str]:
        return self._values.keys()

    def values(self) -> ValuesView[Any]:
        return self._values.values()

    def items(self) -> ItemsView[str, Any]:
        return self._values.items()

    def get(self, keyname: str, value: Any = None) -> Any:
        """Return the value of a name, or ``value`` if there is none."""
        return self._values.get(keyname, value)

    def pop(self, *args: Any) -> Any:
        """Remove a name and return its value, or the default given after it."""
        self._refuse_if_frozen()
        return self._values.pop(*args)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set the values of mappings, pairs or other configs, and of the keywords."""
        self._refuse_if_frozen()
        for arg in args:
            self._values.update(arg._values if isinstance(arg, Config) else arg)
        self._values.update(kwargs)

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("_values")
        if values is None or name.startswith("__"):  # copying and pickling ask before there is a state
            raise AttributeError(name)
        if name in values:
            return values[name]
        raise AttributeError(f"Unknown attribute: {name!r}.{nearest(name, values)}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._refuse_if_frozen()
        self._values[name] = value

    def __delattr__(self, name: str) -> None:
        self._refuse_if_frozen()
        if name not in self._values:
            raise AttributeError(f"Unknown attribute: {name!r}.{nearest(name, self._values)}")
        del self._values[name]

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, item: Any) -> None:
        self._refuse_if_frozen()
        self._values[key] = item

    def __delitem__(self, key: str) -> None:
        self._refuse_if_frozen()
        del self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._values))

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Config {self._values}>"

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def _refuse_if_frozen(self) -> None:
        if self._is_frozen:
            raise ValueError("Cannot mutate attribute(s) because the config is frozen. Call `unfreeze()` first.")
