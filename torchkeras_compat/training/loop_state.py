"""What `compile` and the loops keep on a model, beside what it computes with."""

from __future__ import annotations

from typing import Any

INITIAL_STATE: dict[str, Any] = {
    "optimizer": None,
    "compiled": False,
    "stop_training": False,
    "run_eagerly": False,
    "steps_per_execution": 1,
    "_compile_spec": None,
    "_step": None,
    "_prediction": None,
    "_compile_arguments": None,
    "history": None,
}
"""What a model has before `compile`."""

LOOP_STATE = frozenset(
    (
        *(*INITIAL_STATE, "loss", "jit_compile", "_training_state", "stop_evaluating", "stop_predicting"),
        *("_compiled_call_impl", "train_function", "test_function", "predict_function"),
    )
)
"""Names of all that they write."""
