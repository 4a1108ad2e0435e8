"""Images: against real Keras where it computes the same, else against scipy and definitions."""

from __future__ import annotations

import colorsys
import copy

import numpy as np
import pytest
import scipy.ndimage
import torch

from torchkeras_compat.ops import image
from torchkeras_compat.ops.image.quality import psnr
from torchkeras_compat.symbolic.keras_tensor import KerasTensor

X = torch.rand(2, 9, 7, 3, generator=torch.Generator().manual_seed(0))
PROJECTION = torch.tensor([0.9, 0.1, 0.5, 0.2, 1.1, -1.0, 0.0, 0.0])
OFF_TIES = PROJECTION + torch.tensor([0.0, 0.0, 0.03, 0.0, 0.0, 0.03, 0.0, 0.0])
CORNERS = torch.tensor([[0.0, 0.0], [6.0, 0.0], [6.0, 8.0], [0.0, 8.0]])
CALLS = [
    ("rgb_to_grayscale", {}),
    ("rgb_to_hsv", {}),
    ("hsv_to_rgb", {}),
    ("resize", {"size": (5, 11)}),
    ("resize", {"size": (5, 11), "antialias": True}),
    ("resize", {"size": (5, 11), "interpolation": "nearest"}),
    ("resize", {"size": (12, 5), "interpolation": "bicubic"}),
    ("resize", {"size": (4, 6), "crop_to_aspect_ratio": True}),
    ("resize", {"size": (4, 6), "pad_to_aspect_ratio": True, "fill_value": 2.0}),
    ("affine_transform", {"transform": PROJECTION}),
    *[
        ("affine_transform", {"transform": PROJECTION, "fill_mode": m})
        for m in ("nearest", "wrap", "mirror", "reflect")
    ],
    # Halfway between two pixels the last bit decides, and that depends on the processor.
    ("affine_transform", {"transform": OFF_TIES, "interpolation": "nearest", "fill_value": 1.0}),
    (
        "perspective_transform",
        {"start_points": CORNERS, "end_points": CORNERS + torch.rand(4, 2, generator=torch.Generator().manual_seed(1))},
    ),
    ("extract_patches", {"size": 3}),
    ("extract_patches", {"size": (2, 3), "strides": 1, "padding": "same"}),
    ("extract_patches", {"size": 3, "strides": 1, "dilation_rate": 2}),
    ("pad_images", {"top_padding": 1, "left_padding": 2, "target_height": 12, "right_padding": 1}),
    ("crop_images", {"top_cropping": 1, "left_cropping": 2, "target_height": 4, "right_cropping": 1}),
    ("sobel_edges", {}),
]


@pytest.mark.parametrize("name, arguments", CALLS, ids=str)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_values_as_in_keras(real_keras, name, arguments, data_format):
    x = X if data_format == "channels_last" else X.movedim(-1, 1)
    ours = getattr(image, name)(x, **arguments, data_format=data_format)
    arguments = copy.deepcopy(arguments)  # Keras writes into a transform, and wants one for each image
    if "transform" in arguments:
        arguments["transform"] = arguments["transform"].repeat(2, 1)
    theirs = getattr(real_keras.ops.image, name)(x, **arguments, data_format=data_format).cpu()
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    "name, arguments", [*CALLS, ("gaussian_blur", {}), ("elastic_transform", {"seed": 1})], ids=str
)
def test_one_image_is_a_batch_of_one_and_shapes_are_known_before(name, arguments):
    out = getattr(image, name)(X[:1], **arguments)
    torch.testing.assert_close(getattr(image, name)(X[0], **arguments), out[0])
    symbolic = getattr(image, name)(KerasTensor((None, *X.shape[1:]), "float16"), **arguments)
    assert symbolic.shape == (None, *out.shape[1:]) and symbolic.dtype == "float16"


@pytest.mark.parametrize("interpolation", ["lanczos3", "lanczos5"])
@pytest.mark.parametrize("antialias", [False, True])
def test_lanczos_is_scale_and_translate(interpolation, antialias):
    scale = [5 / 9, 11 / 7]
    expected = image.scale_and_translate(X, (2, 5, 11, 3), scale, [0.0, 0.0], (1, 2), interpolation, antialias)
    torch.testing.assert_close(image.resize(X, (5, 11), interpolation, antialias), expected)


