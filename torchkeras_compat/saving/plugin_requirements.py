"""Which plugins a saved model needs: found when it is written, and named when it cannot be read."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from torchkeras_compat.losses.identifiers import get as get_loss
from torchkeras_compat.metrics.identifiers import get as get_metric
from torchkeras_compat.own_code import is_own
from torchkeras_compat.plugins import manager
from torchkeras_compat.plugins.info import CONFIG_KINDS
from torchkeras_compat.plugins.requirements import advice, requirements

KEY = "torchkeras_plugins"
_BY_NAME = {"loss": get_loss, "metrics": get_metric, "weighted_metrics": get_metric}


def plugin_requirements(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the plugins whose objects a serialized model holds; plugins load only if it holds foreign ones at all.

    Args:
        config: What ``serialize_keras_object`` returned for a model.

    Example:
        >>> plugin_requirements({"class_name": "Dense", "module": "keras.layers", "config": {}})
        []
    """
    foreign = [*_foreign(config), *_compiled_by_name(config.get("compile_config") or {})]
    return requirements(foreign) if foreign else []


def _foreign(config: Any) -> Iterator[Any]:
    """Classes and functions of plugins that a config names."""
    if isinstance(config, Mapping):
        module, name, inner = config.get("module"), config.get("class_name"), config.get("config")
        if name == "function" and module == "builtins" and isinstance(inner, str):
            yield from filter(None, [manager.find("activations", inner)])
        elif isinstance(module, str) and isinstance(name, str) and module.partition(".")[0] != "keras":
            _, found = manager.find_in_file(CONFIG_KINDS, module, name, config.get("registered_name"))
            yield from filter(None, [found])
    for value in config.values() if isinstance(config, Mapping) else config if isinstance(config, list) else ():
        yield from _foreign(value)


def _compiled_by_name(settings: Mapping[str, Any]) -> Iterator[Any]:
    """Classes of losses and metrics that ``compile`` received by name."""
    for key, get in _BY_NAME.items():
        for name in _strings(settings.get(key)):
            found = None
            with contextlib.suppress(ValueError):  # such as "crossentropy", which the shapes turn into a class
                found = get(name)
            made_by = found if inspect.isroutine(found) else type(found)
            if found is not None and not is_own(made_by):
                yield made_by


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping) and "class_name" not in value:
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _strings(part)


def add_advice(error: BaseException, needed: Any) -> None:
    """Add to an error what to do about the plugins that its file needs, as far as they are missing.

    Args:
        error: Error of loading, whose message the user sees.
        needed: The entry of the file, or None.
    """
    sentences = advice(needed)
    if sentences:
        error.args = (f"{error.args[0] if error.args else ''} {sentences}".strip(), *error.args[1:])
