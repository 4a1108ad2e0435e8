"""``tf.io.read_file`` and its like: whole files as strings."""

from __future__ import annotations

import base64
import os
from typing import Any

import numpy as np

from torchkeras_compat.dialects.tensorflow.elements.values import absorbed_leaf, presented
from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.io.gfile import glob, local, open_to_read
from torchkeras_compat.dialects.tensorflow.io.tensors import bytes_of


def read_file(filename: Any, name: str | None = None) -> Any:
    """Return the content of a file as a scalar string.

    Raises:
        NotFoundError: there is no such file.

    Source: TensorFlow API, io/read_file.
    """
    with open_to_read(filename if isinstance(filename, (str, os.PathLike)) else bytes_of(filename)) as file:
        return presented(np.array(file.read(), dtype=object))


def write_file(filename: Any, contents: Any, name: str | None = None) -> None:
    """Write a scalar string into a file; its directory is made if it does not exist.

    Source: TensorFlow API, io/write_file.
    """
    path = local(filename if isinstance(filename, (str, os.PathLike)) else bytes_of(filename))
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "wb") as file:
        file.write(bytes_of(contents))


def matching_files(pattern: Any, name: str | None = None) -> Any:
    """Return the paths that match a pattern, or one of several, sorted.

    Source: TensorFlow API, io/matching_files.
    """
    patterns = np.atleast_1d(absorbed_leaf(pattern)).reshape(-1).tolist()
    found = sorted({path for one in patterns for path in glob(one.decode())})
    array = np.empty(len(found), dtype=object)
    array[:] = [path.encode() for path in found]
    return presented(array)


def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Any:
    """Return strings in the web-safe alphabet of base64.

    Args:
        input: Strings.
        pad: Whether ``=`` fills the end.
        name: Nothing is named.

    Example:
        >>> encode_base64("ab?").numpy()
        b'YWI_'

    Source: TensorFlow API, io/encode_base64.
    """
    return _each(input, lambda text: base64.urlsafe_b64encode(text) if pad else _unpadded(text))


def decode_base64(input: Any, name: str | None = None) -> Any:
    """Return strings of which the web-safe base64 is given.

    Raises:
        InvalidArgumentError: a string is not base64.

    Source: TensorFlow API, io/decode_base64.
    """

    def decoded(text: bytes) -> bytes:
        try:
            if b"+" in text or b"/" in text:
                raise ValueError("+ and / are not of the web-safe alphabet")
            return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError as error:
            raise InvalidArgumentError(f"Invalid character or length found in base64: {error}.") from error

    return _each(input, decoded)


def _unpadded(text: bytes) -> bytes:
    return base64.urlsafe_b64encode(text).rstrip(b"=")


def _each(value: Any, function: Any) -> Any:
    strings = np.asarray(absorbed_leaf(value), dtype=object)
    return presented(np.vectorize(function, otypes=[object])(strings))
