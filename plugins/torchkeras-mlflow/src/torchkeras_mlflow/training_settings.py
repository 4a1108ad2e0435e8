"""What `fit` was given, kept while it runs: callbacks receive less."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

_settings: weakref.WeakKeyDictionary[Any, Mapping[str, Any]] = weakref.WeakKeyDictionary()


def keep(model: Any, settings: Mapping[str, Any]) -> None:
    """Keep the settings of the training of a model that begins."""
    _settings[model] = settings


def forget(model: Any) -> None:
    """Forget them, once it has ended."""
    _settings.pop(model, None)


def settings_of(model: Any) -> dict[str, Any]:
    """Return the settings of the training that a model is in, without those that are None; empty if none is known."""
    return {name: value for name, value in _settings.get(model, {}).items() if value is not None}
