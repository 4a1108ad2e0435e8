"""The file ``checkpoint`` beside checkpoints: which there are, and which is the latest.

Source: TensorFlow's `checkpoint_state.proto` in text format, one path a line.
"""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

from torchkeras_compat.dialects.tensorflow.io.gfile import local
from torchkeras_compat.saving.atomic import written_whole

_NAME = "checkpoint"
_LARGEST = 2**20


class CheckpointState(NamedTuple):
    """Which checkpoints there are.

    Args:
        model_checkpoint_path: The latest one.
        all_model_checkpoint_paths: All, the oldest first.
    """

    model_checkpoint_path: str
    all_model_checkpoint_paths: list[str]


def get_checkpoint_state(checkpoint_dir: Any, latest_filename: str | None = None) -> CheckpointState | None:
    """Return what the file in a directory says, or None if there is none.

    Args:
        checkpoint_dir: The directory.
        latest_filename: Name of the file; None for ``checkpoint``.
    """
    folder = local(checkpoint_dir)
    path = os.path.join(folder, latest_filename or _NAME)
    if not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read(_LARGEST)
    entries = re.findall(r'^(all_)?model_checkpoint_paths?: "((?:[^"\\]|\\.)*)"$', text, re.MULTILINE)
    paths = [os.path.join(folder, _unescaped(value)) for kind, value in entries if kind]
    latest = [os.path.join(folder, _unescaped(value)) for kind, value in entries if not kind]
    return CheckpointState(latest[0], paths or latest) if latest else None


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """Return the path of the latest checkpoint of a directory, as ``restore`` takes it; None if there is none.

    Args:
        checkpoint_dir: The directory.
        latest_filename: Name of the file that says it; None for ``checkpoint``.

    Source: TensorFlow API, train/latest_checkpoint.
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    return None if state is None else state.model_checkpoint_path


def write_checkpoint_state(folder: str, paths: list[str]) -> None:
    """Write which checkpoints there are, the latest last."""
    names = [os.path.relpath(path, folder).replace("\\", "\\\\").replace('"', '\\"') for path in paths]
    lines = [f'model_checkpoint_path: "{names[-1]}"', *(f'all_model_checkpoint_paths: "{name}"' for name in names)]
    with written_whole(os.path.join(folder, _NAME)) as place:
        place.write_text("\n".join(lines) + "\n", encoding="utf-8")


def record_checkpoint(path: str) -> None:
    """Add a checkpoint to the file of its directory."""
    folder = os.path.dirname(os.path.abspath(path))
    state = get_checkpoint_state(folder)
    earlier = [] if state is None else state.all_model_checkpoint_paths
    whole = os.path.abspath(path)
    write_checkpoint_state(folder, [one for one in map(os.path.abspath, earlier) if one != whole] + [whole])


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
