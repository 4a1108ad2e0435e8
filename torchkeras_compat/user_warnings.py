"""Warnings that point at the user's line, however deep the check that found the fault."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

_PACKAGE = str(Path(__file__).resolve().parent) + os.sep


def warn_user(message: str) -> None:
    """Issue a ``UserWarning`` whose place is the first frame outside this package.

    Args:
        message: What happens now, and what to do about it.
    """
    level = 2
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
        level += 1
    warnings.warn(message, UserWarning, stacklevel=level)
