from __future__ import annotations

from pathlib import Path

from torchkeras_compat.dialects.tensorflow.train import checkpoint_state as module


def test_the_file_is_that_of_tensorflow(tmp_path: Path) -> None:
    assert module.latest_checkpoint(tmp_path) is None
    for name in ("ck-1", "ck-2", 'o"dd-3', "ck-1"):
        module.record_checkpoint(str(tmp_path / name))
    assert (tmp_path / "checkpoint").read_text() == (
        'model_checkpoint_path: "ck-1"\n'
        'all_model_checkpoint_paths: "ck-2"\n'
        'all_model_checkpoint_paths: "o\\"dd-3"\n'
        'all_model_checkpoint_paths: "ck-1"\n'
    )
    state = module.get_checkpoint_state(tmp_path)
    assert state is not None
    assert state.model_checkpoint_path == str(tmp_path / "ck-1")
    assert [Path(path).name for path in state.all_model_checkpoint_paths] == ["ck-2", 'o"dd-3', "ck-1"]


def test_anything_else_names_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(b"\xff" * 100)
    assert module.latest_checkpoint(tmp_path) is None
