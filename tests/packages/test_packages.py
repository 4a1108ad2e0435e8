"""Packages built on Keras 3 do here what they do on Keras with torch: ``tox -e packages`` installs and compares them.

Skipped where a package is not installed. keras-tcn, which needs TensorFlow, is compared with results of tf.keras 2.15.
"""

from __future__ import annotations

import ast
import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.packages.compare import judged, on_keras, run_side

PACKAGES = ("keras_hub", "keras_tuner", "keras_rs", "bayesflow", "scikeras", "tcn")
NEEDED = {"keras_hub": ("grain", "kagglehub"), "tcn": ()}


def cases_of(package: str) -> list[str]:
    """Names of the cases of a package, without importing it."""
    tree = ast.parse((Path(__file__).parent / f"cases_{package}.py").read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [f.name for f in functions if any(isinstance(d, ast.Name) and d.id == "case" for d in f.decorator_list)]


ALL = [(package, name) for package in PACKAGES for name in cases_of(package)]


@cache
def both(package: str) -> tuple[dict[str, tuple[Any, str]], dict[str, tuple[Any, str]]]:
    """Results of all cases of a package on both sides."""
    return on_keras(package), run_side(package, "torchkeras")


def test_every_package_has_twenty_cases() -> None:
    assert {package: len(cases_of(package)) >= 20 for package in PACKAGES} == dict.fromkeys(PACKAGES, True)


@pytest.mark.slow
@pytest.mark.xdist_group("packages")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("package", "name"), ALL, ids=[f"{package}-{name}" for package, name in ALL])
def test_a_package_gives_the_results_that_it_gives_on_keras(package: str, name: str) -> None:
    for module in (package, *NEEDED.get(package, ())):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed: tox -e packages")
    expected, found = both(package)
    faults = judged(expected[name], found[name])
    assert faults == [], "\n".join(faults)
