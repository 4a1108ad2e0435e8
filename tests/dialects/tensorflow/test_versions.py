from __future__ import annotations

import torch

from torchkeras_compat.dialects.tensorflow import versions


def test_what_this_stands_for() -> None:
    assert versions.VERSION == "2.15.0"
    assert versions.get_build_info()["is_cuda_build"] == (torch.version.cuda is not None)
