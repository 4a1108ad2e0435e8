"""How far images are from each other."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from torchkeras_compat.ops.conversion import convert_to_tensor
from torchkeras_compat.ops.image.filtering import gaussian_window
from torchkeras_compat.ops.image.layout import channels_first, in_float
from torchkeras_compat.ops.operands import as_pair
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.symbolic.operation import operation


def _scalar_spec(x1: Any, x2: Any, max_val: float) -> KerasTensor:
    return KerasTensor((), x1.dtype)


@operation(output_spec=_scalar_spec)
def psnr(x1: Any, x2: Any, max_val: float) -> torch.Tensor:
    """Return the peak signal-to-noise ratio in decibels, ``20 log10(max_val) - 10 log10(mean((x1 - x2)**2))``.

    Args:
        x1: Tensor.
        x2: Tensor of the same shape.
        max_val: Largest value possible, 1 or 255 say.

    Returns:
        A scalar; infinite for equal tensors.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> psnr([0.0, 0.0], [0.1, 0.1], 1.0)
        tensor(20.)
    """
    x1, x2 = as_pair(x1, x2, minimum=float)
    if x1.shape != x2.shape:
        raise ValueError(f"Input shapes {tuple(x1.shape)} and {tuple(x2.shape)} must match for PSNR calculation.")
    peak = convert_to_tensor(max_val, x1.dtype).to(x1.device)
    return 20 * torch.log10(peak) - 10 * torch.log10(torch.mean(torch.square(x1 - x2)))


@operation
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> torch.Tensor:
    """Return the structural similarity of images, 1 for equal ones.

    Args:
        image1: One image or a batch.
        image2: Images of the same shape.
        max_val: Largest value possible, 1 or 255 say.
        filter_size: Size of the window over which means and variances are taken.
        filter_sigma: Standard deviation of its weights, in pixels.
        k1: Keeps the division by means stable.
        k2: Keeps the division by variances stable.
        data_format: ``"channels_last"``, ``"channels_first"``, or None for the global setting.

    Returns:
        A number for each image: the mean over windows and channels.

    Raises:
        ValueError: the shapes differ, the rank is neither 3 nor 4, or the images are smaller than the window.

    Example:
        >>> ssim(torch.ones(2, 16, 16, 3), torch.ones(2, 16, 16, 3))
        tensor([1., 1.])

    Source: Wang et al. 2004, eq. 13.
    """
    x, _ = channels_first(image1, data_format)
    y, _ = channels_first(image2, data_format)
    if x.shape != y.shape:
        raise ValueError(f"`ssim` needs images of one shape. Received: {tuple(image1.shape)} and {tuple(image2.shape)}")
    if min(x.shape[2:]) < filter_size:
        raise ValueError(
            f"`ssim` needs images at least as large as its window. Received: {tuple(x.shape[2:])} and "
            f"filter_size={filter_size}. Use a smaller filter_size."
        )
    x, y = in_float(x), in_float(y)
    channels = x.shape[1]
    line = gaussian_window(filter_size, filter_sigma, x)
    weight = torch.outer(line, line).expand(channels, 1, -1, -1)
    moments = F.conv2d(torch.cat([x, y, x * x, y * y, x * y]), weight, groups=channels)
    mean_x, mean_y, square_x, square_y, product = moments.chunk(5)
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    covariance = product - mean_x * mean_y
    variances = square_x + square_y - mean_x**2 - mean_y**2
    similarity = (luminance * (2 * covariance + c2) / (variances + c2)).mean(dim=(1, 2, 3))
    return similarity[0] if len(image1.shape) == 3 else similarity
