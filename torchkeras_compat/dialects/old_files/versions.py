"""Which Keras wrote a file."""

from __future__ import annotations

import re
from typing import NamedTuple

from torchkeras_compat.dialects.dialect import KERAS1, KERAS2, TF_KERAS, Dialect


class FileVersion(NamedTuple):
    """A ``keras_version`` before 3.

    Args:
        major: Its first number.
        minor: Its second one.
        is_tf: Whether it is the Keras inside TensorFlow: ``"2.2.4-tf"``, and all from 2.4 on.
        patch: Its third number.
    """

    major: int
    minor: int
    is_tf: bool
    patch: int = 0

    @property
    def dialect(self) -> Dialect:
        """The dialect whose signatures and defaults the file means."""
        if self.is_tf:
            return TF_KERAS
        return KERAS2 if self.major >= 2 else KERAS1

    def is_in(self, first: tuple[int, ...], last: tuple[int, ...]) -> bool:
        """Return whether it lies between two versions, of two or three numbers, both included."""
        own = (self.major, self.minor, self.patch)
        return first <= own[: len(first)] and own[: len(last)] <= last


def file_version(text: str) -> FileVersion:
    """Return the version that a text names; what is none counts as the first Keras.

    Args:
        text: ``keras_version`` of a file.

    Example:
        >>> file_version("2.2.4-tf")
        FileVersion(major=2, minor=2, is_tf=True, patch=4)
        >>> file_version("1.2.2").dialect.name
        'keras1'
    """
    found = re.match(r"(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?", text)
    major, minor, patch = (int(number or 0) for number in found.groups()) if found else (1, 0, 0)
    return FileVersion(major, minor, text.endswith("-tf") or (major, minor) >= (2, 4), patch)
