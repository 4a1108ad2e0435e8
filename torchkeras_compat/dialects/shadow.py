"""This package in Keras's place in a whole environment: two files in its `site-packages`, and out again."""

from __future__ import annotations

import ast
import os
import sysconfig
from pathlib import Path

from torchkeras_compat.dialects import shadow_finder

NAME = "torchkeras_shadow"
KERAS = ("keras", "tf_keras")


def site_packages() -> Path:
    """Return the folder of the running Python that installed packages lie in."""
    return Path(sysconfig.get_paths()["purelib"])


def add_shadow(folder: str | os.PathLike[str] | None = None, *, tensorflow: bool = False) -> Path:
    """Let every Python of an environment find this package under ``import keras``, from its next start on.

    Adding it again changes what it stands for.

    Args:
        folder: The `site-packages` of the environment; None for that of the running Python.
        tensorflow: Whether ``import tensorflow`` gives what this package has of it, too.

    Returns:
        The `.pth` file.

    Raises:
        ValueError: there is no such folder.
        OSError: it cannot be written to.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> add_shadow(folder).name
        'torchkeras_shadow.pth'
        >>> shadowed(folder)
        ('keras', 'tf_keras')
        >>> remove_shadow(folder)
        True
    """
    home = _folder(folder)
    roots = (*KERAS, "tensorflow") if tensorflow else KERAS
    source = Path(shadow_finder.__file__).read_text(encoding="utf-8")
    (home / f"{NAME}.py").write_text(source, encoding="utf-8")
    start = home / f"{NAME}.pth"
    arguments = ", ".join(map(repr, roots))
    start.write_text(f"import {NAME}; {NAME}.install({arguments})\n", encoding="utf-8")
    return start


def remove_shadow(folder: str | os.PathLike[str] | None = None) -> bool:
    """Take the two files out again.

    Args:
        folder: The `site-packages` of the environment; None for that of the running Python.

    Returns:
        Whether they were there.

    Raises:
        ValueError: there is no such folder.
        OSError: they cannot be removed.
    """
    home = _folder(folder)
    was_there = shadowed(home) != ()
    for ending in (".pth", ".py"):
        (home / f"{NAME}{ending}").unlink(missing_ok=True)
    return was_there


def shadowed(folder: str | os.PathLike[str] | None = None) -> tuple[str, ...]:
    """Return the modules that this package stands for in an environment; none if it does not.

    Args:
        folder: The `site-packages` of the environment; None for that of the running Python.

    Raises:
        ValueError: there is no such folder.
    """
    start = _folder(folder) / f"{NAME}.pth"
    if not start.exists():
        return ()
    call = start.read_text(encoding="utf-8").partition(".install")[2]
    return tuple(ast.literal_eval(f"({call.strip().strip('()')},)"))


def _folder(folder: str | os.PathLike[str] | None) -> Path:
    home = site_packages() if folder is None else Path(folder)
    if not home.is_dir():
        raise ValueError(f"There is no folder {home}. Pass the `site-packages` of an environment.")
    return home
