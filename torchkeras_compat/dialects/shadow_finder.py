"""A file of its own, for `site-packages`: at the first ``import keras`` it puts torchkeras_compat in Keras's place.

``torchkeras-compat shadow`` copies this file, and adds a `.pth` file that calls :func:`install` whenever Python starts.
So it imports nothing but the standard library, and nothing else happens before the first import of a name in ``roots``.
``TORCHKERAS_SHADOW=0`` switches it off for one run.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

OFF = ("0", "no", "off", "false")


class ShadowFinder:
    """The first of the import hooks, until a module of ``roots`` is asked for.

    Args:
        roots: Names of the modules that torchkeras_compat stands for.
    """

    def __init__(self, roots: tuple[str, ...]) -> None:
        self.roots = roots

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Put torchkeras_compat in place, and return the specification of its view of ``name``; else None."""
        root = name.partition(".")[0]
        if root not in self.roots:
            return None
        if os.environ.get("TORCHKERAS_SHADOW", "").lower() in OFF:
            return None
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        if importlib.util.find_spec("torchkeras_compat") is None:
            print(
                f"torchkeras_shadow: torchkeras_compat is not installed, so `import {root}` finds what else there is."
                f" Install it, or remove {os.path.splitext(__file__)[0]}.py and .pth.",
                file=sys.stderr,
            )
            return None
        from torchkeras_compat.dialects.install import put_in_place  # 1 s, with torch: only who imports Keras

        return put_in_place(self.roots).find_spec(name, path, target)


def install(*roots: str) -> None:
    """Put the hook in front of all others."""
    sys.meta_path.insert(0, ShadowFinder(roots))
