"""Functions as bytecode in files: refused."""

from __future__ import annotations

from typing import Any, NoReturn

from torchkeras_compat.errors import FileSafetyError

_SENTENCE = (
    "The bytecode of a function runs whatever it holds, and holds for one version of Python only, so that this package "
    "neither writes nor reads it. Give the function a name by `keras.saving.register_keras_serializable`, or pass it "
    "as `custom_objects` when the model is loaded."
)


def func_dump(func: Any) -> NoReturn:
    """Refuse to return the bytecode of a function.

    Args:
        func: The function.

    Raises:
        FileSafetyError: always.

    Source: Keras 2.15 API, utils/generic_utils.
    """
    raise FileSafetyError(f"`func_dump` of {getattr(func, '__name__', func)!r:.100}: {_SENTENCE}")


def func_load(code: Any, defaults: Any = None, closure: Any = None, globs: Any = None) -> NoReturn:
    """Refuse to make a function of bytecode.

    Args:
        code: The bytecode.
        defaults: Of arguments.
        closure: Values that the function refers to.
        globs: Global names.

    Raises:
        FileSafetyError: always.

    Source: Keras 2.15 API, utils/generic_utils.
    """
    raise FileSafetyError(f"`func_load`: {_SENTENCE}")
