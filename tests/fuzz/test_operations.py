"""The short run of the fuzzer: random calls of all functions, losses and metrics on either side."""

from __future__ import annotations

from typing import Any

import pytest

import torchkeras_compat
from tests.fuzz import calls
from tests.fuzz.listed import load, reason
from tests.fuzz.operations import NAMES, Difference, compare_calls, draw_call

# Functions of functions, and those that convert configs: no arguments to draw at random.
NOT_DRAWN = {
    "ops.associative_scan", "ops.cond", "ops.ctc_decode", "ops.custom_gradient", "ops.dtype", "ops.fold",
    "ops.fori_loop", "ops.istft", "ops.jvp", "ops.map", "ops.scan", "ops.switch", "ops.vectorize",
    "ops.vectorized_map", "ops.while_loop", "ops.image.elastic_transform", "activations.deserialize",
    "activations.get", "activations.serialize", "losses.deserialize", "losses.get", "losses.serialize",
    "metrics.deserialize", "metrics.get", "metrics.serialize",
}  # fmt: skip


def differences(keras: Any, cases: range) -> list[str]:
    entries = load()
    return [str(d) for d in compare_calls(keras, torchkeras_compat, 0, cases) if reason(d, entries) is None]


def test_two_calls_of_each_function_are_those_of_keras(real_keras: Any) -> None:
    assert differences(real_keras, range(2 * len(NAMES))) == []


def test_every_function_is_drawn() -> None:
    spaces = {name: _space(name) for name in ("ops", "ops.image", "activations", "random")}
    public = {
        f"{space}.{name}"
        for space, found in spaces.items()
        for name in dir(found)
        if name[0].islower() and callable(getattr(found, name))
    }
    aliases = {"ops.hard_swish", "ops.swish", "activations.hard_swish", "activations.swish"}
    images = {f"ops.{name.rpartition('.')[2]}" for name in public if name.startswith("ops.image.")}
    assert public - set(calls.RECIPES) - NOT_DRAWN - aliases - images == set()


def _space(name: str) -> Any:
    found: Any = torchkeras_compat
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_a_case_is_the_same_every_time() -> None:
    for case in (3, 50, 400):
        assert repr(draw_call(1, case)) == repr(draw_call(1, case))


def test_a_wrong_result_is_found(real_keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torchkeras_compat.ops, "tanh", lambda x: torchkeras_compat.ops.sin(x))
    case = NAMES.index("ops.tanh")
    found = [d for n in range(3) for d in compare_calls(real_keras, torchkeras_compat, 0, [case + n * len(NAMES)])]
    assert {(d.name, d.kind) for d in found} == {("ops.tanh", "value")}


def test_a_listed_difference_needs_its_text() -> None:
    entries = [{"names": r"ops\.a|ops\.b", "kinds": ["dtype"], "text": "int64", "reason": "why"}]
    assert reason(Difference("ops.a", "dtype", "keras int64", 0, ""), entries) == "why"
    assert reason(Difference("ops.a", "dtype", "keras int32", 0, ""), entries) is None
    assert reason(Difference("ops.a", "shape", "keras int64", 0, ""), entries) is None
    assert reason(Difference("ops.c", "dtype", "keras int64", 0, ""), entries) is None


def test_every_listed_difference_has_its_reason() -> None:
    assert all(len(entry["reason"]) > 20 for entry in load())
