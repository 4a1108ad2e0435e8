"""What every layer of images goes through: real Keras's images, masks, boxes, configs and shapes."""

from __future__ import annotations

import copy
import dataclasses
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, layers

RNG = np.random.RandomState(0)
IMAGES = RNG.randint(0, 256, size=(3, 8, 10, 3)).astype("float32")
MASKS = RNG.randint(0, 4, size=(3, 8, 10, 1))
BOXES = np.array([[[1, 2, 4, 6], [3, 1, 9, 7]], [[0, 0, 3, 3], [2, 2, 5, 7]], [[5, 1, 8, 4], [4, 4, 6, 6]]], "float32")
LABELS = np.array([[1, 2], [3, 4], [5, 6]])


@dataclasses.dataclass(frozen=True)
class Case:
    """One layer, by its arguments.

    Attributes:
        arguments: Keyword arguments of the constructor.
        has_keras_boxes: Whether Keras's boxes are where its images are.
        has_keras_windows: Whether Keras's images, or its masks, are those that its documentation describes.
        size: Height and width of the output.
    """

    arguments: dict[str, Any]
    has_keras_boxes: bool = True
    has_keras_windows: bool = True
    size: tuple[int, int] = (8, 10)

    def __str__(self) -> str:
        return "-".join(f"{k}={v}" for k, v in self.arguments.items())


def channels_first(x: Any) -> Any:
    return np.moveaxis(np.asarray(x), -1, -3)


