"""The version of the package."""

from __future__ import annotations

from importlib import metadata

__version__ = metadata.version("torchkeras-compat")


def version() -> str:
    """Return the version of torchkeras_compat, such as ``"0.1.0"``."""
    return __version__
