from __future__ import annotations

from pathlib import Path

import pytest
import torch

from torchkeras_compat.dialects.tensorflow import profiler
from torchkeras_compat.dialects.tensorflow.errors import AlreadyExistsError, UnavailableError


def test_a_trace_is_written(tmp_path: Path) -> None:
    with profiler.Profile(tmp_path / "logs"), profiler.Trace("train", step_num=3):
        torch.ones(3).sum()
        with pytest.raises(AlreadyExistsError):
            profiler.start(tmp_path)
    (trace,) = (tmp_path / "logs").iterdir()
    assert "train step_num=3" in trace.read_text()
    with pytest.raises(UnavailableError, match="No profiler is running"):
        profiler.stop()