class AgainstKeras:
    """Checks of a layer; a test class names the layer and lists its cases."""

    layer: str
    cases: list[Case]
    is_random = True
    gives_floats = True  # whether integers come out as floats

    def make(self, case: Case, **more: Any) -> Any:
        return getattr(layers, self.layer)(**case.arguments, **more)

    def both(self, case: Case, keras: ModuleType, **more: Any) -> tuple[Any, Any]:
        return self.make(case, **more), getattr(keras.layers, self.layer)(**case.arguments, **more)

    def drawn(self, theirs: Any, images: Any) -> Any:
        return theirs.get_random_transformation(torch.as_tensor(images), training=True)

    def test_images_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        if case.arguments.get("interpolation", "").startswith("lanczos"):
            pytest.skip("Keras has no Lanczos on torch")
        if not case.has_keras_windows and case.arguments["height"] > 8 and self.is_random:
            pytest.skip("Keras cuts another window than it documents")
        for first, x in ((False, IMAGES), (True, channels_first(IMAGES))):
            ours, theirs = self.both(case, real_keras, data_format="channels_first" if first else "channels_last")
            values = self.drawn(theirs, x)
            # Keras's affine transforms change the values that they are given.
            expected = theirs.transform_images(torch.tensor(x), copy.deepcopy(values))
            got = ours.transform_images(torch.tensor(x), values)
            assert got.dtype is torch.float32
            torch.testing.assert_close(got, expected, rtol=1e-5, atol=2e-3)

    def test_one_image_is_a_batch_of_one(self, case: Case) -> None:
        layer = self.make(case)
        values = layer.get_random_transformation(torch.tensor(IMAGES[0]))
        got = layer.transform_single_image(torch.tensor(IMAGES[0]), values)
        torch.testing.assert_close(got, layer.transform_images(torch.tensor(IMAGES[:1]), values)[0])
        assert layer(IMAGES[0]).shape == (*case.size, 3)

    def test_boxes_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        if not case.has_keras_boxes:
            pytest.skip("Keras's own boxes are not where its pixels are")
        ours, theirs = self.both(case, real_keras, bounding_box_format="xyxy")
        values = self.drawn(theirs, IMAGES)
        boxes = {"boxes": torch.tensor(BOXES), "labels": torch.tensor(LABELS)}
        # Keras writes into the dictionary that it is given.
        expected, got = (layer.transform_bounding_boxes(dict(boxes), values) for layer in (theirs, ours))
        torch.testing.assert_close(got["boxes"], expected["boxes"], rtol=1e-4, atol=1e-3)
        assert got["labels"].tolist() == torch.as_tensor(expected["labels"]).tolist()

    def test_masks_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        if not case.has_keras_windows:
            pytest.skip("Keras cuts another window than it documents, or mixes classes")
        ours, theirs = self.both(case, real_keras)
        values = self.drawn(theirs, IMAGES)
        expected = torch.as_tensor(theirs.transform_segmentation_masks(torch.tensor(MASKS), copy.deepcopy(values)))
        got = ours.transform_segmentation_masks(torch.tensor(MASKS), values)
        assert got.dtype is torch.int64
        torch.testing.assert_close(got, expected.to(torch.int64))

    def test_dictionaries_are_carried_along(self, case: Case) -> None:
        layer = self.make(case, bounding_box_format="xyxy")
        data = {
            "images": IMAGES,
            "labels": np.arange(3),
            "bounding_boxes": {"boxes": BOXES, "labels": LABELS},
            "segmentation_masks": MASKS,
            "other": "kept",
        }
        for training in (True, False):
            done = layer(data, training=training)
            assert done["images"].shape == (3, *case.size, 3)
            assert done["segmentation_masks"].shape == (3, *case.size, 1)
            assert done["labels"].tolist() == [0, 1, 2] and done["other"] == "kept"
            assert done["bounding_boxes"]["boxes"].shape == (3, 2, 4)
        one = layer({"images": IMAGES[0], "bounding_boxes": {"boxes": BOXES[0], "labels": LABELS[0]}})
        assert one["images"].shape == (*case.size, 3) and one["bounding_boxes"]["boxes"].shape == (2, 4)
        with pytest.raises(ValueError, match="bounding_box_format"):
            self.make(case)({"images": IMAGES, "bounding_boxes": {"boxes": BOXES, "labels": LABELS}})

    def test_configs_are_those_of_keras(self, case: Case, real_keras: ModuleType) -> None:
        more = {"seed": 5} if self.is_random else {}
        ours, theirs = self.both(case, real_keras, name="it", bounding_box_format="xywh", **more)
        config, expected = ours.get_config(), theirs.get_config()
        assert {k: _plain(v) for k, v in config.items() if k in expected and k != "dtype"} == {
            k: _plain(v) for k, v in expected.items() if k != "dtype"
        }
        again = layers.deserialize(layers.serialize(ours))
        assert _plain(again.get_config()) == _plain(config) and again.bounding_box_format == "xywh"
        revived = type(theirs).from_config(config).get_config()
        assert {k: _plain(v) for k, v in revived.items()} == {k: _plain(v) for k, v in expected.items()}

    def test_shapes_and_dtypes(self, case: Case) -> None:
        layer = self.make(case)
        assert layer(Input((8, 10, 3))).shape == (None, *case.size, 3)
        assert layer.compute_output_shape((None, 8, 10, 3)) == (None, *case.size, 3)
        for dtype, wanted in (("float16", torch.float16), ("mixed_bfloat16", torch.bfloat16)):
            assert self.make(case, dtype=dtype)(IMAGES).dtype is wanted
        dtype = torch.float32 if self.gives_floats else torch.uint8
        assert layer(IMAGES.astype("uint8")).dtype is dtype

    def test_seeds_reproduce(self, case: Case) -> None:
        if not self.is_random:
            pytest.skip("draws nothing")
        one, two = (self.make(case, seed=7) for _ in range(2))
        first = one(IMAGES)
        torch.testing.assert_close(first, two(IMAGES), rtol=0, atol=0)
        many = np.repeat(IMAGES[:1], 8, axis=0)
        drawn = one.get_random_transformation(torch.tensor(many), seed=3)
        again = one.get_random_transformation(torch.tensor(many), seed=3)
        torch.testing.assert_close(one.transform_images(many, drawn), one.transform_images(many, again), rtol=0, atol=0)

    def test_bad_input_is_refused(self, case: Case) -> None:
        layer = self.make(case)
        with pytest.raises(ValueError, match="rank 3"):
            layer(IMAGES[0, 0])
        with pytest.raises(ValueError, match=r"\['labels'\]"):
            layer({"labels": LABELS})
        with pytest.raises(ValueError, match="bounding_box_format='corners'"):
            self.make(case, bounding_box_format="corners")
        with pytest.raises(ValueError, match="data_format"):
            self.make(case, data_format="last")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(x) for x in value] if isinstance(value, (list, tuple)) else value
