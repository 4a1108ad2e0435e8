"""The question whether a file may be overwritten."""

from __future__ import annotations

import os


def ask_to_proceed_with_overwrite(filepath: str | os.PathLike[str]) -> bool:
    """Ask at the console whether a file may be overwritten, until the answer is ``y`` or ``n``.

    Args:
        filepath: The file.

    Returns:
        Whether the answer is yes. Without a console to ask at, it is no.

    Source: Keras 2.15 API, utils/io_utils.
    """
    question = f"[WARNING] {os.fspath(filepath)} already exists - overwrite? [y/n] "
    try:
        answer = input(question).strip().lower()
        while answer not in ("y", "n"):
            answer = input("Enter 'y' (overwrite) or 'n' (cancel). ").strip().lower()
    except EOFError:
        print("[TIP] There is nobody to ask. Specify overwrite=True.")
        return False
    if answer == "y":
        print("[TIP] Next time specify overwrite=True!")
    return answer == "y"
