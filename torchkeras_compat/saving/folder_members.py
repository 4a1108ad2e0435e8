"""The files of a folder that a stranger may have made: links out of it, pipes and devices are set apart."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from torchkeras_compat.saving.file_limits import current_limits, too_much


def folder_members(folder: str) -> dict[str, tuple[str, str | None]]:
    """Return the files below a folder: name with ``/``, to the real path, and why it is not read, or None.

    Args:
        folder: Path of the folder, which may be a link itself.

    Raises:
        FileLimitError: there are too many.
    """
    root = os.path.realpath(folder)
    found: dict[str, tuple[str, str | None]] = {}
    limit = current_limits().members
    for place, folders, files in os.walk(root):  # follows no links to folders
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in (*files, *links):
            path = os.path.join(place, name)
            found[os.path.relpath(path, root).replace(os.sep, "/")] = (os.path.realpath(path), _fault(path, root))
            if len(found) > limit:
                raise too_much(f"The folder {folder!r} has too many files", "members", limit)
    return found


def _fault(path: str, root: str) -> str | None:
    real = os.path.realpath(path)
    if not Path(real).is_relative_to(root):  # also on another drive than the folder
        return "is a link that leads out of the folder. Copy the file itself into it"
    try:
        mode = os.stat(real).st_mode
    except OSError as error:
        return f"cannot be found ({error.strerror})"
    if stat.S_ISREG(mode):
        return None
    return f"is a {'link to a folder' if stat.S_ISDIR(mode) else 'pipe, socket or device'}, and not a file"
