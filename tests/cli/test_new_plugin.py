"""`plugins new`: the package that it writes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from torchkeras_compat.cli.main import main


@pytest.fixture(scope="module")
def sparkle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A package made by `plugins new`, and an environment in which it is installed as pip would do it."""
    into = tmp_path_factory.mktemp("new")
    assert main(["plugins", "new", "bright-sparkle", "--into", str(into)]) == 0
    folder = into / "torchkeras-bright-sparkle"
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = into / "site" / f"torchkeras_bright_sparkle-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    (entry,) = project["entry-points"]["torchkeras_compat"].items()
    (info / "entry_points.txt").write_text(f"[torchkeras_compat]\n{entry[0]} = {entry[1]}\n")
    path = [str(folder / "src"), str(into / "site"), str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "TORCHKERAS_PLUGINS": "bright_sparkle"}
    return folder, {k: v for k, v in environment.items() if not k.startswith(("PYTEST_", "TORCHKERAS_PLUGINS_"))}


@pytest.mark.slow
def test_the_tests_of_a_new_package_pass_at_once(sparkle) -> None:
    folder, environment = sparkle
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-W", "ignore:.torch.jit.script:DeprecationWarning"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"8 passed", done.stdout)


def test_a_new_package_is_complete_and_names_itself_everywhere(sparkle) -> None:
    folder, _ = sparkle
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and "cache" not in str(p)}
    assert files == {
        ".github/workflows/tests.yml",
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "src/torchkeras_bright_sparkle/__init__.py",
        "src/torchkeras_bright_sparkle/gate.py",
        "src/torchkeras_bright_sparkle/pinball.py",
        "src/torchkeras_bright_sparkle/plugin.py",
        "tests/test_plugin.py",
    }
    for name in files:
        text = (folder / name).read_text()
        assert "$module" not in text and "${" not in text.replace("${{ matrix", "")


@pytest.mark.slow
def test_the_checks_of_the_kit_pass_for_a_new_package(sparkle) -> None:
    folder, environment = sparkle
    command = [sys.executable, "-m", "torchkeras_compat", "--strict-plugins", "plugins", "check", "bright_sparkle"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and re.search(r"\d+ passed, 0 failed", done.stdout), done.stdout + done.stderr


def test_new_overwrites_nothing_and_refuses_other_names(sparkle, capsys) -> None:
    folder, _ = sparkle
    assert main(["plugins", "new", "torchkeras-bright-sparkle", "--into", str(folder.parent)]) == 2
    assert "exists already" in capsys.readouterr().err
    for name in ("Sparkle", "9lives", "a b", "../up", "torchkeras-"):
        assert main(["plugins", "new", name, "--into", str(folder.parent)]) == 2
        assert f"Received: {name!r}" in capsys.readouterr().err
