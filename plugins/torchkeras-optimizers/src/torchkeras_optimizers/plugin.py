"""What torchkeras_compat finds here: the hooks of the plugin."""

from __future__ import annotations

from typing import Any

from torchkeras_compat import optimizers
from torchkeras_optimizers.library_optimizer import named_class
from torchkeras_optimizers.names import PLACES


def torchkeras_optimizers() -> dict[str, type]:
    keras = dir(optimizers)  # where Keras has the name, too, it is found as "optimizers>Name" only
    return {(f">{name}" if name in keras else name): named_class(name) for name in PLACES}


def torchkeras_file_safe() -> dict[str, list[str]]:
    return {"optimizers": list(PLACES)}  # they compute, and do nothing else


def torchkeras_examples() -> dict[str, Any]:
    examples: dict[str, dict[str, Any]] = {name: {} for name in PLACES}
    for name in ("ADOPT", "RAdam", "SOAP", "ScheduleFreeRAdam"):
        reason = "its first step gathers statistics, and moves nothing"
        examples[name]["skip"] = {"missing_gradients": reason, "learning_rate": reason}
    examples["Prodigy"]["skip"] = {"devices": "it reads its estimate of the step from the device"}
    examples["Ranger"]["skip"] = {"descends": "it begins with more steps than the check makes"}
    return examples
