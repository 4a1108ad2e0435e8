"""Tracebacks with the user's frames: those of this package, and of torch below it, are left out unless asked for."""

from __future__ import annotations

import os
import types

from torchkeras_compat import config

VARIABLE = "TORCHKERAS_TRACEBACK"  # "full": no frame is hidden
_OURS = __name__.partition(".")[0]
# Frames of these are hidden below a frame of ours: what we call is our business.
_BELOW = frozenset((_OURS, "torch", "pluggy", "contextlib", "functools"))
_GENERATED = "<eval_with_key>"  # how file names of code begin that torch.fx generates


def hides_frames() -> bool:
    """Return whether frames are left out: not with ``TORCHKERAS_TRACEBACK=full``, or filtering disabled in `config`."""
    return os.environ.get(VARIABLE, "").lower() != "full" and config.is_traceback_filtering_enabled()


def users_frames(trace: types.TracebackType | None) -> types.TracebackType | None:
    """Return a traceback without the frames of this package, and without those of torch that it led to.

    A traceback that has no frame of the user is returned as it is.

    Args:
        trace: A traceback.

    Example:
        >>> users_frames(None) is None
        True
    """
    kept: list[types.TracebackType] = []
    is_below = False
    step = trace
    while step is not None:
        package = str(step.tb_frame.f_globals.get("__name__")).partition(".")[0]
        is_generated = step.tb_frame.f_code.co_filename.startswith(_GENERATED)
        if package == _OURS or is_generated:
            is_below = True
        elif not (is_below and package in _BELOW):
            is_below = False
            kept.append(step)
        step = step.tb_next
    if not kept:
        return trace
    result: types.TracebackType | None = None
    for step in reversed(kept):
        result = types.TracebackType(result, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return result


def hide_frames(error: BaseException) -> None:
    """Leave out of the traceback of an error, and of those that it comes from, the frames that are not the user's.

    Nothing happens where :func:`hides_frames` says no.
    """
    if not hides_frames():
        return
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = users_frames(error.__traceback__)
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
