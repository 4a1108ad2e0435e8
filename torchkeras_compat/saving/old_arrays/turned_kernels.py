"""Which kernels were turned round when they were loaded, so that code of Keras 1 does not do it a second time.

Keras 1 left the kernels of Theano as they were, and its code called `convert_all_kernels_in_model` after loading.
"""

from __future__ import annotations

from typing import Any

from torch.utils.weak import WeakTensorKeyDictionary

_versions: Any = WeakTensorKeyDictionary()  # of torch's own counts of changes


def note_turned(kernel: Any) -> None:
    """Note that the values of a kernel were turned round when they were set.

    Args:
        kernel: Its `Variable`.
    """
    tensor = kernel.parameters[0]
    _versions[tensor] = tensor._version


def is_turned(kernel: Any) -> bool:
    """Return whether a kernel still has the values that were turned round when they were loaded.

    Args:
        kernel: Its `Variable`.
    """
    tensor = kernel.parameters[0]
    return bool(_versions.get(tensor, -1) == tensor._version)
