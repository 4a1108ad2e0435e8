"""The page "Write your first plugin", followed to the letter: its files are written and its commands run."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial" / "first-plugin.md"
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", flags=re.DOTALL | re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PROGRAMS = {
    "torchkeras-compat": [sys.executable, "-m", "torchkeras_compat"],
    "pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
    "python": [sys.executable],
}


def write(caption: str, text: str, folder: Path) -> None:
    """Write a file, or add to one that the page has shown."""
    name, _, how = caption.partition(" ")
    text = text.lstrip("\n")
    if how == "(more)":
        text = (folder / name).read_text() + "\n\n" + text
    (folder / name).write_text(text)


def install(folder: Path) -> None:
    """What `pip install -e .` leaves behind, without the network: metadata, and the folder on the path."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = folder / "site" / f"torchkeras_angles-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    (name, target), *_ = project["entry-points"]["torchkeras_compat"].items()
    (info / "entry_points.txt").write_text(f"[torchkeras_compat]\n{name} = {target}\n")


def run(command: str, folder: Path) -> str:
    """Return what a command of the page prints."""
    if command == "pip install -e .":
        install(folder)
        return ""
    words = shlex.split(command)
    path = [str(folder), str(folder / "site"), str(ROOT), str(ROOT / "plugins" / "torchkeras-pytest")]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "TORCHKERAS_"))}
    environment |= {"PYTHONPATH": os.pathsep.join(path), "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1"}
    while "=" in words[0]:
        variable, _, value = words.pop(0).partition("=")
        environment[variable] = value
    environment.setdefault("TORCHKERAS_PLUGINS", "angles")  # others may be installed where the tests run
    done = subprocess.run(
        [*PROGRAMS[words[0]], *words[1:]], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == ("failed" in done.stdout and "0 failed" not in done.stdout), done.stdout + done.stderr
    return "\n".join(line for line in done.stdout.splitlines() if not re.search(r"^\S+ +\S+ +not selected +-$", line))


@pytest.mark.slow
def test_the_page_can_be_followed_step_by_step(tmp_path: Path) -> None:
    files = commands = 0
    for block in BLOCK.finditer(PAGE.read_text()):
        kind, text = block["kind"], block["text"]
        if kind.startswith("{code-block}") and text.startswith(":caption: "):
            caption, _, rest = text.partition("\n")
            write(caption.removeprefix(":caption: "), rest, tmp_path)
            files += 1
        elif kind == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                printed = run(command, tmp_path)
                assert doctest.OutputChecker().check_output(shown, printed + "\n", FLAGS), f"{command}\n{printed}"
                commands += 1
    assert (files, commands) == (6, 8)
