"""Names of layers with ``/``, which Keras 2 took and Keras 3 does not: ``conv1/bn`` is ``conv1_bn`` here."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.dialects.old_files.histories import is_history
from torchkeras_compat.naming import free_name

_Config = dict[str, Any]


def without_slashes(settings: _Config) -> _Config:
    """Return the settings of a model of Keras 1 or 2 with names of layers that Keras 3 takes.

    Args:
        settings: What ``get_config`` of the model returned there.

    Example:
        >>> without_slashes({"name": "m", "layers": [{"class_name": "Dense", "config": {"name": "a/b"}}]})
        {'name': 'm', 'layers': [{'class_name': 'Dense', 'config': {'name': 'a_b'}}]}
    """
    layers = settings.get("layers")
    if not isinstance(layers, list):
        return settings
    names = [_name(entry) for entry in layers]
    renamed: dict[str, str] = {}
    taken = {name for name in names if "/" not in name}
    for name in names:
        if "/" in name and name not in renamed:
            renamed[name] = free_name(name.replace("/", "_"), taken)
            taken.add(renamed[name])
    if not renamed:
        return settings
    found = {**settings, "layers": [_renamed(entry, renamed) for entry in layers]}
    for key in ("input_layers", "output_layers"):
        if key in settings:
            found[key] = _calls(settings[key], renamed)
    return found


def _name(entry: Any) -> str:
    """Return the name of a layer, ``""`` where the config gives none."""
    config = entry.get("config") if isinstance(entry, dict) else None
    name = entry.get("name") if isinstance(entry, dict) else None
    if name is None and isinstance(config, dict):
        name = config.get("name")
    return name if isinstance(name, str) else ""


def _renamed(entry: Any, renamed: dict[str, str]) -> Any:
    if not isinstance(entry, dict):
        return entry
    new = renamed.get(_name(entry))
    found = dict(entry)
    if new is not None:
        if "name" in found:
            found["name"] = new
        if isinstance(found.get("config"), dict) and "name" in found["config"]:
            found["config"] = {**found["config"], "name": new}
    if "inbound_nodes" in found:
        found["inbound_nodes"] = _calls(found["inbound_nodes"], renamed)
    return found


def _calls(value: Any, renamed: dict[str, str]) -> Any:
    """Return what says where tensors come from, with the new names."""
    if is_history(value):
        return [renamed.get(value[0], value[0]), *value[1:3], *(_calls(x, renamed) for x in value[3:])]
    if isinstance(value, list):
        return [_calls(x, renamed) for x in value]
    if isinstance(value, dict):
        return {k: _calls(v, renamed) for k, v in value.items()}
    return value
