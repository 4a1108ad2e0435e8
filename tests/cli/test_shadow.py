"""`torchkeras-compat shadow`: what it says and returns."""

from __future__ import annotations

from pathlib import Path

from torchkeras_compat.cli.main import main


def test_put_in_place_asked_for_and_taken_out(tmp_path: Path, capsys) -> None:
    into = ["shadow", "--into", str(tmp_path)]
    assert main([*into, "--status"]) == 1
    assert "not in" in capsys.readouterr().out
    assert main([*into, "--tensorflow"]) == 0
    assert "`import tensorflow`" in capsys.readouterr().out
    assert main([*into, "--status"]) == 0
    assert main([*into, "--undo"]) == 0 and main([*into, "--undo"]) == 0
    assert "nothing to remove" in capsys.readouterr().out


def test_a_folder_that_is_not_there(tmp_path: Path, capsys) -> None:
    assert main(["shadow", "--into", str(tmp_path / "nowhere")]) == 2
    assert "There is no folder" in capsys.readouterr().err
