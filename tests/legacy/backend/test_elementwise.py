from __future__ import annotations

import pytest
import torch

from torchkeras_compat import Variable
from torchkeras_compat.legacy.backend import elementwise as K


def test_the_root_of_a_negative_number_is_zero() -> None:
    assert K.sqrt(torch.tensor([-4.0, 4.0])).tolist() == [0.0, 2.0]
    assert K.sqrt(torch.tensor([4])).dtype == torch.float32


def test_clip_takes_open_ends_and_tensors() -> None:
    x = torch.tensor([-2.0, 2.0])
    assert K.clip(x, None, 1.0).tolist() == [-2.0, 1.0]
    assert K.clip(x, -1.0, None).tolist() == [-1.0, 2.0]
    assert K.clip(x, torch.tensor([0.0, 3.0]), 9.0).tolist() == [0.0, 3.0]


def test_cumulative_results_keep_the_dtype() -> None:
    assert K.cumsum(torch.ones(2, dtype=torch.int32)).dtype == torch.int32


def test_gradients_do_not_pass_a_constant() -> None:
    v = Variable([1.0])
    assert not K.stop_gradient(v).requires_grad
    assert [x.requires_grad for x in K.stop_gradient([v, v])] == [False, False]
    assert K.identity(v).requires_grad


def test_an_unknown_dtype_is_refused() -> None:
    with pytest.raises(ValueError, match="float31"):
        K.cast(torch.ones(1), "float31")


def test_a_vector_of_zeros_stays() -> None:
    assert K.l2_normalize(torch.zeros(2), 0).tolist() == [0.0, 0.0]
