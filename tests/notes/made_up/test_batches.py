"""Batches for names of datasets and generators."""

from __future__ import annotations

import numpy as np

from torchkeras_compat.notes.made_up.batches import MadeUpBatches, batches

X, LABELS = np.arange(70).reshape(70, 1), np.arange(70) % 3


def test_batches_have_the_attributes_of_image_generators() -> None:
    made = batches("train_generator", X, LABELS, LABELS)
    assert isinstance(made, MadeUpBatches)
    assert (len(made), made.samples, made.batch_size, made.num_classes) == (3, 70, 32, 3)
    assert made.class_indices == {"class_0": 0, "class_1": 1, "class_2": 2}
    assert [len(made[i][0]) for i in range(3)] == [32, 32, 6]
    np.testing.assert_array_equal(next(made)[1], LABELS[:32])


def test_batches_that_repeat_begin_again() -> None:
    made = MadeUpBatches([X, X], LABELS, LABELS, repeats=True)
    assert len(made) > 1000
    np.testing.assert_array_equal(made[3][0][1], X[:32])
    assert isinstance(made[0][0], tuple)
