from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch

from torchkeras_compat.random.continuous_distributions import normal
from torchkeras_compat.random.seed_generator import SeedGenerator, draw_seed, torch_generator
from torchkeras_compat.random.seeding import set_random_seed


def test_draws_are_the_seed_and_a_count_on_the_cpu():
    generator = SeedGenerator(42)
    drawn = [generator.next() for _ in range(3)]
    assert [d.tolist() for d in drawn] == [[42, 0], [42, 1], [42, 2]]
    assert all(d.dtype is torch.int64 and d.device.type == "cpu" for d in drawn)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))])
def test_a_copy_draws_the_same_numbers(copied):
    generator = SeedGenerator(5)
    normal((2,), seed=generator)
    twin = copied(generator)
    assert torch.equal(normal((4,), seed=generator), normal((4,), seed=twin))


def test_config_gives_a_generator_at_its_first_seed():
    generator = SeedGenerator(5, name="noise")
    generator.next()
    twin = SeedGenerator.from_config(generator.get_config())
    assert (twin.name, twin.state.tolist()) == ("noise", [5, 0])


def test_an_int_gives_the_numbers_of_torch_seeded_so():
    assert torch.equal(normal((3,), seed=7), torch.randn(3, generator=torch.Generator().manual_seed(7)))
    assert torch.equal(normal((3,), seed=7), normal((3,), seed=np.int64(7)))


def test_successive_draws_differ():
    generator = SeedGenerator(1)
    draws = torch.stack([normal((4,), seed=generator) for _ in range(50)])
    assert len(draws.unique(dim=0)) == 50


def test_a_seeded_draw_leaves_torchs_own_generator_alone():
    before = torch.get_rng_state()
    normal((3,), seed=1)
    normal((3,), seed=SeedGenerator(1))
    assert torch.equal(before, torch.get_rng_state())


def test_a_torch_generator_is_a_seed():
    generator = torch.Generator().manual_seed(3)
    twin = torch.Generator().manual_seed(3)
    assert torch.equal(normal((2, 2), seed=generator), torch.randn(2, 2, generator=twin))
    assert torch.equal(normal((2,), seed=generator), torch.randn(2, generator=twin))


def test_nothing_is_drawn_on_the_meta_device():
    generator = SeedGenerator(1)
    assert torch_generator(generator, torch.device("meta")) is None
    assert generator.state.tolist() == [1, 0]


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: SeedGenerator("a"), "must be an integer or None. Received: seed='a'"),
        (lambda: SeedGenerator(2**70), "at most 64 bits"),
        (lambda: SeedGenerator(1, size=2), r"Unrecognized keyword arguments: \['size'\]"),
        (lambda: draw_seed("a"), "Received: seed='a'"),
        (lambda: draw_seed(1.5), "Received: seed=1.5"),
        (lambda: set_random_seed("a"), "Received: seed='a'"),
        (lambda: set_random_seed(-1), "from 0 to"),
    ],
)
def test_bad_seeds(call, words):
    with pytest.raises(ValueError, match=words):
        call()
