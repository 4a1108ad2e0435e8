"""Python functions that a config holds as bytecode, which is run only where the user has switched that on."""

from __future__ import annotations

import base64
import builtins
import marshal
from collections.abc import Mapping, Sequence
from types import CellType, CodeType, FunctionType
from typing import Any

from torchkeras_compat.errors import FileContentError, FileSafetyError
from torchkeras_compat.stored_names import stored_name


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


def is_stored(value: Any, kind: Any = None) -> bool:
    """Return whether a value of a config is a function as bytecode, in the form of any version of Keras.

    Args:
        value: The value: a dict of Keras 3, a list of code, defaults and closure of Keras 1, 2 and tf.keras.
        kind: What Keras 1 and 2 say of it: ``"lambda"``, ``"function"`` or ``"raw"``.

    Example:
        >>> is_stored({"class_name": "__lambda__", "config": {"code": ""}}), is_stored(["4wE", None, None], "lambda")
        (True, True)
    """
    if kind is not None:
        return bool(kind == "lambda")
    if isinstance(value, Mapping):
        return value.get("class_name") == "__lambda__"
    return isinstance(value, (list, tuple)) and len(value) == 3 and isinstance(value[0], str)


def name_of(value: Any) -> str | None:
    """Return the name of a function that :func:`is_stored`; None for a lambda."""
    inner = value.get("config", value.get("value")) if isinstance(value, Mapping) else value
    first = inner[:1] if isinstance(inner, (list, tuple)) else [inner.get("code")] if isinstance(inner, Mapping) else []
    return stored_name(first[0]) if first else stored_name(inner)


def refusal(layer: Any, names: Mapping[str, str | None]) -> FileSafetyError:
    """Return the error for the functions of a layer that a file holds as bytecode: one reason, and one way out.

    Args:
        layer: Name of the layer.
        names: The settings that are such functions, and the names of these, as far as they have one.
    """
    what = " and ".join(f"`{key}`" + (f" (the function {name!r})" if name else "") for key, name in names.items())
    own = ", ".join(f"{name!r}: {name}" for name in names.values() if name) if all(names.values()) else ""
    text = f"{{{layer!r}: function}}" + (f", or by its own name, custom_objects={{{own}}}" if own else "")
    return FileSafetyError(
        f"The Lambda layer {layer!r} has Python bytecode as its {what}. It allows arbitrary code execution, so it is"
        f" never loaded from a file. Pass the function when loading, by the name of the layer, custom_objects={text}."
        + (
            f" For all of them pass {{{layer!r}: Lambda(function, output_shape=..., mask=...)}}."
            if len(names) > 1
            else ""
        )
    )


def parts_of(config: Any) -> tuple[Any, Any, Any]:
    """Return what a config of a lambda holds: code, defaults and closure.

    Raises:
        FileContentError: it is malformed.
    """
    if isinstance(config, (list, tuple)) and len(config) == 3 and isinstance(config[0], str):
        return config[0], config[1], config[2]
    if not isinstance(config, Mapping):
        raise FileContentError("The config of a lambda holds no code.")
    inner = config.get("config", config.get("value"))
    if not isinstance(inner, Mapping) or not isinstance(inner.get("code"), str):
        raise FileContentError(f"The config of a lambda holds no `code`. It has: {sorted(map(str, config))}.")
    return inner["code"], inner.get("defaults"), inner.get("closure")
