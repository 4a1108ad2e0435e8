"""Python functions that a config holds as bytecode, which is run only where the user has switched that on."""

from __future__ import annotations

import base64
import builtins
import marshal
from collections.abc import Mapping, Sequence
from types import CellType, CodeType, FunctionType
from typing import Any

from torchkeras_compat.errors import FileContentError


class Switch:
    """Whether what files hold may run; `config.enable_unsafe_deserialization` turns it on."""

    is_on = False


SWITCH = Switch()


def stored_function(code: Any, defaults: Any = None, closure: Any = None) -> FunctionType:
    """Return the function of a ``lambda`` that a config holds.

    Its global names are the built-in ones: what else it uses it must import, as in Keras.

    Args:
        code: Bytecode in base64, as `marshal` writes it.
        defaults: Values of its last arguments, or None.
        closure: Values of the variables that it takes from around it, or None.

    Raises:
        FileContentError: it is not bytecode of this version of Python, or the values do not fit it.
    """
    try:
        loaded = marshal.loads(base64.b64decode(code.encode("ascii")))
    except Exception as error:  # marshal raises what it likes for what another Python wrote
        raise FileContentError(
            f"The bytecode of a lambda cannot be read ({type(error).__name__}: {error}). It belongs to the version"
            " of Python that wrote it. Give the function in `custom_objects` instead."
        ) from error
    values = list(closure or ())
    if not isinstance(loaded, CodeType) or len(values) != len(loaded.co_freevars):
        raise FileContentError(
            "The config of a lambda does not hold a function with the variables that it takes from around it. Give the"
            " function in `custom_objects` instead."
        )
    arguments = tuple(defaults) if isinstance(defaults, Sequence) and not isinstance(defaults, str) else None
    names = {"__builtins__": builtins, "__name__": "a_file"}
    return FunctionType(loaded, names, loaded.co_name, arguments, tuple(CellType(value) for value in values))


def parts_of(config: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Return what a config of a lambda holds: code, defaults and closure.

    Raises:
        FileContentError: it is malformed.
    """
    inner = config.get("config", config.get("value"))
    if not isinstance(inner, Mapping) or not isinstance(inner.get("code"), str):
        raise FileContentError(f"The config of a lambda holds no `code`. Received: {dict(config)!r:.200}")
    return inner["code"], inner.get("defaults"), inner.get("closure")
