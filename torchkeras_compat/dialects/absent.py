"""The one sentence about a name of Keras or TensorFlow that is not here: whose it is, and what to use."""

from __future__ import annotations

from collections.abc import Iterable

from torchkeras_compat.dialects.dialect import DIALECTS
from torchkeras_compat.dialects.names.table import BY_PATH
from torchkeras_compat.errors import nearest

# Path below `tensorflow` -> what to use instead; the longest that fits is meant.
INSTEAD: dict[str, str] = {
    "": "Use `keras.ops` or torch",
    "estimator": "Use `Model.fit`",
    "lite": "Use `Model.export(path, format='litert')`",
    "raw_ops": "Use the function of `tf.math`, `tf.nn` or `keras.ops` of this purpose",
    "tpu": "TPUs are not supported: use a CUDA device",
    "contrib": "TensorFlow itself dropped it in 2.0: use a package that has it now",
}


def absent_keras_name(module: str, path: str, name: str, known: Iterable[str]) -> str:
    """Return the sentence about a name that a module of Keras does not have here.

    Args:
        module: Name of the module as it was imported.
        path: Its path below ``keras``.
        name: The name.
        known: The names that it has.
    """
    row = BY_PATH.get(f"{path}.{name}" if path else name)
    if row is not None:
        return (
            f"`{module}.{name}` is a name of Keras {row.versions}, which Keras 3 does not have. Run the code in the"
            f" dialect that had it: `install_as_keras(dialect=...)`, or `--dialect`, with one of"
            f" {', '.join(repr(d) for d in DIALECTS if d != 'keras3')}."
        )
    return f"`{module}` has no name {name!r} in torchkeras_compat.{nearest(name, known)}".rstrip(".") + "."


def absent_tensorflow_name(module: str, path: str, known: Iterable[str]) -> str:
    """Return the sentence about a name of TensorFlow that is not here.

    Args:
        module: Name of the module as it was imported.
        path: Path of the name below ``tensorflow``.
        known: The names that the module has.
    """
    instead = next(INSTEAD[start] for start in _starts(path) if start in INSTEAD)
    close = nearest(path.rpartition(".")[2], known, 0.85)
    return (
        f"`{module}.{path.rpartition('.')[2]}` belongs to TensorFlow, and torchkeras_compat does not have it.{close}"
        f" {instead} instead."
        if not instead.startswith("TPU")
        else f"`{module}.{path}` belongs to TensorFlow: {instead}."
    )


def _starts(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(len(parts), -1, -1)]
