"""The incomplete beta function, beside SciPy's."""

from __future__ import annotations

import numpy as np
import torch
from scipy import special

from torchkeras_compat.dialects.tensorflow.math.incomplete_beta import incomplete_beta


def test_it_equals_that_of_scipy() -> None:
    random = np.random.RandomState(0)
    a, b = random.uniform(0.05, 20, 300), random.uniform(0.05, 20, 300)
    x = random.uniform(0, 1, 300)
    found = incomplete_beta(*(torch.tensor(v) for v in (a, b, x)))
    np.testing.assert_allclose(found.numpy(), special.betainc(a, b, x), rtol=1e-9, atol=1e-12)


def test_its_ends_and_what_lies_outside() -> None:
    x = torch.tensor([0.0, 1.0, -0.1, 1.1])
    found = incomplete_beta(torch.full((4,), 2.0), torch.full((4,), 3.0), x)
    assert found[:2].tolist() == [0.0, 1.0]
    assert found[2:].isnan().all()
