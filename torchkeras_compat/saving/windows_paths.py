"""Files of weights from Windows, where some versions of Keras joined the names of groups by backslashes."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.saving.file_limits import current_limits, too_much
from torchkeras_compat.saving.stores import child


class FoldedGroup:
    r"""A group whose members are named ``layers\dense``, read as if they lay in ``layers``.

    Args:
        root: `h5py.File` or group that holds the members.
        key: Name of the group itself there; None if it is only a part of longer names, or the root.
        below: Name to key and members below, for each part.
    """

    def __init__(self, root: Any, key: str | None, below: dict[str, Any]) -> None:
        self.root, self.key, self.below = root, key, below
        self.name = root.name if key is None else f"{root.name.rstrip('/')}/{key}"

    def child(self, name: str) -> Any:
        """Return the group or dataset ``name``, None if there is none.

        Raises:
            FileContentError: it is a link, or lies outside of the file.
        """
        if name in self.below:
            key, below = self.below[name]
            return FoldedGroup(self.root, key, below) if below else child(self.root, key)
        own = self._own()
        return None if own is None else child(own, name)

    def keys(self) -> list[str]:
        """Names of the members."""
        own = self._own()
        return [*self.below, *(() if own is None else own.keys())]

    def _own(self) -> Any:
        """The group itself; None if there is only a longer name."""
        found = None if self.key is None else child(self.root, self.key)
        return found if hasattr(found, "keys") else None


def unfolded(root: Any) -> Any:
    r"""Return a file in which ``/`` alone separates names: the file itself, unless it has names with ``\``.

    Args:
        root: `h5py.File` or group, or an object with its ``keys``.

    Raises:
        FileLimitError: a name has too many parts.
    """
    if not any("\\" in key for key in root.keys()):
        return root
    tree: dict[str, Any] = {}
    limit = current_limits().nesting
    for key in root.keys():
        below = tree
        if key.count("\\") > limit:
            raise too_much(f"The group {key[:80]!r} is nested too deep", "nesting", limit)
        *path, last = key.split("\\")
        for part in path:
            below = below.setdefault(part, [None, {}])[1]
        below.setdefault(last, [None, {}])[0] = key
    return FoldedGroup(root, None, tree)
