"""Kernels that were turned round when they were loaded."""

from __future__ import annotations

from torchkeras_compat import layers
from torchkeras_compat.saving.old_arrays.turned_kernels import is_turned, note_turned


def test_a_kernel_is_turned_until_it_gets_other_values():
    layer = layers.Conv1D(1, 2)
    layer.build((None, 4, 1))
    kernel = layer.weights[0]
    assert not is_turned(kernel)
    note_turned(kernel)
    assert is_turned(kernel) and not is_turned(layer.weights[1])
    kernel.assign(kernel.numpy() + 1)
    assert not is_turned(kernel)
