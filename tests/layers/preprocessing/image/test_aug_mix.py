"""`AugMix` beside real Keras and beside its paper's formula."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import pytest
import torch

from tests.layers.preprocessing.image.against_keras import IMAGES, MASKS, AgainstKeras, Case
from torchkeras_compat import layers

DELTAS = torch.tensor([10.0, -30, 5]).reshape(3, 1, 1, 1)
CHAINS: list[Any] = [
    [{"layer_name": "auto_contrast", "transformation": None}],
    [],
    [
        {"layer_name": "random_brightness", "transformation": {"rgb_delta": DELTAS}},
        {
            "layer_name": "random_translation",
            "transformation": {"translations": torch.tensor([[1.0, 2.0]] * 3), "input_shape": (3, 8, 10, 3)},
        },
    ],
]
DRAWN = {
    "chain_mixing_weights": torch.tensor([0.5, 0.2, 0.3]),
    "weight_sample": torch.tensor(0.25),
    "chain_transforms": CHAINS,
}


class TestAugMix(AgainstKeras):
    layer = "AugMix"
    cases = [Case({}), Case({"num_chains": 2, "chain_depth": 2, "alpha": 0.5, "all_ops": False, "factor": (0.1, 0.2)})]

    def test_images_are_those_of_keras(self, real_keras: ModuleType) -> None:
        ours, theirs = (kind.AugMix() for kind in (layers, real_keras.layers))
        expected = theirs.transform_images(torch.tensor(IMAGES), copy.deepcopy(DRAWN))
        got = ours.transform_images(torch.tensor(IMAGES), DRAWN)
        torch.testing.assert_close(got, expected, rtol=1e-5, atol=2e-3)

    def test_masks_are_those_of_keras(self, real_keras: ModuleType) -> None:
        ours, theirs = (kind.AugMix(interpolation="nearest") for kind in (layers, real_keras.layers))
        masks = torch.tensor(MASKS).float()
        expected = theirs.transform_segmentation_masks(masks.clone(), copy.deepcopy(DRAWN))
        torch.testing.assert_close(ours.transform_segmentation_masks(masks, DRAWN), expected, rtol=1e-5, atol=1e-5)

    def test_each_image_has_weights_of_its_own(self, case: Case) -> None:
        layer = self.make(case, seed=1)
        drawn = layer.get_random_transformation(torch.zeros(2000, 2, 2, 3))
        weights, own = drawn["chain_mixing_weights"], drawn["weight_sample"]
        assert weights.shape == (2000, layer.num_chains) and own.shape == (2000, 1, 1, 1)
        torch.testing.assert_close(weights.sum(1), torch.ones(2000))
        assert abs(own.mean() - 0.5) < 0.03
        # Of Beta(a, a) and of Dirichlet(a, ...).
        assert abs(own.var() - 1 / (4 * (2 * layer.alpha + 1))) < 0.01
        n = layer.num_chains
        assert abs(weights[:, 0].var() - (n - 1) / (n * n * (n * layer.alpha + 1))) < 0.01

    def test_chains_have_the_operations_that_are_asked_for(self) -> None:
        for all_ops, number in ((True, 11), (False, 7)):
            layer = layers.AugMix(all_ops=all_ops, chain_depth=4, num_chains=60, seed=1)
            drawn = layer.get_random_transformation(torch.zeros(1, 2, 2, 3))
            assert drawn is not None
            chains = drawn["chain_transforms"]
            assert {len(chain) for chain in chains} == {0, 1, 2, 3, 4}
            assert len({step["layer_name"] for chain in chains for step in chain}) == number

    def test_arguments_are_checked(self) -> None:
        for name, values in (
            ("num_chains", (0, -1, 1.5, "a", True)),
            ("chain_depth", (-1, 1.5, None)),
            ("alpha", (0, -1, "a")),
            ("factor", (2, "a")),
        ):
            for wrong in values:
                with pytest.raises(ValueError, match=f"{name}="):
                    layers.AugMix(**{name: wrong})  # type: ignore[arg-type]
