"""The one sentence about a name of Keras or TensorFlow that is not here: whose it is, and what to use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torchkeras_compat.dialects import absent_names
from torchkeras_compat.dialects.dialect import DIALECTS
from torchkeras_compat.dialects.names.modules import ROWS
from torchkeras_compat.dialects.names.table import BY_PATH
from torchkeras_compat.dialects.versions import having
from torchkeras_compat.errors import nearest


def absent_keras_name(module: str, homes: Sequence[str], name: str, known: Iterable[str]) -> str:
    """Return the sentence about a name that a module of Keras does not have here.

    Args:
        module: Name of the module as it was imported.
        homes: Its path below ``keras``, and those of the namespaces in which its names are found now.
        name: The name.
        known: The names that it has.
    """
    paths = [f"{home}.{name}" if home else name for home in homes]
    for path in paths:
        if path in absent_names.KERAS:
            versions, instead = absent_names.KERAS[path]
            return (
                f"`{module}.{name}` is a name of Keras {versions}, and torchkeras_compat does not have it: {instead}."
            )
    row = next((BY_PATH[path] for path in paths if path in BY_PATH), None)
    if row is not None:
        return (
            f"`{module}.{name}` is a name of Keras {row.versions}, which Keras 3 does not have. Run the code in the"
            f" dialect that had it: `install_as_keras(dialect=...)`, or `--dialect`, with one of"
            f" {', '.join(repr(dialect.name) for dialect in having(row.versions))}."
        )
    title = next((d.title for d in DIALECTS.values() if any(d.signature(path) for path in paths)), None)
    if title is not None:
        return f"`{module}.{name}` is a name of {title}, and torchkeras_compat does not have it here: {_ELSEWHERE}."
    if homes[0] in INNER:
        slips = [other for other in known if _is_slip(name, other)]
        if not slips:
            return (
                f"`{module}.{name}` is not a public name of Keras, and torchkeras_compat does not have it: use a name"
                " that Keras documents."
            )
    return f"`{module}` has no name {name!r} in torchkeras_compat.{nearest(name, known, 0.7)}"


def absent_tensorflow_name(module: str, path: str, known: Iterable[str]) -> str:
    """Return the sentence about a name of TensorFlow that is not here.

    Args:
        module: Name of the module as it was imported.
        path: Path of the name below ``tensorflow``.
        known: The names that the module has.
    """
    name = path.rpartition(".")[2]
    found = next(start for start in _starts(path) if start in absent_names.TENSORFLOW)
    instead = absent_names.TENSORFLOW[found]
    slips = [] if found else [other for other in known if _is_slip(name, other)]
    if slips:
        return f"`{module}` has no name {name!r} in torchkeras_compat. Did you mean {' or '.join(map(repr, slips))}?"
    return f"`{module}.{name}` belongs to TensorFlow, and torchkeras_compat does not have it: {instead}."


# Modules that no documentation of Keras named.
INNER = frozenset(row.path for row in ROWS if row.path not in row.spaces and not row.path.startswith("layers."))
_ELSEWHERE = "look for it under the public namespaces of `keras`"


def _starts(path: str) -> list[str]:
    """Return a path, then the paths above it, the longest first; as code of TensorFlow 2 has them, too."""
    parts = path.split(".")
    starts = [".".join(parts[:n]) for n in range(len(parts), -1, -1)]
    if parts[:1] == ["compat"]:
        starts[-1:] = _starts(".".join(parts[2:])) if len(parts) > 2 else [""]
    return starts


def _is_slip(name: str, other: str) -> bool:
    """Whether a name is another one with one letter more, less, wrong or swapped; a digit is never one.

    Two names of TensorFlow may be as close as ``rgb_to_yiq`` and ``rgb_to_yuv``, or ``conv1d`` and ``conv2d``.

    Example:
        >>> _is_slip("Varaible", "Variable"), _is_slip("conv1d", "conv2d")
        (True, False)
    """
    if name.lower() == other.lower():
        return True
    at = next((n for n, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), min(len(name), len(other)))
    mine, its = name[at:], other[at:]
    if len(name) < 4 or any(part[:1].isdigit() for part in (mine, its)):
        return False
    swapped = mine[:2] == its[:2][::-1] and mine[2:] == its[2:]
    return swapped or mine[1:] in (its, its[1:]) or mine == its[1:]
