"""The operation that draws inside graphs."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.random.draw_operation import draw
from torchkeras_compat.random.keyed_generator import keyed_generator

SEED = torch.tensor([3, 5])
CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("kind", "numbers", "expected"),
    [
        ("normal", [1.0, 2.0], lambda g: torch.empty(4).normal_(1.0, 2.0, generator=g)),
        ("uniform", [0.0, 3.0], lambda g: torch.empty(4).uniform_(0.0, 3.0, generator=g)),
        ("bernoulli", [0.3], lambda g: torch.empty(4).bernoulli_(0.3, generator=g)),
        ("randint", [2.0, 9.0], lambda g: torch.randint(2, 9, (4,), generator=g)),
        ("randperm", [], lambda g: torch.randperm(4, generator=g)),
    ],
)
def test_it_draws_what_torch_draws_with_the_generator_of_the_seed(kind, numbers, expected):
    found = draw(SEED, kind, [], [4], numbers, torch.float32, CPU)
    torch.testing.assert_close(found, expected(keyed_generator(3, 5, CPU)), rtol=0, atol=0)


def test_so_do_draws_with_parameters():
    shapes = torch.tensor([1.0, 2.0])
    found = draw(SEED, "_standard_gamma", [shapes], [2], [], torch.float32, CPU)
    expected = torch._standard_gamma(shapes, generator=keyed_generator(3, 5, CPU))
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_its_shape_is_known_without_numbers():
    found = draw(SEED.to("meta"), "normal", [], [4, 2], [0.0, 1.0], torch.float16, torch.device("meta"))
    assert (tuple(found.shape), found.dtype, found.is_meta) == ((4, 2), torch.float16, True)
