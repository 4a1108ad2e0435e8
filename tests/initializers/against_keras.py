"""What each initializer is compared with Keras in: a module's tests inherit one of the checks and list its `names`."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import torch

from torchkeras_compat import initializers, random


class ConfigChecks:
    """Configs of `cases`."""

    cases: ClassVar[list[tuple[str, dict[str, Any]]]]

    def test_configs_are_those_of_keras_and_round_trip(self, real_keras, case):
        name, arguments = case
        mine, other = getattr(initializers, name)(**arguments), getattr(real_keras.initializers, name)(**arguments)
        assert mine.get_config() == other.get_config()
        config = initializers.serialize(mine)
        assert config == real_keras.initializers.serialize(other)
        again = initializers.deserialize(config)
        shape = (4, 1, 3) if name == "STFT" else (3, 3)
        assert torch.equal(again(shape), mine(shape))


class InitializerChecks(ConfigChecks):
    """`ConfigChecks`, and dtypes of `names`."""

    names: ClassVar[list[str]]

    @pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
    def test_dtypes_are_kept(self, name, dtype):
        values = getattr(initializers, name)()((3, 3), dtype=dtype)
        assert values.dtype is getattr(torch, dtype) and values.shape == (3, 3)


class RandomChecks(InitializerChecks):
    """`InitializerChecks`, and seeds: `own` adds configs to those with a seed."""

    own: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def __init_subclass__(cls) -> None:
        cls.cases = [*((name, {"seed": 3}) for name in cls.names), *cls.own]

    def test_one_seed_gives_one_array(self, name):
        cls = getattr(initializers, name)
        one, same, other = cls(seed=3), cls(seed=3), cls(seed=4)
        assert torch.equal(one((4, 5)), same((4, 5)))
        assert torch.equal(one((4, 5)), one((4, 5)))
        assert not torch.equal(one((4, 5)), other((4, 5)))
        unseeded = cls()
        assert torch.equal(unseeded((4, 5)), unseeded((4, 5)))
        assert not torch.equal(unseeded((4, 5)), cls()((4, 5)))
        drawn = cls(seed=random.SeedGenerator(3))
        assert not torch.equal(drawn((4, 5)), drawn((4, 5)))
        assert torch.equal(one.clone()((4, 5)), one((4, 5)))
