"""Checks of a whole plugin."""

from __future__ import annotations

import functools
import types

import pytest

from torchkeras_compat.errors import PluginError
from torchkeras_compat.layers import Dense, Layer
from torchkeras_compat.plugins import manager
from torchkeras_compat.testing import CheckFailure, check_plugin
from torchkeras_compat.testing.check import CHECKS, run_checks
from torchkeras_compat.testing.plugin import PluginSubject


class Twice(Layer):
    """Without defect."""

    def call(self, inputs):
        return 2 * inputs


class Times(Layer):
    """Needs an argument."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs


def plugin(name: str = "mine", **hooks: object) -> types.ModuleType:
    module = types.ModuleType(name)
    for hook, answer in hooks.items():
        setattr(module, f"torchkeras_{hook}", lambda answer=answer: answer)
    return module


def planted(**hooks: object) -> PluginSubject:
    return PluginSubject("mine", plugin(**hooks))


DEFECTS = {
    "hooks": functools.partial(planted, layers=[Twice]),
    "names": functools.partial(planted, layers={"Dense": Twice}),
}


@pytest.mark.parametrize("name", DEFECTS)
@pytest.mark.filterwarnings("ignore::torchkeras_compat.errors.PluginWarning")
def test_exactly_one_check_catches_the_defect_that_was_planted_for_it(name: str) -> None:
    assert [result.check for result in run_checks(DEFECTS[name]()).failed] == [name]


def test_a_name_of_keras_may_be_registered_with_the_package_before_it() -> None:
    results = check_plugin(plugin(layers={">Dense": Twice}, file_safe={"layers": ["Dense"]}))
    assert not results.failed
    assert {(r.kind, r.subject) for r in results} == {("plugin", "mine"), ("layer", "Dense")}


def test_every_check_has_its_defect() -> None:
    assert set(DEFECTS) == set(CHECKS["plugin"])


def test_all_that_a_plugin_registers_is_checked() -> None:
    results = check_plugin(
        plugin(layers={"Twice": Twice, "Dense2": Dense}, examples={"Dense2": {"arguments": {"units": 2}}})
    )
    assert {(r.kind, r.subject) for r in results} == {("plugin", "mine"), ("layer", "Twice"), ("layer", "Dense2")}
    assert not results.failed
    assert results.raise_failures() is results
    assert "passed  layer        Twice                   build" in str(results)


def test_an_object_without_the_example_that_it_needs_is_a_failure() -> None:
    (failed,) = check_plugin(plugin(layers={"Times": Times})).failed
    assert (failed.subject, failed.check) == ("Times", "example")
    assert "its constructor needs `factor`" in failed.message and "'arguments': {'factor': ...}" in failed.message


@pytest.mark.parametrize(
    ("example", "message"),
    [
        (3, "gives a int. Received: 3. Give a dict"),
        ({"arguments": {"factor": 2}, "input": (3,)}, "its example does not fit: TypeError.*'input'"),
    ],
)
def test_an_example_that_does_not_fit_is_a_failure(example: object, message: str) -> None:
    with pytest.raises(CheckFailure, match=message):
        check_plugin(plugin(layers={"Times": Times}, examples={"Times": example})).raise_failures()


def test_an_example_of_nothing_is_a_failure() -> None:
    with pytest.raises(CheckFailure, match=r"does not register. Received: \['Tmes'\]"):
        check_plugin(plugin(layers={}, examples={"Tmes": {}})).raise_failures()


def test_an_object_may_have_several_examples_and_leave_checks_out() -> None:
    examples = {"Times": [{"arguments": {"factor": 2}}, {"arguments": {"factor": 3}, "skip": {"pickles": "why not"}}]}
    results = check_plugin(plugin(layers={"Times": Times}, examples=examples))
    assert {r.subject for r in results} == {"mine", "Times[0]", "Times[1]"}
    assert [(r.subject, r.message) for r in results.skipped if r.check == "pickles"] == [("Times[1]", "why not")]


def test_a_plugin_in_use_is_found_by_its_name() -> None:
    manager.register_plugin(plugin("yours", layers={"Twice": Twice}))
    assert {r.subject for r in check_plugin("yours")} == {"yours", "Twice"}
    assert set(manager.installed()) == {"yours"}


def test_an_unknown_plugin_is_refused_with_the_nearest_name() -> None:
    manager.register_plugin(plugin("yours"))
    with pytest.raises(PluginError, match="There is no plugin 'your'. Did you mean 'yours'"):
        check_plugin("your")


def test_the_focal_plugin_passes() -> None:
    pytest.importorskip("torchkeras_focal")
    results = check_plugin("torchkeras_focal.plugin").raise_failures()
    assert {"LogitAdjustment"} <= {r.subject for r in results}
