"""`pytest --torchkeras-plugin NAME`, run in a folder of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from torchkeras_compat import layers
from torchkeras_compat.testing import check_layer
from torchkeras_compat.testing.check import CHECKS

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

GOOD = """
from torchkeras_compat.layers import Layer


class Scale(Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor


def torchkeras_layers():
    return {"Scale": Scale}


def torchkeras_examples():
    first = {"arguments": {"factor": 2}}
    return {"Scale": [first, {"arguments": {"factor": 3}, "inputs": (None, 4), "skip": {"exports": "why"}}]}
"""
BAD = """
from torchkeras_compat.layers import Layer


class Flattened(Layer):
    def call(self, inputs):
        return inputs.squeeze().reshape(-1 if len(inputs) == 1 else inputs.shape)


class Needy(Layer):
    def __init__(self, units):
        super().__init__()


def torchkeras_layers():
    return {"Flattened": Flattened, "Needy": Needy}
"""


@pytest.fixture(scope="module", autouse=True)
def everything_loaded() -> None:
    """pytester forgets modules that its runs load first, and torch's compiler and h5py cannot be loaded twice."""
    check_layer(layers.Dense, arguments={"units": 2}, hypothesis=True)


@pytest.fixture
def run(pytester: pytest.Pytester):
    """Run pytest on a plugin module, without a file of tests."""
    pytester.syspathinsert()
    pytester.makepyfile(good_plugin=GOOD, bad_plugin=BAD)

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "torchkeras_pytest", "-p", "no:cacheprovider", *arguments)

    return run


def test_every_check_of_every_object_is_a_test(run) -> None:
    result = run("--torchkeras-plugin", "good_plugin", "-v")
    count = 2 * sum(not check.draws for check in CHECKS["layer"].values()) + len(CHECKS["plugin"])
    outcomes = result.parseoutcomes()
    assert sum(outcomes.get(key, 0) for key in ("passed", "skipped")) == count and "failed" not in outcomes
    result.stdout.fnmatch_lines(["plugin good_plugin::layer::Scale?0?::build PASSED*"])


def test_failures_show_the_message_of_the_check(run) -> None:
    result = run("--torchkeras-plugin", "bad_plugin")
    assert result.parseoutcomes()["failed"] == 2
    result.stdout.fnmatch_lines(
        [
            (
                "*layer Flattened, check 'batch_sizes': a batch of 1 gives an output of another shape. Received: (8,)"
                " instead of (1, 8).*"
            ),
            (
                "*layer Needy, check 'example': its constructor needs `units`, and the plugin gives no example. Add a"
                " hook*"
            ),
        ]
    )


def test_items_can_be_chosen_by_name(run) -> None:
    outcomes = run("--torchkeras-plugin", "good_plugin", "-k", "gradcheck").parseoutcomes()
    assert outcomes["passed"] == 2 and outcomes["deselected"] > 30


def test_tests_in_the_folder_run_only_if_they_are_asked_for(run, pytester: pytest.Pytester) -> None:
    path = pytester.makepyfile(test_own="def test_own(): pass")
    arguments = ["--torchkeras-plugin", "good_plugin", "-k", "own or batch_sizes"]
    assert run(*arguments).parseoutcomes()["passed"] == 2
    assert run(*arguments, str(path)).parseoutcomes()["passed"] == 3


def test_hypothesis_is_behind_its_option(run, pytester: pytest.Pytester) -> None:
    pytest.importorskip("hypothesis")
    arguments = ["--torchkeras-plugin", "good_plugin", "-k", "any_inputs"]
    assert "passed" not in run(*arguments).parseoutcomes()
    assert run(*arguments, "--torchkeras-hypothesis").parseoutcomes()["passed"] == 2
    path = pytester.makepyfile(
        test_own="""
        from good_plugin import Scale
        from torchkeras_compat.testing import check_layer

        def test_scale():
            assert [r.check for r in check_layer(Scale, arguments={"factor": 2})][-1] == "any_inputs"
        """
    )
    run(str(path)).assert_outcomes(failed=1)
    run(str(path), "--torchkeras-hypothesis").assert_outcomes(passed=1)


def test_an_unknown_plugin_is_an_error_of_usage(run) -> None:
    result = run("--torchkeras-plugin", "good_plugim")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: There is no plugin 'good_plugim'.*"])


def test_unused_it_loads_nothing_heavy() -> None:
    code = (
        "import sys, torchkeras_pytest; print(*{'torch', 'torchkeras_compat', 'numpy', 'hypothesis'} &"
        " set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
