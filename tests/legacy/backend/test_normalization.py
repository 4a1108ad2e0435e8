from __future__ import annotations

import torch

from torchkeras_compat.legacy.backend import normalization as K


def test_vectors_go_along_the_axis() -> None:
    x = torch.rand(2, 3, 4, 5)
    mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
    found = K.batch_normalization(x, mean, var, None, None, axis=1)
    assert torch.allclose(found, torch.nn.functional.batch_norm(x, mean, var, eps=1e-3), atol=1e-5)


def test_a_batch_is_normalized_by_its_population_variance() -> None:
    x = torch.rand(4, 3)
    found, mean, var = K.normalize_batch_in_training(x, torch.ones(3), torch.zeros(3), [0])
    assert torch.allclose(var, x.var(0, correction=0))
    assert torch.allclose(found, (x - mean) / (var + 1e-3).sqrt(), atol=1e-5)
