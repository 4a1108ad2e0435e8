"""One seed for all generators."""

from __future__ import annotations

import random

import numpy as np

from torchkeras_compat.random.continuous_distributions import normal
from torchkeras_compat.random.seed_generator import SeedGenerator, draw_seed, global_seed_generator
from torchkeras_compat.random.seeding import set_random_seed


def test_set_random_seed_repeats_everything():
    def numbers():
        set_random_seed(11)
        return (
            random.random(),
            float(np.random.rand()),
            normal((3,)).tolist(),
            draw_seed().tolist(),
            SeedGenerator().next().tolist(),
        )

    assert numbers() == numbers()
    assert global_seed_generator() is global_seed_generator()
