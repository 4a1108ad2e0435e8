"""Seeds: when numbers repeat, as TensorFlow's do."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchkeras_compat.dialects.tensorflow.errors import InvalidArgumentError
from torchkeras_compat.dialects.tensorflow.random.seeds import mixed, seed_pair, set_seed
from torchkeras_compat.dialects.tensorflow.random.stateful import normal


def test_a_global_seed_repeats_a_program() -> None:
    set_seed(3)
    first = [normal([3]).numpy(), normal([3]).numpy()]
    set_seed(3)
    again = [normal([3]).numpy(), normal([3]).numpy()]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], first[1])


def test_seeds_of_calls_give_sequences_that_the_global_seed_starts_again() -> None:
    set_seed(3)
    first = [normal([3], seed=1).numpy(), normal([3], seed=1).numpy()]
    assert not np.array_equal(first[0], first[1])
    set_seed(3)
    np.testing.assert_array_equal(normal([3], seed=1).numpy(), first[0])
    set_seed(4)
    assert not np.array_equal(normal([3], seed=1).numpy(), first[0])


def test_a_global_seed_leaves_numpys_numbers_alone() -> None:
    np.random.seed(0)
    expected = np.random.rand()
    np.random.seed(0)
    set_seed(5)
    assert np.random.rand() == expected


def test_bad_seeds_are_refused() -> None:
    with pytest.raises(ValueError, match="Argument `seed` must be an integer. Received: 'a'"):
        set_seed("a")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match=r"A seed has shape \(2,\) and integers. Received shape \(1,\)"):
        seed_pair([1])
    with pytest.raises(TypeError, match="must be an integer or None"):
        normal([1], seed=1.5)  # type: ignore[arg-type]


def test_mixing_depends_on_every_number_and_their_order() -> None:
    assert len({mixed(1, 2), mixed(2, 1), mixed(1, 3), mixed(1), mixed(1, 2, 0)}) == 5
    assert torch.tensor(seed_pair(torch.tensor([1, 2]))).tolist() == [1, 2]