@pytest.mark.parametrize("method", ["linear", "cubic", "lanczos3", "lanczos5"])
@pytest.mark.parametrize("antialias", [False, True])
def test_scale_and_translate_as_in_keras(real_keras, method, antialias):
    arguments = ((2, 12, 4, 3), np.array([1.3, 0.6]), np.array([-1.0, 0.4]), (1, 2), method, antialias)
    theirs = real_keras.ops.image.scale_and_translate(X, *arguments).cpu()
    torch.testing.assert_close(image.scale_and_translate(X, *arguments), theirs, atol=1e-5, rtol=1e-4)


def test_hue_saturation_value_as_in_colorsys():
    colors = np.random.rand(50, 3)
    hsv = image.rgb_to_hsv(colors[None].astype("float32"))[0]
    np.testing.assert_allclose(hsv, [colorsys.rgb_to_hsv(*c) for c in colors], atol=1e-5)
    np.testing.assert_allclose(image.hsv_to_rgb(hsv[None])[0], colors, atol=1e-5)


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("fill_mode", ["nearest", "mirror", "reflect", "wrap", "constant"])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
def test_map_coordinates_as_in_scipy(order, fill_mode, dtype):
    x = np.arange(60).reshape(3, 4, 5).astype(dtype)
    inside = np.random.rand(3, 2, 7) * (np.array(x.shape) - 1)[:, None, None]
    mode = {"wrap": "grid-wrap"}.get(fill_mode, fill_mode)
    expected = scipy.ndimage.map_coordinates(x, inside, order=order, mode=mode)
    np.testing.assert_allclose(image.map_coordinates(x, inside, order, fill_mode), expected, rtol=1e-5)


@pytest.mark.parametrize("fill_mode, expected", [
    ("constant", [7, 7, 10, 20, 30, 7, 7]), ("nearest", [10, 10, 10, 20, 30, 30, 30]),
    ("wrap", [20, 30, 10, 20, 30, 10, 20]), ("mirror", [30, 20, 10, 20, 30, 20, 10]),
    ("reflect", [20, 10, 10, 20, 30, 30, 20]),
])  # fmt: skip
def test_what_lies_outside(fill_mode, expected):
    coordinates = torch.arange(-2.0, 5.0)[None]
    for order in (0, 1):
        out = image.map_coordinates(torch.tensor([10.0, 20.0, 30.0]), coordinates, order, fill_mode, fill_value=7)
        assert out.tolist() == expected


def test_the_last_two_numbers_of_a_projection_divide():
    transform = torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.1, 0.2])
    rows, columns = torch.meshgrid(torch.arange(9.0), torch.arange(7.0), indexing="ij")
    k = 0.1 * columns + 0.2 * rows + 1
    expected = image.map_coordinates(X[0, :, :, 0], torch.stack([rows / k, columns / k]), 1)
    torch.testing.assert_close(image.affine_transform(X, transform)[0, :, :, 0], expected)


def test_blur_weights_the_neighbours():
    dot = torch.zeros(7, 7, 1)
    dot[3, 3] = 1
    blurred = image.gaussian_blur(dot, (5, 3), (1.0, 0.5))[..., 0]
    columns = torch.exp(-0.5 * torch.arange(-2.0, 3.0) ** 2)
    rows = torch.exp(-0.5 * (torch.arange(-1.0, 2.0) / 0.5) ** 2)
    torch.testing.assert_close(blurred[2:5, 1:6], torch.outer(rows / rows.sum(), columns / columns.sum()))


