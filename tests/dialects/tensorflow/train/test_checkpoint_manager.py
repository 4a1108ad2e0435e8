from __future__ import annotations

from pathlib import Path

import pytest

from torchkeras_compat.dialects.tensorflow.train.checkpoint import Checkpoint
from torchkeras_compat.dialects.tensorflow.train.checkpoint_manager import CheckpointManager
from torchkeras_compat.dialects.tensorflow.variable import Variable


def test_the_oldest_are_removed(tmp_path: Path) -> None:
    v = Variable(0.0)
    manager = CheckpointManager(Checkpoint(v=v), tmp_path, max_to_keep=2)
    assert manager.latest_checkpoint is None
    for number in range(4):
        v.assign(float(number))
        manager.save()
    assert [Path(path).name for path in manager.checkpoints] == ["ckpt-3", "ckpt-4"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint", "ckpt-3.ckpt.h5", "ckpt-4.ckpt.h5"]
    other = Variable(9.0)
    again = CheckpointManager(Checkpoint(v=other), tmp_path, max_to_keep=2)
    assert again.restore_or_initialize() == again.latest_checkpoint and other.numpy() == 3
    again.save(checkpoint_number=17)
    assert [Path(path).name for path in again.checkpoints] == ["ckpt-4", "ckpt-17"]


def test_intervals_and_first_values(tmp_path: Path) -> None:
    step, calls = Variable(0), []
    manager = CheckpointManager(
        Checkpoint(step=step), tmp_path, 5, step_counter=step, checkpoint_interval=2, init_fn=lambda: calls.append(1)
    )
    assert manager.restore_or_initialize() is None and calls == [1]
    saved = []
    for _ in range(5):
        saved.append(manager.save() is not None)
        step.assign_add(1)
    assert saved == [True, False, True, False, True]
    assert manager.save(check_interval=False) is not None


def test_bad_arguments(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Received: 0"):
        CheckpointManager(Checkpoint(), tmp_path, 0)
    with pytest.raises(ValueError, match="`step_counter` is needed"):
        CheckpointManager(Checkpoint(), tmp_path, 1, checkpoint_interval=2)
