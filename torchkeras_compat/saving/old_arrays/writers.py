"""Which Keras wrote the arrays of a file, and on which backend."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from torchkeras_compat.public_names import named
from torchkeras_compat.saving.h5_checks import attribute, text_of
from torchkeras_compat.saving.old_files import is_keras2

_THEANO = "theano"
# Names of variables in Keras 1: "convolution2d_1_W". TensorFlow adds ":0" to them, Theano nothing.
_OF_KERAS_1_ON_THEANO = re.compile(r"[^/:]+_[WUb](?:_[a-z]+)?")


class Writer(NamedTuple):
    """Who wrote the arrays of a file.

    Args:
        major: First number of the version of Keras.
        minor: Second number.
        backend: ``"theano"``, ``"tensorflow"``, ...; None if the file does not say.
        is_nameless: Whether arrays are counted, ``layer_0/param_0``, as Keras before 1.0 did.
    """

    major: int
    minor: int
    backend: str | None = None
    is_nameless: bool = False

    @property
    def is_keras1(self) -> bool:
        """Whether it is a Keras before 2."""
        return self.major < 2

    @property
    def is_keras3(self) -> bool:
        """Whether it is Keras 3, or this package."""
        return self.major > 2

    def is_on_theano(self, name: str) -> bool:
        """Return whether the array ``name`` comes from a model on Theano.

        Files of Keras 1 have no ``backend``; there the name says it. What has no names is of Theano, the default then.

        Args:
            name: Name of the array in the file.

        Example:
            >>> Writer(2, 1, "theano").is_on_theano("conv/kernel"), Writer(1, 2).is_on_theano("conv_W:0")
            (True, False)
            >>> Writer(1, 2).is_on_theano("conv_W")
            True
        """
        if self.backend is not None or not self.is_keras1:
            return self.backend == _THEANO
        return self.is_nameless or _OF_KERAS_1_ON_THEANO.fullmatch(name) is not None


def writer_of(group: Any, root: Any = None) -> Writer:
    """Return who wrote the arrays in a group, by its attributes, or those of the file's root.

    Args:
        group: Group with ``layer_names``.
        root: The file, if it holds a whole model.
    """
    version = _text("keras_version", group, root) or "1"
    backend = _text("backend", group, root)
    is_nameless = "nb_layers" in group.attrs or "nb_params" in group.attrs
    if not is_keras2(version):
        return Writer(3, 0, backend)
    found = named("dialects.old_files.versions.file_version")(version)
    return Writer(found.major, found.minor, backend, is_nameless)


def _text(key: str, *groups: Any) -> str | None:
    for group in groups:
        found = attribute(group, key) if group is not None else None
        if found is not None:
            return text_of(found)
    return None
