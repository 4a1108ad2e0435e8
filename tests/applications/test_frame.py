"""What all models have in common: their arguments, where their weights come from, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat import Input, config, layers
from torchkeras_compat.applications import VGG16
from torchkeras_compat.applications.frame import ModelFrame
from torchkeras_compat.applications.published import PublishedFile
from torchkeras_compat.errors import FileContentError


def small_network(**arguments: Any) -> Any:
    """A model of one convolution in the frame."""
    defaults = {"include_top": False, "weights": None, "input_tensor": None, "input_shape": None, "pooling": None}
    defaults |= {"classes": 5, "classifier_activation": "softmax", "name": "small"}
    published = arguments.pop("published", None)
    torchvision = arguments.pop("torchvision", "it has none")
    frame = ModelFrame(**(defaults | arguments), default_size=8, min_size=4)
    x = layers.Conv2D(3, 3, name="conv")(frame.images)
    if frame.include_top:
        x = frame.classified(layers.Flatten(name="flat")(x))
    else:
        x = frame.pooled(x, "avg_pool", "max_pool")
    return frame.model(x, published=published, torchvision=torchvision)


def test_the_top_needs_a_size_and_takes_the_default_one() -> None:
    assert small_network(include_top=True).output_shape == (None, 5)
    assert small_network(include_top=True, classes=np.int64(3)).output_shape == (None, 3)
    assert small_network(include_top=True).input_shape == (None, 8, 8, 3)
    assert small_network().input_shape == (None, None, None, 3)
    with pytest.raises(ValueError, match="static `input_shape`"):
        small_network(include_top=True, input_shape=(None, None, 3))


@pytest.mark.parametrize(("pooling", "shape"), [(None, (None, 6, 6, 3)), ("avg", (None, 3)), ("max", (None, 3))])
def test_pooling_ends_a_model_without_a_top(pooling: str | None, shape: tuple[int | None, ...]) -> None:
    model = small_network(pooling=pooling, input_shape=(8, 8, 3))
    assert model.output_shape == shape
    assert model.layers[-1].name == {None: "conv", "avg": "avg_pool", "max": "max_pool"}[pooling]


def test_channels_first_is_where_the_configuration_says_so() -> None:
    config.set_image_data_format("channels_first")
    assert small_network(include_top=True).input_shape == (None, 3, 8, 8)


def test_a_model_begins_at_an_input_tensor() -> None:
    given = Input((8, 8, 4), name="given")
    assert small_network(input_tensor=given).inputs[0] is given
    computed = layers.Conv2D(3, 1, name="before")(given)
    model = small_network(input_tensor=computed)
    assert model.inputs[0] is given
    assert [layer.name for layer in model.layers] == ["given", "before", "conv"]
    assert model.get_config()["input_layers"] == [["given", 0, 0]]


def test_a_tensor_of_two_inputs_makes_a_model_of_two() -> None:
    left, right = Input((8, 8, 3)), Input((8, 8, 3))
    model = small_network(input_tensor=layers.Add()([left, right]))
    assert [id(x) for x in model.inputs] == [id(left), id(right)]
    assert model([torch.zeros(1, 8, 8, 3)] * 2).shape == (1, 6, 6, 3)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"include_top": True, "classes": "10"}, "Received: classes='10'"),
        ({"include_top": True, "classes": 0}, "a positive integer. Received: classes=0"),
        ({"include_top": True, "classes": 2.0}, "Received: classes=2.0"),
        ({"pooling": "mean"}, "`pooling` is None, 'avg' or 'max'. Received: pooling='mean'"),
        ({"weights": "gone.h5"}, "or the path to the weights file to be loaded"),
        ({"weights": 3}, "Received: weights=3"),
        ({"weights": np.zeros(3)}, "Received: weights=<ndarray of shape (3,)>"),
        ({"weights": "imagenet", "include_top": True}, "`classes` should be 1000. Received classes=5"),
        (
            {"weights": "imagenet", "include_top": True, "classes": 1000, "classifier_activation": "relu"},
            "Only `None` and `softmax` activations",
        ),
        ({"weights": "imagenet"}, "no published weights of small for these arguments"),
        ({"input_tensor": torch.zeros(1, 8, 8, 3)}, "input_tensor=<Tensor of shape (1, 8, 8, 3)>"),
        ({"input_tensor": Input((8, 3))}, "a batch of images, with four axes"),
        ({"include_top": True, "classifier_activation": "sofmax"}, "Did you mean 'softmax'"),
        ({"weights": {"a": torch.zeros(1)}}, "do not fit 'small': it has none. Received: weights=the state_dict"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], match: str) -> None:
    with pytest.raises(ValueError, match=re.escape(match)):
        small_network(**arguments)


@pytest.mark.parametrize("ending", [".weights.h5", ".h5", ".keras"])
def test_weights_come_from_a_file(tmp_path: Path, ending: str) -> None:
    saved = small_network(name="saved")
    file = tmp_path / f"model{ending}"
    (saved.save_weights if ending == ".weights.h5" else saved.save)(file)
    for weights in (file, str(file)):
        loaded = small_network(weights=weights)
        assert all(map(np.array_equal, loaded.get_weights(), saved.get_weights()))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    small_network().save_weights(tmp_path / "a.weights.h5")
    with pytest.raises(FileContentError):
        small_network(weights=tmp_path / "a.weights.h5", input_shape=(8, 8, 1))
    (tmp_path / "a.h5").write_bytes(b"no weights")
    with pytest.raises(FileContentError):
        small_network(weights=tmp_path / "a.h5")


def test_published_weights_are_read_from_the_cache(home: Path) -> None:
    saved = small_network()
    saved.save(home / "small.h5")
    file = PublishedFile("small.h5", None, "https://example.org/small.h5", "small weights")
    loaded = small_network(weights="imagenet", published=lambda: file)
    assert all(map(np.array_equal, loaded.get_weights(), saved.get_weights()))


def test_offline_the_error_says_where_to_put_the_weights(home: Path) -> None:
    with pytest.raises(OSError, match="no network") as caught:
        VGG16(include_top=False, input_shape=(32, 32, 3))
    assert str(home / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5") in str(caught.value)
