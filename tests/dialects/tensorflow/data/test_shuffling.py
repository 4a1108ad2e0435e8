from __future__ import annotations

import pytest

from torchkeras_compat.dialects.tensorflow.data.shuffling import random_numbers, shuffled


@pytest.mark.parametrize("size", [1, 3, 10, 20])
def test_every_element_comes_once(size: int) -> None:
    assert sorted(shuffled(range(10), size, random_numbers(0))) == list(range(10))


def test_an_element_is_drawn_from_those_in_the_buffer() -> None:
    for place, element in enumerate(shuffled(range(5000), 8, random_numbers(1))):
        assert element < place + 8


def test_a_whole_buffer_gives_the_permutation_of_the_seed() -> None:
    assert list(shuffled(range(6), 9, random_numbers(4))) == random_numbers(4).permutation(6).tolist()
    assert random_numbers(-1).integers(10**6) == random_numbers(2**64 - 1).integers(10**6)
