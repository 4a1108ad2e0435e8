"""What the layers of images have in common: files, `fit`, `map` of a dataset, layers of one's own."""

from __future__ import annotations

import pathlib
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, device, layers, models
from torchkeras_compat.layers.preprocessing.image.image_layer import ImageLayer

IMAGES = np.random.RandomState(0).random((4, 8, 10, 3)).astype("float32")


class Darker(ImageLayer):
    """A layer that somebody writes."""

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        return self._draw(data, 0.0, 1.0, seed, (1, 1, 1))

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> torch.Tensor:
        return images * transformation if training else images

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        return labels + 1


# Every layer of images: those that keep the size of the images, and those that change it.
KEEPING: dict[str, dict[str, Any]] = {
    "AugMix": {"seed": 1, "num_chains": 2, "chain_depth": 1, "value_range": (0, 1)},
    "AutoContrast": {"value_range": (0, 1)},
    "ContrastLimitedAdaptiveHistogramEqualization": {"value_range": (0, 1), "tile_grid_size": (2, 2)},
    "CutMix": {"seed": 1, "factor": (0.2, 0.9)},
    "MaxNumBoundingBoxes": {"max_number": 3},
    "MixUp": {"seed": 1, "alpha": 0.4},
    "RandAugment": {"seed": 1, "num_ops": 1, "factor": (0.1, 0.4), "value_range": (0, 1)},
    "RandomBrightness": {"seed": 1, "factor": 0.2, "value_range": (0, 1)},
    "RandomColorDegeneration": {"seed": 1, "factor": 0.5},
    "RandomColorJitter": {"seed": 1, "brightness_factor": 0.1, "hue_factor": 0.1, "value_range": (0, 1)},
    "RandomContrast": {"seed": 1, "factor": (0.1, 0.3), "value_range": (0, 1)},
    "RandomElasticTransform": {"seed": 1, "factor": 0.7, "scale": (0.2, 0.4), "fill_mode": "constant"},
    "RandomErasing": {"seed": 1, "factor": 0.7, "scale": (0.1, 0.2), "fill_value": 0.5, "value_range": (0, 1)},
    "RandomFlip": {"seed": 1, "mode": "horizontal"},
    "RandomGaussianBlur": {"seed": 1, "kernel_size": 5, "sigma": (0.2, 0.6), "value_range": (0, 1)},
    "RandomGrayscale": {"seed": 1, "factor": 0.3},
    "RandomHue": {"seed": 1, "factor": 0.3, "value_range": (0, 1)},
    "RandomInvert": {"seed": 1, "factor": 0.3, "value_range": (0, 1)},
    "RandomPerspective": {"seed": 1, "factor": 0.6, "scale": 0.4, "fill_value": 0.5},
    "RandomPosterization": {"seed": 1, "factor": 4, "value_range": (0, 1)},
    "RandomRotation": {"seed": 1, "factor": 0.1, "fill_mode": "nearest"},
    "RandomSaturation": {"seed": 1, "factor": 0.3, "value_range": (0, 1)},
    "RandomSharpness": {"seed": 1, "factor": 0.5, "value_range": (0, 1)},
    "RandomShear": {"seed": 1, "x_factor": 0.2, "y_factor": (0.1, 0.3), "fill_mode": "constant"},
    "RandomTranslation": {"seed": 1, "height_factor": 0.1, "width_factor": (0.1, 0.2)},
    "RandomZoom": {"seed": 1, "height_factor": (-0.1, 0.2)},
    "Solarization": {"seed": 1, "threshold_factor": (0.1, 0.3), "value_range": (0, 1)},
}
RESIZING: dict[str, dict[str, Any]] = {
    "RandomCrop": {"seed": 1, "height": 6, "width": 7},
    "CenterCrop": {"height": 5, "width": 6},
    "Resizing": {"height": 4, "width": 4, "interpolation": "nearest"},
}


def build(kind: Any, inputs: Any) -> list[Any]:
    parts = [getattr(kind, name)(**arguments) for name, arguments in {**KEEPING, **RESIZING}.items()]
    return [inputs((8, 10, 3)), *parts, kind.Flatten(), kind.Dense(2)]


