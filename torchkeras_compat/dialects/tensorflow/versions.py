"""``tf.version`` and ``tf.sysconfig``: which TensorFlow this stands for."""

from __future__ import annotations

from typing import Any

import torch

VERSION = "2.15.0"
GIT_VERSION = "v2.15.0"
COMPILER_VERSION = ""
GRAPH_DEF_VERSION = 1645


def get_build_info() -> dict[str, Any]:
    """Return what is known of how torch was built: versions of CUDA and cuDNN, and whether it has CUDA.

    Source: TensorFlow API, sysconfig/get_build_info.
    """
    backend: Any = torch.backends.cudnn
    cudnn = backend.version() if backend.is_available() else None
    return {
        "is_cuda_build": torch.version.cuda is not None,
        "is_rocm_build": torch.version.hip is not None,
        "is_tensorrt_build": False,
        "cuda_version": torch.version.cuda or "",
        "cudnn_version": "" if cudnn is None else str(cudnn // 1000),
    }
