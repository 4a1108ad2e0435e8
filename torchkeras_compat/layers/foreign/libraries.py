"""Libraries that a layer needs and the package does without: they are imported when such a layer is made."""

from __future__ import annotations

import importlib
from types import ModuleType

from torchkeras_compat.own_code import is_own


def library(name: str, layer: str, command: str) -> ModuleType:
    """Return an optional library.

    Args:
        name: Name of the module.
        layer: Class of the layer that computes with it.
        command: Command that installs it.

    Raises:
        ImportError: it is not installed, or its name means this package.
    """
    try:
        found = importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f"{layer} computes with {name.partition('.')[0]}, which cannot be imported ({error}). Install it:"
            f" `{command}`."
        ) from error
    if is_own(type(found)):
        raise ImportError(
            f"{layer} computes with {name}, and `{name}` means torchkeras_compat in this program, since"
            " `install_as_keras()`. Use the layer in a program without it, as `torchkeras_compat.layers."
            f"{layer}`, where {name} is installed (`{command}`)."
        )
    return found