def settings(layer: Any) -> dict[str, Any]:
    """The config of a layer, ranges in one spelling, without what each library has its own form of."""
    config = {k: v for k, v in layer.get_config().items() if k not in ("dtype", "name", "trainable")}
    config |= {
        k: (-v, v) for k, v in config.items() if k in ("x_factor", "y_factor") and not isinstance(v, (list, tuple))
    }
    return {k: list(v) if isinstance(v, tuple) else v for k, v in config.items()}


def test_every_layer_of_images_is_among_them() -> None:
    found = {name: getattr(layers, name) for name in layers.__all__}
    every = {name for name, kind in found.items() if isinstance(kind, type) and issubclass(kind, ImageLayer)}
    assert every - {"Equalization"} == {*KEEPING, *RESIZING}  # which no graph of Keras 3.15 takes


def test_files_go_both_ways(real_keras: ModuleType, tmp_path: pathlib.Path) -> None:
    ours = models.Sequential(build(layers, Input))
    ours.save(tmp_path / "ours.keras")
    theirs = real_keras.models.load_model(tmp_path / "ours.keras")
    assert [layer.name for layer in theirs.layers] == [layer.name for layer in ours.layers]
    # Keras writes (-0.2, 0.2) for the factor 0.2 of a shear, and does not load it.
    written = real_keras.Sequential(build(real_keras.layers, real_keras.Input))
    written.save(tmp_path / "theirs.keras")
    loaded = models.load_model(tmp_path / "theirs.keras")
    for one, other in ((ours, theirs), (loaded, written)):
        for layer, same in zip(one.layers[:-2], other.layers[:-2], strict=True):
            expected = settings(same)
            assert {k: v for k, v in settings(layer).items() if k in expected} == expected, layer.name
        torch.testing.assert_close(torch.as_tensor(one.get_weights()[0]), torch.as_tensor(other.get_weights()[0]))
    again = models.load_model(tmp_path / "ours.keras")
    torch.testing.assert_close(again(IMAGES, training=False), ours(IMAGES, training=False))


@pytest.mark.parametrize("name", [*KEEPING, "CenterCrop", "Resizing"])
def test_predictions_of_a_saved_layer_are_those_of_keras(
    real_keras: ModuleType, tmp_path: pathlib.Path, name: str
) -> None:
    arguments = {**KEEPING, **RESIZING}[name]
    ours = models.Sequential([Input((8, 10, 3)), getattr(layers, name)(**arguments)])
    ours.save(tmp_path / "ours.keras")
    theirs = real_keras.models.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(ours.predict(IMAGES, verbose=0), theirs.predict(IMAGES, verbose=0), atol=1e-5)


