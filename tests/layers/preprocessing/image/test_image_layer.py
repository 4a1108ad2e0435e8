"""What the layers of images have in common: files, `fit`, `map` of a dataset, layers of one's own."""

from __future__ import annotations

import pathlib
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, layers, models
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


def build(kind: Any, inputs: Any) -> list[Any]:
    return [
        inputs((8, 10, 3)),
        kind.RandomFlip("horizontal", seed=1),
        kind.RandomTranslation(0.1, (0.1, 0.2), seed=2),
        kind.RandomRotation(0.1),
        kind.RandomZoom((-0.1, 0.2), seed=3),
        kind.RandomCrop(6, 7, seed=4),
        kind.CenterCrop(5, 6),
        kind.Resizing(4, 4, "nearest"),
        kind.Flatten(),
        kind.Dense(2),
    ]


def test_files_go_both_ways(real_keras: ModuleType, tmp_path: pathlib.Path) -> None:
    ours = models.Sequential(build(layers, Input))
    ours.save(tmp_path / "ours.keras")
    theirs = real_keras.models.load_model(tmp_path / "ours.keras")
    assert [layer.name for layer in theirs.layers] == [layer.name for layer in ours.layers]
    theirs = real_keras.Sequential(build(real_keras.layers, real_keras.Input))
    theirs.save(tmp_path / "theirs.keras")
    loaded = models.load_model(tmp_path / "theirs.keras")
    for one, other in zip(loaded.layers[:-2], theirs.layers[:-2]):
        kept = one.get_config()
        assert {k: v for k, v in kept.items() if k in ("seed", "mode", "fill_mode", "height", "width")} == {
            k: v for k, v in other.get_config().items() if k in ("seed", "mode", "fill_mode", "height", "width")
        }
    torch.testing.assert_close(torch.as_tensor(loaded.get_weights()[0]), torch.as_tensor(theirs.get_weights()[0]))
    again = models.load_model(tmp_path / "ours.keras")
    torch.testing.assert_close(again(IMAGES, training=False), ours(IMAGES, training=False))


def test_fit_and_predict() -> None:
    model = models.Sequential(build(layers, Input))
    model.compile("sgd", "mse")
    history = model.fit(IMAGES, np.zeros((4, 2), "float32"), batch_size=2, epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    first, second = (model.predict(IMAGES, verbose=0) for _ in range(2))
    np.testing.assert_array_equal(first, second)


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
