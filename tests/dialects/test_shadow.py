"""`torchkeras-compat shadow`: a whole environment finds this package under `import keras`."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from torchkeras_compat.dialects.shadow import add_shadow, remove_shadow, shadowed, site_packages


def test_the_files_come_and_go(tmp_path: Path) -> None:
    assert shadowed(tmp_path) == () and not remove_shadow(tmp_path)
    add_shadow(tmp_path)
    assert shadowed(tmp_path) == ("keras", "tf_keras")
    add_shadow(tmp_path, tensorflow=True)
    assert shadowed(tmp_path) == ("keras", "tf_keras", "tensorflow")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["torchkeras_shadow.pth", "torchkeras_shadow.py"]
    assert remove_shadow(tmp_path) and list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no folder .*nowhere"):
        add_shadow(tmp_path / "nowhere")


def test_the_folder_is_that_of_this_python() -> None:
    assert site_packages().is_dir()


@pytest.mark.slow
def test_an_environment_of_its_own(tmp_path: Path) -> None:
    """Without a line of code, in every Python of it, until it is taken out."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    (site,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    (site / "all.pth").write_text("\n".join(path for path in sys.path if path))  # what this Python has

    def run(*words: str, **environment: str) -> str:
        done = subprocess.run(
            [python, *words],
            env={**os.environ, "KERAS_BACKEND": "torch", **environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    say = "import keras; print(type(keras).__name__, keras.layers.Dense.__module__.partition('.')[0])"
    assert run("-c", say).endswith("keras")
    assert "`import keras`" in run("-m", "torchkeras_compat", "shadow")
    assert run("-c", say) == "KerasView torchkeras_compat"
    assert (
        run("-c", "from keras.src.saving import serialization_lib; print(serialization_lib.in_safe_mode())") == "True"
    )
    assert run("-c", "import sys; print('torch' in sys.modules, 'keras' in sys.modules)") == "False False"
    assert run("-c", say, TORCHKERAS_SHADOW="0").endswith("keras")
    assert "removed" in run("-m", "torchkeras_compat", "shadow", "--undo")
    assert run("-c", say).endswith("keras")


@pytest.mark.parametrize("text", ["", "import torchkeras_shadow; torchk", "import os; x.install(" + "(" * 10_000, "\0"])
def test_broken_files_are_said_and_taken_out(tmp_path: Path, text: str) -> None:
    add_shadow(tmp_path)
    (tmp_path / "torchkeras_shadow.pth").write_text(text)
    with pytest.raises(ValueError, match="not as it was written"):
        shadowed(tmp_path)
    assert remove_shadow(tmp_path) and list(tmp_path.iterdir()) == []
