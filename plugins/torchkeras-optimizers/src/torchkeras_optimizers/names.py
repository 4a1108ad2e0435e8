"""Which optimizers there are, and where."""

from __future__ import annotations

# Those whose `step` needs neither a closure, nor the model, nor the Hessian, nor the number of steps to come.
_PYTORCH_OPTIMIZER = (
    "ADOPT",
    "AdEMAMix",
    "AdaBelief",
    "Adan",
    "CAME",
    "MARS",
    "NovoGrad",
    "Prodigy",
    "QHAdam",
    "RAdam",
    "Ranger",
    "SOAP",
    "StableAdamW",
    "Tiger",
    "Yogi",
)
_SCHEDULEFREE = {
    "ScheduleFreeAdamW": "AdamWScheduleFree",
    "ScheduleFreeRAdam": "RAdamScheduleFree",
    "ScheduleFreeSGD": "SGDScheduleFree",
}
PLACES = {
    **{name: f"pytorch_optimizer:{name}" for name in _PYTORCH_OPTIMIZER},
    **{name: f"schedulefree:{target}" for name, target in _SCHEDULEFREE.items()},
}
