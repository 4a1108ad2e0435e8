"""What holds for the config of everything that has one."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any

from torchkeras_compat.custom_objects import custom_object_scope
from torchkeras_compat.deserialization import deserialize_keras_object
from torchkeras_compat.serialization import serialize_keras_object
from torchkeras_compat.testing.check import NotApplicable, fail
from torchkeras_compat.testing.making import custom_objects_of


def copied_by_config(obj: Any, custom_objects: Mapping[str, Any]) -> Any:
    """Return the object made from the config of ``obj``, through JSON.

    Fails if the copy has another config, or if an argument of the constructor that is a plain value got lost.

    Args:
        obj: Has ``get_config`` and a class with ``from_config``.
        custom_objects: What the config names, besides the class of ``obj``.
    """
    if not hasattr(obj, "get_config"):
        raise NotApplicable(f"{type(obj).__name__} has no `get_config`")
    with custom_object_scope({**custom_objects_of(obj), **custom_objects}):
        written = json.dumps(serialize_keras_object(obj))
        again = deserialize_keras_object(json.loads(written))
        if json.dumps(serialize_keras_object(again)) != written:
            fail("the config of the copy differs from that of the original", f"{written:.300}")
    config = obj.get_config()
    for name in inspect.signature(type(obj)).parameters:
        value, copied = getattr(obj, name, None), getattr(again, name, None)
        # What the config holds in another form, the object may have made itself, as a seed for None.
        is_own = name in config and config[name] != value
        if isinstance(value, (bool, int, float, str)) and value != copied and not is_own:
            fail(f"the argument `{name}` did not survive `get_config` and `from_config`", f"{copied!r} for {value!r}")
    return again
