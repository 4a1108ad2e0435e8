"""This package in Keras's place in a whole environment: two files in its `site-packages`, and out again."""

from __future__ import annotations

import os
import re
import sysconfig
from pathlib import Path

from torchkeras_compat.dialects import shadow_finder

NAME = "torchkeras_shadow"
KERAS = ("keras", "tf_keras")
_LONGEST = 1000  # of the `.pth` file, in bytes


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
    _write(home / f"{NAME}.py", source)
    start = home / f"{NAME}.pth"
    arguments = ", ".join(map(repr, roots))
    _write(start, f"import {NAME}; {NAME}.install({arguments})\n")
    return start


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: every start of Python reads it."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


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
    files = [home / f"{NAME}{ending}" for ending in (".pth", ".py")]
    was_there = files[0].exists()
    for file in files:
        file.unlink(missing_ok=True)
    return was_there


def shadowed(folder: str | os.PathLike[str] | None = None) -> tuple[str, ...]:
    """Return the modules that this package stands for in an environment; none if it does not.

    Args:
        folder: The `site-packages` of the environment; None for that of the running Python.

    Raises:
        ValueError: there is no such folder, or the `.pth` file in it is not one that :func:`add_shadow` wrote.
    """
    start = _folder(folder) / f"{NAME}.pth"
    if not start.exists():
        return ()
    with start.open("rb") as file:
        text = file.read(_LONGEST).decode(errors="replace")
    written = re.fullmatch(rf"import {NAME}; {NAME}\.install\(('\w+'(?:, '\w+')*)\)\s*", text)
    if written is None:
        raise ValueError(
            f"{start} is not as it was written. `torchkeras-compat shadow` writes it again, `--undo` removes it."
        )
    return tuple(re.findall(r"\w+", written[1]))


def _folder(folder: str | os.PathLike[str] | None) -> Path:
    home = site_packages() if folder is None else Path(folder)
    if not home.is_dir():
        raise ValueError(f"There is no folder {home}. Pass the `site-packages` of an environment.")
    return home
