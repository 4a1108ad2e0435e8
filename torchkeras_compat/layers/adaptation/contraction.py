"""`Contraction`: the einsum of inputs and a kernel, and where the scales of either stand in its result."""

from __future__ import annotations

import math
import re
from typing import Any

import torch


class Contraction:
    """``einsum(equation, inputs, kernel)`` with what quantization and low-rank adapters need to know of it.

    Args:
        equation: As in `EinsumDense`; an ellipsis stands for axes that the inputs share with the output.
        elided: Number of axes of the output that the ellipsis stands for, where scales of the kernel show them.

    Example:
        >>> Contraction("...c,cd->...d").multiply(torch.ones(2, 3), torch.ones(3, 4)).shape
        torch.Size([2, 4])
    """

    def __init__(self, equation: str, elided: int = 0) -> None:
        self.equation = equation.replace(" ", "")
        inputs, self.kernel, outputs = re.split(",|->", self.equation)
        self.left, self.right = inputs.startswith("..."), inputs.endswith("...")
        self.inputs, self.outputs = inputs.replace("...", ""), outputs.replace("...", "")
        self.elided = elided
        offset = len(self.inputs) if self.left else 0
        self.input_axes = tuple(i - offset for i, c in enumerate(self.inputs) if c not in self.outputs)
        self.kernel_axes = tuple(i for i, c in enumerate(self.kernel) if c not in self.outputs)
        columns = (i for i in range(len(self.kernel)) if i not in self.kernel_axes)
        self.matrix_order = (*self.kernel_axes, *columns)
        self._is_matrix_product = self.equation == "...c,cd->...d"

    def multiply(self, x: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
        """Return the einsum."""
        return x @ kernel if self._is_matrix_product else torch.einsum(self.equation, x, kernel)

    def multiply_integers(self, x: torch.Tensor, kernel: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """Return the einsum of two int8 tensors in a floating ``dtype``.

        CUDA multiplies the integers themselves. Elsewhere the product of floats is much faster than torch's of
        integers; up to 1040 summed values it is exact too.
        """
        if x.is_cuda and self._is_matrix_product and _cuda_multiplies(x, kernel):
            return torch._int_mm(x.flatten(0, -2), kernel).view(*x.shape[:-1], -1).to(dtype)
        with without_autocast(x):  # half precision has no room for such sums
            return self.multiply(x.float(), kernel.float()).to(dtype)

    def multiply_low_rank(self, x: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Return the einsum with the kernel ``a @ b``, without making it.

        Args:
            x: Inputs.
            a: Kernel's shape with the rank as last size.
            b: ``(rank, last size of the kernel)``.
        """
        if self._is_matrix_product:
            return x @ a @ b
        inputs, _, outputs = re.split(",|->", self.equation)
        rank = next(c for c in "rstuvwxyzabcdefghijklmnopq" if c not in self.equation)
        last = self.kernel[-1]
        factors = [(f"{self.kernel[:-1]}{rank}", a), (f"{rank}{last}", b)]
        if last in self.inputs:
            factors.reverse()  # what shares an axis with the inputs comes first
        (first, one), (second, two) = factors
        return torch.einsum(f"{inputs},{first},{second}->{outputs}", x, one, two)

    # -- matrices --------------------------------------------------------------------------------------------------

    def kernel_matrix(self, kernel: torch.Tensor) -> torch.Tensor:
        """Return a kernel as a matrix ``(units, features)``: the axes that are summed are the features."""
        features = math.prod(kernel.shape[i] for i in self.kernel_axes)
        return kernel.permute(self.matrix_order).reshape(features, -1).t()

    def input_matrix(self, x: torch.Tensor) -> torch.Tensor:
        """Return inputs as a matrix ``(samples, features)``, with the features of :meth:`kernel_matrix`."""
        offset = len(self.inputs) if self.left else 0
        alone = [i - offset for i, c in enumerate(self.inputs) if c not in self.kernel + self.outputs]
        x = x.sum(alone, keepdim=True) if alone else x
        axes = [self.inputs.index(self.kernel[i]) - offset for i in self.kernel_axes]
        features = math.prod(x.shape[i] for i in axes)
        return x.movedim(axes, tuple(range(-len(axes), 0))).reshape(-1, features)

    # -- scales ----------------------------------------------------------------------------------------------------

    def align_kernel_scale(self, scale: torch.Tensor) -> torch.Tensor:
        """Return a scale of the kernel, size 1 at the summed axes, as it broadcasts to the output."""
        places = [i for i in range(len(self.kernel)) if i not in self.kernel_axes]
        scale = scale.permute(*places, *self.kernel_axes).reshape([scale.shape[i] for i in places])
        order = sorted(range(len(places)), key=lambda i: self.outputs.index(self.kernel[places[i]]))
        scale = scale.permute(order)
        for i, c in enumerate(self.outputs):
            if c not in self.kernel:
                scale = scale.unsqueeze(i)
        ones = (1,) * self.elided
        return scale.reshape(*ones, *scale.shape) if self.left else scale.reshape(*scale.shape, *ones)

    def unalign_kernel_scale(self, scale: torch.Tensor) -> torch.Tensor:
        """Return a scale that broadcasts to the output as it broadcasts to the kernel."""
        named = scale.shape[self.elided :] if self.left else scale.shape[: len(self.outputs)]
        scale = scale.reshape([n for n, c in zip(named, self.outputs, strict=True) if c in self.kernel])
        letters = [c for c in self.outputs if c in self.kernel]
        kept = [c for c in self.kernel if c in letters]
        scale = scale.permute([letters.index(c) for c in kept])
        for i in self.kernel_axes:
            scale = scale.unsqueeze(i)
        return scale

    def align_input_scale(self, scale: torch.Tensor) -> torch.Tensor:
        """Return a scale of the inputs, size 1 at the summed axes, as it broadcasts to the output."""
        elided = scale.ndim - len(self.inputs)
        first = elided if self.left else 0
        letters = [c for c in self.inputs if c in self.outputs]
        summed = [i + first for i, c in enumerate(self.inputs) if c not in self.outputs]
        scale = scale.squeeze(summed)
        kept = [c for c in self.outputs if c in letters]
        order = [first + letters.index(c) for c in kept]
        others = [i for i in range(scale.ndim) if not first <= i < first + len(letters)]
        scale = scale.permute([*others, *order] if self.left else [*order, *others])
        for i, c in enumerate(self.outputs):
            if c not in self.inputs:
                scale = scale.unsqueeze(first + i)
        return scale


def without_autocast(x: torch.Tensor) -> Any:
    """Return a scope in which products have the dtype of their factors."""
    return torch.autocast("cpu" if x.is_meta else x.device.type, enabled=False)


def _cuda_multiplies(x: torch.Tensor, kernel: torch.Tensor) -> bool:
    """Whether cuBLAS takes the shapes: more than 16 rows, sizes of the kernel in eights."""
    return x.numel() // x.shape[-1] > 16 and all(n % 8 == 0 for n in kernel.shape)


MATRIX_PRODUCT = Contraction("...c,cd->...d")
"""That of `Dense`: the last axis with a matrix."""
