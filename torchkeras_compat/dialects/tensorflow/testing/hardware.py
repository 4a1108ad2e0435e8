"""What this machine has: `tf.test.is_gpu_available`, ..."""

from __future__ import annotations

import torch


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: tuple[int, int] | None = None) -> bool:
    """Return whether torch can use a GPU.

    Args:
        cuda_only: Kept for TensorFlow's signature.
        min_cuda_compute_capability: Least capability that counts, ``(7, 0)``; None for any.
    """
    if not torch.cuda.is_available():
        return False
    least = min_cuda_compute_capability or (0, 0)
    return any(torch.cuda.get_device_capability(i) >= tuple(least) for i in range(torch.cuda.device_count()))


def gpu_device_name() -> str:
    """Return ``"/device:GPU:0"``, or an empty string where there is no GPU."""
    return "/device:GPU:0" if torch.cuda.is_available() else ""


def is_built_with_cuda() -> bool:
    """Return whether torch was built with CUDA."""
    return torch.version.cuda is not None


def is_built_with_rocm() -> bool:
    """Return whether torch was built with ROCm."""
    return torch.version.hip is not None


def is_built_with_gpu_support() -> bool:
    """Return whether torch was built for GPUs."""
    return is_built_with_cuda() or is_built_with_rocm()


def is_built_with_xla() -> bool:
    """Return False: torch compiles with its own compiler."""
    return False
