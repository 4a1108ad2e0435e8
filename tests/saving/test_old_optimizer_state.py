"""Which array of an old file is which moment; the numbers that follow are tested in `test_h5_optimizer`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from torchkeras_compat.legacy.optimizers.optimizer_v2 import LegacyNadam
from torchkeras_compat.optimizers.adafactor import Adafactor
from torchkeras_compat.optimizers.adam import Adam
from torchkeras_compat.optimizers.adaptive import Nadam
from torchkeras_compat.optimizers.base import Optimizer
from torchkeras_compat.saving.old_optimizer_state import (
    OldState,
    Unfit,
    assignments,
    count_of_updates,
    kind_of,
    old_state,
    own_slots,
    product_of_momenta,
)


def _numbered(names: list[str], scalars: int = 1) -> tuple[list[str], list[Any]]:
    return names, [np.array(float(i)) if i < scalars else np.full(2, float(i)) for i in range(len(names))]


def _found(kind: str, names: list[str], weights: int, scalars: int = 1) -> dict[str, list[float]]:
    state = old_state(kind, *_numbered(names, scalars), weights)
    return {slot: [float(a[0]) for a in arrays] for slot, arrays in state.slots.items()}


@pytest.mark.parametrize(
    ("kind", "after", "expected"),
    [
        ("Adam", ("m", "v"), ("momentum", "velocity")),
        ("Adamax", ("m", "v"), ("momentum", "norm")),
        ("Adadelta", ("accum_grad", "accum_var"), ("accumulated_grad", "accumulated_delta_var")),
        ("Ftrl", ("accumulator", "linear"), ("accumulator", "linear")),
        ("RMSprop", ("rms", "mg"), ("velocity", "average_gradient")),
    ],
)
def test_names_say_which_slot_it_is(kind: str, after: tuple[str, str], expected: tuple[str, str]) -> None:
    names = [f"{kind}/iter:0", *(f"{kind}/{w}/kernel/{s}:0" for s in after for w in "ab")]
    assert _found(kind, names, 2) == {expected[0]: [1.0, 2.0], expected[1]: [3.0, 4.0]}
    names = [f"cond_1/{kind}/iter:0", *(f"cond_1/{kind}/{w}/kernel/{s}:0_1" for w in "ab" for s in after)]
    assert _found(kind, names, 2) == {expected[0]: [1.0, 3.0], expected[1]: [2.0, 4.0]}


def test_names_of_the_optimizers_of_2_11() -> None:
    names = ["iteration:0", "learning_rate:0", *(f"Adam/{s}/{w}/kernel:0" for w in "ab" for s in "mv")]
    assert _found("Adam", names, 2, 2) == {"momentum": [2.0, 4.0], "velocity": [3.0, 5.0]}
    names = ["iteration:0", *(f"{s}/{w}/kernel:0" for w in "ab" for s in "mv")]  # inside a loss scale
    assert _found("Adam", names, 2) == {"momentum": [1.0, 3.0], "velocity": [2.0, 4.0]}


def test_lists_go_slot_by_slot_and_dummies_are_left_out() -> None:
    names = ["Adam/iterations:0", *(f"training/Adam/Variable_{i}:0" for i in range(4))]
    assert _found("Adam", names, 2) == {"momentum": [1.0, 2.0], "velocity": [3.0, 4.0]}
    names += ["training/Adam/Variable_4:0", "training/Adam/Variable_5:0"]
    assert _found("Adam", names, 2)["velocity"] == [3.0, 4.0]
    names = [f"training/RMSprop/accumulator_{i}:0" for i in range(2)]
    assert _found("RMSprop", names, 2, 0) == {"velocity": [0.0, 1.0]}


@pytest.mark.parametrize(
    ("kind", "names", "why"),
    [
        ("Adam", ["Adam/iterations:0", "Variable:0"], "2 for each of 2 weights"),
        ("Adam", ["m_0:0", "m_1:0"], "the count of updates is missing"),
        ("Adam", ["Adam/iter:0", "Adam/a/what:0"], "'Adam/a/what:0' does not belong to it"),
        ("Lamb", ["param_0", "param_1"], "this Keras had no Lamb"),
    ],
)
def test_what_is_not_such_a_state(kind: str, names: list[str], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        old_state(kind, *_numbered(names), 2)


def test_slots_of_an_optimizer_in_the_order_of_its_weights() -> None:
    weights = [torch.nn.Parameter(torch.ones(shape)) for shape in ((2, 3), (3,))]
    assert [len(v) for v in own_slots(Adam(amsgrad=True, use_ema=True, params=weights)).values()] == [2, 2, 2, 2]
    found = own_slots(Adafactor(params=weights))
    assert {slot: [tuple(v.shape) for v in vs] for slot, vs in found.items()} == {
        "rows": [(2,)],
        "columns": [(3,)],
        "velocity": [(2, 3), (3,)],
    }


def test_values_are_checked_before_any_is_set() -> None:
    optimizer = Adam(params=[torch.nn.Parameter(torch.ones(2))])
    good = np.ones(2, "float32")
    with pytest.raises(Unfit, match="its 'velocity' is missing"):
        assignments(optimizer, OldState({}, {"momentum": [good]}))
    with pytest.raises(Unfit, match=r"its 'velocity' has the shapes \[\(3,\)\], where \[\(2,\)\] are expected"):
        assignments(optimizer, OldState({}, {"momentum": [good], "velocity": [np.ones(3)]}))
    with pytest.raises(Unfit, match="has negative numbers"):
        assignments(optimizer, OldState({}, {"momentum": [good], "velocity": [-good]}))
    with pytest.raises(Unfit, match="numbers of type complex"):
        assignments(optimizer, OldState({}, {"momentum": [good * 1j], "velocity": [good]}))
    assert len(assignments(optimizer, OldState({}, {"momentum": [-good], "velocity": [good]}))) == 2


def test_the_count_of_updates() -> None:
    assert count_of_updates(OldState({}, {})) is None
    assert count_of_updates(OldState({"iterations": np.float32(7)}, {})) == 7
    with pytest.raises(Unfit, match="its count of updates is nan"):
        count_of_updates(OldState({"iterations": np.float32(np.nan)}, {}))


def test_the_product_of_momenta_is_that_of_so_many_updates() -> None:
    for optimizer in (Nadam(), LegacyNadam(schedule_decay=0.1)):
        w = torch.nn.Parameter(torch.ones(1))
        optimizer.build([w])
        for _ in range(5):
            w.grad = torch.ones(1)
            optimizer.step()
        assert product_of_momenta(optimizer, 5) == pytest.approx(float(optimizer._u_product))
    assert product_of_momenta(Nadam(), 10**15) == 0.0


def test_the_kind_of_an_optimizer_is_that_of_its_class() -> None:
    class Mine(LegacyNadam):
        pass

    class Other(Optimizer):
        pass

    assert [kind_of(o) for o in (Mine(), Adam(), Other())] == ["Nadam", "Adam", "Other"]
