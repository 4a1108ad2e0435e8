"""Warnings that point at the user's line, however deep the code that found the fault."""

from __future__ import annotations

import sys
import types
import warnings

# What lies between the user's line and the fault: this package, torch's calls of modules and steps of optimizers, and
# what calls hooks and leaves `with` blocks.
_BETWEEN = frozenset((__name__.partition(".")[0], "torch", "pluggy", "contextlib"))
# How the file name of the `forward` of a torch.fx graph begins; the code has no module.
_GENERATED = "<eval_with_key>"


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Issue a warning whose place is the innermost line of the user, or of a plugin.

    Args:
        message: What happens now, and what to do about it.
        category: Class of the warning.
    """
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_between(frame):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)


def _is_between(frame: types.FrameType) -> bool:
    # Code that a user runs by `exec` may have no module, or None.
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return package in _BETWEEN or frame.f_code.co_filename.startswith(_GENERATED)


# torch.compile calls it between two graphs, as it calls `warnings.warn`. `torch.compiler.disable` sets this too, after
# importing the compiler (1 s).
warn_user._torchdynamo_disable = True  # type: ignore[attr-defined]
