"""What this machine has."""

from __future__ import annotations

import pytest
import torch

from torchkeras_compat.dialects.tensorflow.testing import hardware as tf


def test_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert (tf.is_gpu_available(), tf.gpu_device_name()) == (False, "")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda i: (7, 5))
    assert (tf.is_gpu_available(), tf.gpu_device_name()) == (True, "/device:GPU:0")
    assert not tf.is_gpu_available(min_cuda_compute_capability=(8, 0))


def test_builds() -> None:
    assert tf.is_built_with_cuda() == (torch.version.cuda is not None)
    assert tf.is_built_with_gpu_support() == (tf.is_built_with_cuda() or tf.is_built_with_rocm())
    assert not tf.is_built_with_xla()
