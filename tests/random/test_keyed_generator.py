"""The generator of a seed and a number; the oracle is `torch.manual_seed`."""

from __future__ import annotations

import torch

from torchkeras_compat.random.keyed_generator import keyed_generator

CPU = torch.device("cpu")


def drawn(key: int, count: int) -> list[int]:
    return torch.randint(2**31, (3,), generator=keyed_generator(key, count, CPU)).tolist()


def test_the_first_draw_is_that_of_the_seed():
    assert drawn(7, 0) == torch.randint(2**31, (3,), generator=torch.Generator().manual_seed(7)).tolist()


def test_each_number_gives_other_draws_and_the_same_ones_again():
    draws = [drawn(key, count) for key in (7, 8, 2**40) for count in range(4)]
    assert len({tuple(d) for d in draws}) == len(draws)
    assert drawn(7, 2) == draws[2]
