from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.ops import crossentropy
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

LOGITS = torch.randn(4, 3, 5, generator=torch.Generator().manual_seed(0))
TARGET = torch.softmax(LOGITS.flip(0), -1)
CLASSES = TARGET.argmax(-1)


@pytest.mark.parametrize("from_logits", [False, True])
def test_binary_as_in_keras(real_keras, from_logits):
    output = LOGITS if from_logits else torch.sigmoid(LOGITS)
    theirs = real_keras.ops.binary_crossentropy(TARGET, output, from_logits)
    torch.testing.assert_close(crossentropy.binary_crossentropy(TARGET, output, from_logits), theirs.cpu())


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("axis", [-1, 1])
def test_categorical_as_in_keras(real_keras, from_logits, axis):
    output = LOGITS if from_logits else LOGITS.exp()
    theirs = real_keras.ops.categorical_crossentropy(TARGET, output, from_logits, axis)
    torch.testing.assert_close(crossentropy.categorical_crossentropy(TARGET, output, from_logits, axis), theirs.cpu())


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("extra_axis", [False, True])
def test_sparse_as_in_keras(real_keras, from_logits, extra_axis):
    output = LOGITS if from_logits else LOGITS.exp()
    target = CLASSES[..., None] if extra_axis else CLASSES
    theirs = real_keras.ops.sparse_categorical_crossentropy(target, output, from_logits)
    torch.testing.assert_close(crossentropy.sparse_categorical_crossentropy(target, output, from_logits), theirs.cpu())


def test_probabilities_are_clipped():
    certain = -np.log(1e-7)
    assert crossentropy.binary_crossentropy([1.0], [0.0]).item() == pytest.approx(certain, rel=1e-3)
    assert crossentropy.categorical_crossentropy([[1.0, 0.0]], [[0.0, 1.0]]).item() == pytest.approx(certain, rel=1e-3)
    assert crossentropy.sparse_categorical_crossentropy([0], [[0.0, 1.0]]).item() == pytest.approx(certain, rel=1e-3)


def test_symbolic_shapes():
    output = KerasTensor((None, 3, 5))
    assert crossentropy.categorical_crossentropy(KerasTensor((None, 3, 5)), output).shape == (None, 3)
    assert crossentropy.sparse_categorical_crossentropy(KerasTensor((None, 3), "int32"), output).shape == (None, 3)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: crossentropy.binary_crossentropy(TARGET, LOGITS[0]), r"output.shape=\(3, 5\)"),
        (lambda: crossentropy.categorical_crossentropy(1.0, 1.0), "at least one axis"),
        (lambda: crossentropy.sparse_categorical_crossentropy(CLASSES[0], LOGITS), r"target.shape=\(3,\)"),
        (lambda: crossentropy.sparse_categorical_crossentropy(CLASSES, LOGITS, axis=3), "axis 3 is out of bounds"),
    ],
)
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()
