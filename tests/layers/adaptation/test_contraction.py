"""Contractions beside the einsum that they stand for."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.layers.adaptation.contraction import MATRIX_PRODUCT, Contraction

CASES = {
    "matrix": (MATRIX_PRODUCT, (2, 5, 7), (7, 3)),
    "heads": (Contraction("abc,cde->abde"), (2, 5, 7), (7, 3, 4)),
    "heads together": (Contraction("abcd,cde->abe"), (2, 5, 3, 4), (3, 4, 6)),
    "kernel turned": (Contraction("abc,dc->abd"), (2, 5, 7), (3, 7)),
    "output turned": (Contraction("abc,cde->aebd"), (2, 5, 7), (7, 3, 4)),
    "ellipsis behind": (Contraction("ab...,bc->ac...", 1), (2, 7, 5), (7, 3)),
    "ellipsis before": (Contraction("...b,bc->...c", 2), (2, 5, 7), (7, 3)),
    "kernel shares an axis": (Contraction("abc,cbd->abd"), (2, 5, 7), (7, 5, 3)),
}
EACH = pytest.mark.parametrize(("contraction", "inputs", "kernel"), CASES.values(), ids=list(CASES))


@EACH
def test_scales_stand_where_they_broadcast_to_the_output(
    contraction: Contraction, inputs: tuple[int, ...], kernel: tuple[int, ...]
) -> None:
    x, w = torch.randn(inputs), torch.randn(kernel)
    input_scale = 1 + torch.rand(x.sum(contraction.input_axes, keepdim=True).shape)
    kernel_scale = 1 + torch.rand(w.sum(contraction.kernel_axes, keepdim=True).shape)
    aligned = contraction.align_kernel_scale(kernel_scale)
    expected = contraction.multiply(x * input_scale, w * kernel_scale)
    product = contraction.multiply(x, w) * contraction.align_input_scale(input_scale) * aligned
    torch.testing.assert_close(product, expected)
    torch.testing.assert_close(contraction.unalign_kernel_scale(aligned), kernel_scale)


@EACH
def test_a_product_of_low_rank_is_that_with_the_whole_kernel(
    contraction: Contraction, inputs: tuple[int, ...], kernel: tuple[int, ...]
) -> None:
    x, a, b = torch.randn(inputs), torch.randn(*kernel[:-1], 2), torch.randn(2, kernel[-1])
    torch.testing.assert_close(contraction.multiply_low_rank(x, a, b), contraction.multiply(x, a @ b))


@EACH
def test_integers_are_multiplied_exactly(
    contraction: Contraction, inputs: tuple[int, ...], kernel: tuple[int, ...]
) -> None:
    x, w = (torch.randint(-127, 128, shape, dtype=torch.int8) for shape in (inputs, kernel))
    found = contraction.multiply_integers(x, w, torch.float32)
    torch.testing.assert_close(found, torch.einsum(contraction.equation, x.double(), w.double()).float())


@pytest.mark.parametrize("name", ["matrix", "heads", "heads together", "kernel turned"])
def test_matrices_multiply_to_the_same_values(name: str) -> None:
    contraction, inputs, kernel = CASES[name]
    x, w = torch.randn(inputs), torch.randn(kernel)
    product = contraction.input_matrix(x) @ contraction.kernel_matrix(w).T
    torch.testing.assert_close(product.flatten(), contraction.multiply(x, w).flatten())