def test_fit_and_predict() -> None:
    model = models.Sequential(build(layers, Input))
    model.compile("sgd", "mse")
    history = model.fit(IMAGES, np.zeros((4, 2), "float32"), batch_size=2, epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    first, second = (model.predict(IMAGES, verbose=0) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("make", ["Sequential", "functional", "nested", "subclassed"])
def test_a_model_transforms_unless_it_predicts(make: str) -> None:
    flip = layers.RandomInvert((1.0, 1.0), value_range=(0, 1))
    images = torch.tensor(IMAGES)
    if make == "functional":
        inputs = Input((8, 10, 3))
        model: Any = models.Model(inputs, flip(inputs))
    elif make == "subclassed":

        class Model(models.Model):
            def __init__(self) -> None:
                super().__init__()
                self.flip = flip

            def call(self, x: Any) -> Any:
                return self.flip(x)

        model = Model()
    else:
        model = models.Sequential([flip] if make == "Sequential" else [models.Sequential([flip])])
    for _ in range(2):
        torch.testing.assert_close(model(images), 1 - images)
        torch.testing.assert_close(model(images, training=True), 1 - images)
        torch.testing.assert_close(model(images, training=False), images)
        np.testing.assert_array_equal(model.predict(IMAGES, verbose=0), IMAGES)


def test_layers_map_datasets() -> None:
    layer = layers.RandomFlip(seed=1)
    done = [layer(image) for image in torch.utils.data.TensorDataset(torch.tensor(IMAGES)).tensors[0]]
    assert torch.stack(done).shape == IMAGES.shape


def test_a_layer_of_ones_own() -> None:
    layer = Darker()
    done = layer({"images": IMAGES, "labels": np.zeros(4)})
    ratios = (done["images"] / torch.tensor(IMAGES)).flatten(1)
    assert (ratios.std(dim=1) < 1e-5).all() and ratios[:, 0].unique().numel() == 4
    assert done["labels"].tolist() == [1, 1, 1, 1]
    single = layer({"images": IMAGES[0], "labels": np.zeros(())})
    assert single["images"].shape == (8, 10, 3) and single["labels"].shape == ()


def test_what_has_no_images_is_refused() -> None:
    with pytest.raises(ValueError, match="takes images, or a dictionary"):
        layers.RandomFlip()([IMAGES, IMAGES])
    with pytest.raises(NotImplementedError, match="transform_images"):
        ImageLayer()(IMAGES)


# Those whose masks and boxes move with the pixels.
MOVING = sorted(name for name in layers.__all__ if getattr(getattr(layers, name), "_moves_beside", False))


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("shape", [(4, 8, 10), (3, 8, 10, 1), ()])
def test_masks_that_do_not_fit_the_images_are_refused(name: str, shape: tuple[int, ...]) -> None:
    layer = getattr(layers, name)(**{**KEEPING, **RESIZING}[name])
    with pytest.raises(ValueError, match="Received: segmentation_masks of shape"):
        layer({"images": IMAGES, "segmentation_masks": np.zeros(shape, "float32")}, training=True)


@pytest.mark.parametrize("shape", [(2, 4), (3, 2, 4), (4, 1, 2, 4)])
def test_boxes_that_do_not_fit_the_images_are_refused(shape: tuple[int, ...]) -> None:
    layer = layers.RandomShear(0.2, 0.2, bounding_box_format="xyxy")
    boxes = {"boxes": np.zeros(shape, "float32"), "labels": np.zeros(shape[:-1])}
    with pytest.raises(ValueError, match="Received: bounding_boxes of shape"):
        layer({"images": IMAGES, "bounding_boxes": boxes}, training=True)
    with pytest.raises(ValueError, match="inhomogeneous"):
        layer({"images": IMAGES, "bounding_boxes": {"boxes": [[[0, 0, 1, 1]], []] * 2}}, training=True)


@pytest.mark.parametrize("name", [*KEEPING, "Equalization", *RESIZING])
def test_no_images_and_images_of_one_pixel(name: str) -> None:
    if name == "MaxNumBoundingBoxes":
        pytest.skip("takes boxes alone")
    layer = getattr(layers, name)(**{**KEEPING, **RESIZING}.get(name, {}))
    assert len(layer(IMAGES[:0], training=True)) == 0
    if name not in ("RandomCrop", "CenterCrop"):
        for size in ((1, 1), (2, 1), (1, 2)):
            found = layer(IMAGES[:, : size[0], : size[1]], training=True)
            assert torch.isfinite(found).all(), size


@pytest.mark.parametrize("name", [*KEEPING, "Equalization", *RESIZING])
def test_a_step_does_not_wait_for_the_device(name: str) -> None:
    """On a device whose tensors have no values, all that would read one fails."""
    arguments = {**KEEPING, **RESIZING}.get(name, {}) | {"bounding_box_format": "rel_xywh"}
    arguments.pop("seed", None)  # a seeded stream is an argument of the CPU
    with device("meta"):
        layer = getattr(layers, name)(**arguments)
        data: dict[str, Any] = {"images": torch.empty(4, 8, 10, 3)}
        if name not in ("CutMix", "RandomElasticTransform"):
            data["bounding_boxes"] = {"boxes": torch.empty(4, 2, 4), "labels": torch.empty(4, 2)}
        assert layer(data, training=True)["images"].is_meta
