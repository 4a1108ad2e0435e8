"""`RandomFlip` beside real Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from tests.layers.preprocessing.image.against_keras import IMAGES, AgainstKeras, Case
from torchkeras_compat import Input, layers, models


class TestRandomFlip(AgainstKeras):
    layer = "RandomFlip"
    cases = [
        Case({"mode": "horizontal"}),
        Case({"mode": "vertical"}),
        Case({"mode": "horizontal_and_vertical"}),
    ]

    def test_half_of_the_images_are_flipped(self) -> None:
        many = np.repeat(IMAGES[:1], 400, axis=0)
        done = layers.RandomFlip("horizontal", seed=3)(many).numpy()
        flipped = np.array([np.array_equal(image, IMAGES[0, :, ::-1]) for image in done])
        kept = np.array([np.array_equal(image, IMAGES[0]) for image in done])
        assert (flipped ^ kept).all() and 150 < flipped.sum() < 250

    @pytest.mark.parametrize(
        "box_format", ["xyxy", "yxyx", "xywh", "center_xywh", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"]
    )
    def test_every_format_of_boxes(self, box_format: str, real_keras: ModuleType) -> None:
        boxes = np.array([[[4, 3, 5, 4], [3, 3, 6, 5]]], "float32")
        if box_format.startswith("rel"):
            boxes /= 10
        values = {"flips": torch.tensor([True]).reshape(1, 1, 1, 1), "input_shape": (1, 8, 10, 3)}
        done = [
            kind.RandomFlip(bounding_box_format=box_format).transform_bounding_boxes(
                {"boxes": torch.tensor(boxes), "labels": torch.tensor([[1, 2]])}, values
            )
            for kind in (layers, real_keras.layers)
        ]
        torch.testing.assert_close(done[0]["boxes"], done[1]["boxes"])
        assert done[0]["labels"].tolist() == done[1]["labels"].tolist()

    def test_modes_are_checked(self) -> None:
        with pytest.raises(ValueError, match="'diagonal'"):
            layers.RandomFlip("diagonal")

    def test_training_decides(self) -> None:
        one = IMAGES[:1, :, :1]
        both = np.concatenate([one, one + 1], axis=2)
        model = models.Sequential([Input((8, 2, 3)), layers.RandomFlip("horizontal", seed=1)])
        many = np.repeat(both, 50, axis=0)

        def flips(x: Any) -> bool:
            return not np.array_equal(np.asarray(x), many)

        layer = layers.RandomFlip("horizontal")
        assert flips(layer(many)) and not flips(layer(many, training=False))
        assert flips(model(many, training=True)) and not flips(model(many, training=False))
        assert not flips(model.predict(many, verbose=0)) and flips(model(many))
        assert not flips(model(many, training=False))
        model.train()
        assert flips(model(many))
        assert not flips(layer.eval()(many))
