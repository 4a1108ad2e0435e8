"""The tests with the mark `cuda`, of what training goes through."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

from .budget import Budget

ROOT = Path(__file__).parents[3]
FOLDERS = ("training", "data", "optimizers", "callbacks", "layers/rnn", "random", "test_device.py")


def run(budget: Budget, dry: bool = False) -> tuple[bool | None, str]:
    """Return whether they passed (None where they did not run), and pytest's last line."""
    if importlib.util.find_spec("pytest") is None:
        return None, "pytest is not installed"
    paths = [str(path) for name in FOLDERS if (path := ROOT / "tests" / name).exists()]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "cuda", "-p", "no:cacheprovider", *paths]
    if dry:
        command.append("--collect-only")
    if budget.left() < 5:
        return None, "no time was left"
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=budget.left())
    except subprocess.TimeoutExpired:
        return None, "they were not done in their time"
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return done.returncode == 0, "; ".join([*failed, lines[-1] if lines else done.stderr.strip()[-300:]])
