from __future__ import annotations

import pytest
import torch

from torchkeras_compat.legacy.backend import products as K


@pytest.mark.parametrize(
    ("shapes", "axes", "message"),
    [
        (((5, 2, 3), (5, 4, 4)), (2, 1), "axes to be of one size"),
        (((5, 2, 3), (5, 3, 4)), (3, 1), "an axis that an input does not have"),
        (((5, 2), (5, 2)), 0, "cannot contract the batch axis, 0"),
        (((5,), (5, 2)), 1, "at least 2 axes"),
        (((5, 2, 3), (5, 2, 3)), ([1, 2], [1, 2]), "one axis of each input, not several"),
    ],
)
def test_axes_that_do_not_fit_are_refused(shapes, axes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        K.batch_dot(*map(torch.ones, shapes), axes=axes)


def test_batches_of_more_axes_differ_between_the_versions() -> None:
    x, y = torch.rand(5, 7, 2, 3), torch.rand(5, 7, 3, 4)
    # Keras 1.2.2 multiplies the matrices in the last two axes, Keras 2.3 takes all other axes of both.
    assert torch.allclose(K.batch_dot_by_matrices(x, y, axes=(3, 2)), x @ y)
    assert K.batch_dot(x, y, axes=(3, 2)).shape == (5, 7, 2, 7, 4)


@pytest.mark.parametrize(
    ("shapes", "axes", "result"),
    [
        # Shapes as the documentation of Keras 1.2 has them.
        (((32, 20), (32, 20)), 1, (32, 1)),
        (((32, 20, 1), (32, 30, 20)), (1, 2), (32, 1, 30)),
        (((8, 3, 4), (8, 4)), (2, 1), (8, 3)),
        (((8, 4), (8, 4, 3)), (1, 1), (8, 3)),
        (((8, 2, 3), (8, 3, 4)), None, (8, 2, 4)),
    ],
)
def test_up_to_three_axes_the_versions_agree(shapes, axes, result: tuple[int, ...]) -> None:
    x, y = map(torch.rand, shapes)
    old, new = K.batch_dot_by_matrices(x, y, axes=axes), K.batch_dot(x, y, axes=axes)
    assert old.shape == result
    assert torch.allclose(old.reshape(new.shape), new)


def test_rows_are_looked_up_by_indices_of_any_shape() -> None:
    assert K.gather(torch.arange(6).reshape(3, 2), torch.tensor([[2], [0]])).tolist() == [[[4, 5]], [[0, 1]]]


def test_the_product_of_vectors_is_a_number() -> None:
    assert K.dot(torch.ones(3), torch.ones(3)).shape == ()