def test_elastic_transform_repeats_with_its_seed():
    a, b, c = (image.elastic_transform(X, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(a, b) and not torch.equal(a, c)


@pytest.mark.parametrize("max_val", [1.0, 255.0])
def test_similarity(real_keras, max_val):
    x, y = torch.rand(2, 2, 16, 16, 3) * max_val
    torch.testing.assert_close(
        image.ssim(x, y, max_val), real_keras.ops.image.ssim(x, y, max_val).cpu(), atol=1e-4, rtol=1e-3
    )
    torch.testing.assert_close(image.ssim(x, x, max_val), torch.ones(2))
    torch.testing.assert_close(psnr(x, y, max_val), real_keras.ops.psnr(x, y, max_val).cpu())


def test_volumes_are_cut_too():
    volume = torch.arange(4 * 4 * 6.0).reshape(1, 4, 4, 6, 1)
    out = image.extract_patches_3d(volume, (2, 2, 3))
    assert out.shape == (1, 2, 2, 2, 12)
    assert torch.equal(out[0, 1, 0, 1], volume[0, 2:, :2, 3:].flatten())
    assert torch.equal(image.extract_patches(volume, (2, 2, 3)), out)


def test_integers_stay_integers():
    x = (X * 255).to(torch.uint8)
    for out in (image.resize(x, (4, 4), "bicubic"), image.gaussian_blur(x), image.affine_transform(x, PROJECTION)):
        assert out.dtype is torch.uint8


@pytest.mark.parametrize("call, error, words", [
    (lambda: image.resize(X[0, 0], (2, 2)), ValueError, r"expected rank 3.*images.shape=\(7, 3\)"),
    (lambda: image.resize(X, (0, 2)), ValueError, r"positive height and width. Received: size=\(0, 2\)"),
    (lambda: image.resize(X, (2, 2), "cubic"), ValueError, "Received: 'cubic'"),
    (lambda: image.resize(X, (2, 2), fill_mode="wrap"), ValueError, "Received: 'wrap'"),
    (lambda: image.resize(X, (2, 2), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True), ValueError, "Only one"),
    (lambda: image.rgb_to_grayscale(X[..., :2]), ValueError, "2 channels"),
    (lambda: image.rgb_to_hsv(X.int()), ValueError, "torch.int32"),
    (lambda: image.hsv_to_rgb(X[..., :1]), ValueError, "received images with 1 channels"),
    (lambda: image.pad_images(X, 1, 1, 1, 1, 20, 20), ValueError, "exactly two of top_padding"),
    (lambda: image.pad_images(X, 1, 1, None, None, 5, 20), ValueError, "bottom_padding must be >= 0.*size 9"),
    (lambda: image.crop_images(X, 1, 1, None, None, 20, 2), ValueError, "bottom_cropping must be >= 0"),
    (lambda: image.crop_images(KerasTensor((None, 9, 3)), 1, 1, 1, 1), ValueError, "height of the images is unknown"),
    (lambda: image.affine_transform(X, torch.ones(1, 1, 8)), ValueError, "Invalid transform rank"),
    (lambda: image.affine_transform(X, PROJECTION, "cubic"), ValueError, "Received: 'cubic'"),
    (lambda: image.affine_transform(X, PROJECTION, fill_mode="edge"), ValueError, "Received: 'edge'"),
    (lambda: image.perspective_transform(X, CORNERS[:3], CORNERS), ValueError, r"start_points.shape=\(3, 2\)"),
    (lambda: image.map_coordinates(X, torch.ones(2, 5), 0), ValueError, "rank of `inputs`"),
    (lambda: image.map_coordinates(torch.ones(3), torch.ones(1), 0), ValueError, "at least rank 2"),
    (lambda: image.map_coordinates(torch.ones(3), torch.ones(1, 1), 3), NotImplementedError, "order=3"),
    (lambda: image.extract_patches(X, "3"), TypeError, "Expected an int or a tuple. Received: '3'"),
    (lambda: image.extract_patches(X, (1, 2, 3, 4)), ValueError, "length 2 or 3"),
    (lambda: image.extract_patches_3d(X, (1, 2)), TypeError, r"size=\(1, 2\)"),
    (lambda: image.ssim(X, X), ValueError, "filter_size=11"),
    (lambda: image.ssim(X, X[:1], filter_size=3), ValueError, "one shape"),
    (lambda: psnr(X, X[:1], 1.0), ValueError, "must match for PSNR"),
    (lambda: image.scale_and_translate(X, X.shape, [1.0], [0.0], (1,), "sinc"), ValueError, "Received: 'sinc'"),
])  # fmt: skip
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
