from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras_compat.dialects.tensorflow import summary

pytest.importorskip("tensorboard")


def read(folder: Path) -> dict[str, list[str]]:
    """Tags by kind, as TensorBoard reads them."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder))
    found.Reload()
    return {kind: sorted(tags) for kind, tags in found.Tags().items() if isinstance(tags, list)}


def test_everything_is_read_by_tensorboard(tmp_path: Path) -> None:
    writer = summary.create_file_writer(tmp_path)
    with writer.as_default(step=1):
        assert summary.scalar("loss", 0.5)
        summary.scalar("loss", np.float64(0.25), step=2)
        summary.histogram("weights", np.arange(10.0))
        summary.image("pictures", np.zeros((2, 4, 5, 3), "uint8"))
        summary.audio("sounds", np.zeros((1, 100, 1), "float32"), 8000)
        summary.text("notes", ["a", "b"])
    writer.close()
    tags = read(tmp_path)
    assert tags["scalars"] == ["loss"] and tags["histograms"] == ["weights"]
    assert tags["images"] == ["pictures/0", "pictures/1"] and tags["audio"] == ["sounds"]


def test_steps_and_conditions(tmp_path: Path) -> None:
    assert summary.scalar("loss", 1.0, step=0) is False  # without a writer
    with summary.create_file_writer(tmp_path) as writer:
        with pytest.raises(ValueError, match="No step set for summary 'loss'"):
            summary.scalar("loss", 1.0)
        summary.set_step(7)
        assert summary.get_step() == 7 and summary.scalar("loss", 1.0)
        summary.set_step(None)
        with summary.record_if(False):
            assert not summary.should_record_summaries()
    writer.close()
    with summary.create_noop_writer().as_default():
        assert summary.scalar("loss", 1.0, step=0)


def test_bad_data(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"received \(2,\)"):
        summary.scalar("a", [1.0, 2.0], step=0)
    with pytest.raises(ValueError, match=r"Received shape \(4, 5\)"):
        summary.image("a", np.zeros((4, 5)), step=0)
    with pytest.raises(TypeError, match="must be strings"):
        summary.text("a", [1], step=0)


def test_what_has_no_graph_says_so() -> None:
    calls: list[Any] = [lambda: summary.graph(None), summary.trace_on]
    for call in calls:
        with pytest.warns(UserWarning, match="raph"):
            call()
    summary.trace_export("a", 0)
    summary.trace_off()
