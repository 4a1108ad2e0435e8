"""What a dialect is: a name, a version of Keras, and the signatures that this version had."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from torchkeras_compat.dialects.old_signatures import OldSignature, read_signatures


@dataclass(frozen=True)
class Dialect:
    """A set of meanings, those of one version of Keras.

    Args:
        name: By which `install_as_keras` and objects know it.
        version: The version whose defaults and signatures it has; ``keras.__version__``.
        title: For people.
        file: Of its signatures; None for the core's own.
    """

    name: str
    version: str
    title: str
    file: str | None

    @property
    def has_core_meanings(self) -> bool:
        """Whether nothing differs from the core."""
        return self is KERAS3

    @property
    def is_mixed(self) -> bool:
        """Whether it is Keras 3 in which calls of any older version are understood."""
        return self in (MIXED, MIXED_WITH_TENSORS)

    def signature(self, path: str) -> OldSignature | None:
        """Return what a public name took, ``"layers.Dense"`` or ``"models.Model.fit"``; None if there was none."""
        return None if self.file is None else read_signatures(self.file).get(path)


KERAS1 = Dialect("keras1", "1.2.2", "Keras 1", "keras1.txt")
KERAS2 = Dialect("keras2", "2.3.1", "Keras 2", "keras2.txt")
TF_KERAS = Dialect("tf.keras", "2.15.0", "tf.keras", "tf_keras.txt")
KERAS3 = Dialect("keras3", "3.15.1", "Keras 3", None)
# Of code that may be of any version; the second has the tensors of TensorFlow, as Keras with TensorFlow gave them.
MIXED_WITH_TENSORS = Dialect("mixed-tensors", "3.15.1", "Keras 3", None)
MIXED = Dialect("mixed", "3.15.1", "Keras 3", None)
DIALECTS = {dialect.name: dialect for dialect in (KERAS1, KERAS2, TF_KERAS, KERAS3)}
_MIXED = {dialect.name: dialect for dialect in (MIXED, MIXED_WITH_TENSORS)}
# Dialects in which layers called on arrays, and functions of the user, have tensors with TensorFlow's manners.
WITH_TENSORS = frozenset({TF_KERAS.name, MIXED_WITH_TENSORS.name})


@functools.cache
def from_here_on(name: str) -> tuple[Dialect, ...]:
    """Return a dialect and those of later versions, whose spellings its code may use, too."""
    if name in _MIXED:
        return (_MIXED[name],)
    order = list(DIALECTS)
    return tuple(DIALECTS[later] for later in order[order.index(name) :])


def dialect_named(name: str) -> Dialect:
    """Return a dialect by its name.

    Raises:
        ValueError: there is none of this name.
    """
    if name in _MIXED:
        return _MIXED[name]
    if name not in DIALECTS:
        raise ValueError(f"A dialect is one of {', '.join(map(repr, DIALECTS))}. Received: {name!r}")
    return DIALECTS[name]
