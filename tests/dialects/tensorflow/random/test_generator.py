"""`tf.random.Generator`: streams and their states."""

from __future__ import annotations

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow.random import generator as module
from torchkeras_compat.dialects.tensorflow.random.generator import Generator


def test_a_seed_determines_a_stream_that_goes_on() -> None:
    a, b = Generator.from_seed(1), Generator.from_seed(1)
    first = a.normal([3]).numpy()
    np.testing.assert_array_equal(first, b.normal([3]).numpy())
    assert not np.array_equal(first, a.normal([3]).numpy())
    a.reset_from_seed(1)
    np.testing.assert_array_equal(first, a.normal([3]).numpy())


def test_a_state_is_copied_and_restored() -> None:
    a = Generator.from_seed(1)
    a.normal([1])
    b = Generator(copy_from=a)
    state = a.state
    expected = a.uniform([2]).numpy()
    np.testing.assert_array_equal(expected, b.uniform([2]).numpy())
    a.reset(state)
    np.testing.assert_array_equal(expected, a.uniform([2]).numpy())
    assert state.shape == (3,)


def test_streams_that_are_split_off_differ() -> None:
    parts = Generator.from_seed(1).split(3)
    numbers = [part.normal([2]).numpy().tolist() for part in parts]
    assert len({tuple(n) for n in numbers}) == 3


def test_seeds_are_made_for_stateless_functions() -> None:
    assert Generator.from_seed(1).make_seeds(4).shape == (2, 4)
    assert Generator.from_seed(1).binomial([2], counts=3.0, probs=1.0).numpy().tolist() == [3, 3]
    assert Generator.from_seed(1).truncated_normal([2]).shape == (2,)


def test_the_global_one_can_be_set() -> None:
    before = module.get_global_generator()
    try:
        module.set_global_generator(Generator.from_seed(7))
        expected = Generator.from_seed(7).normal([2]).numpy()
        np.testing.assert_array_equal(module.get_global_generator().normal([2]).numpy(), expected)
    finally:
        module.set_global_generator(before)


def test_a_generator_without_a_state_is_refused() -> None:
    with pytest.raises(ValueError, match="A generator needs a state of three integers"):
        Generator()
