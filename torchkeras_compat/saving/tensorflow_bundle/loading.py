"""`load_weights` from checkpoints of TensorFlow and the variables of SavedModels: all is checked, then set."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import torch

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.optimizers.host_scalar import HostScalar
from torchkeras_compat.saving.contents import checkpoint_prefix
from torchkeras_compat.saving.reading import reading
from torchkeras_compat.saving.tensorflow_bundle.bundle import STRING, Bundle
from torchkeras_compat.saving.tensorflow_bundle.matching import Match, match_names, match_objects
from torchkeras_compat.saving.tensorflow_bundle.object_graph import KEY, read_graph
from torchkeras_compat.saving.tensorflow_bundle.optimizer_slots import OptimizerPlan, plan_for, resolve
from torchkeras_compat.saving.weights_h5 import set_scalars, undoing, with_parts
from torchkeras_compat.user_warnings import warn_user

_COMPLEX = (8, 18)
_LARGEST_STATE = 1 << 20  # bytes of the file `checkpoint`
_BESIDE_WEIGHTS = frozenset(
    ".OPTIMIZER_SLOT optimizer _optimizer keras_api save_counter _random_generator global_step beta1_power"
    " beta2_power token_counts".split()
)


def load_tensorflow_weights(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Set the weights of a model, and the state of its optimizer where it is of the same class.

    Args:
        model: Layer or model, built.
        path: Prefix of a checkpoint, one of its files, a folder with a file ``checkpoint``, or a SavedModel.
        skip_mismatch: Whether variables that the checkpoint does not fit keep their values, with a warning.

    Raises:
        FileNotFoundError: a file is missing.
        FileContentError: the checkpoint is broken, or does not fit; nothing has been changed.
    """
    with reading(path):
        bundle = Bundle(prefix_of(path))
        plan: OptimizerPlan | None = None
        if KEY in bundle.entries:
            nodes = read_graph(bundle.read_text(KEY))
            match, root = match_objects(model, nodes)
        else:
            match = match_names(model, list(bundle.entries))
        kept = _check(model, match, bundle, skip_mismatch)
        if KEY in bundle.entries:
            plan = plan_for(model, nodes, root, match, bundle)
        pairs = [(v, key) for v, key in match.found.values() if id(v) not in kept]
        keys = {key for _, key in pairs}
        if plan is not None:
            keys.update([*plan.scalars.values(), *(key for _, _, key in plan.slots)])
        values = {key: bundle.read(key) for key in sorted(keys)}
        as_before = [] if plan is None or plan.optimizer.built else with_parts(plan.optimizer)
        with torch.no_grad(), undoing(as_before):
            state = [] if plan is None else resolve(plan, values, model)
            keys.update(key for _, key in match.found.values())
            _warn_of_unused(bundle, keys, has_optimizer=getattr(model, "optimizer", None) is not None)
            set_scalars([(variable, value) for variable, value in state if isinstance(variable, HostScalar)])
            state = [(variable, value) for variable, value in state if not isinstance(variable, HostScalar)]
            for variable, value in [*state, *((variable, values[key]) for variable, key in pairs)]:
                variable.assign(value)
            for layer in match.layers.values():
                layer._on_loaded()


def _check(model: Any, match: Match, bundle: Bundle, skip_mismatch: bool) -> set[int]:
    """Return the variables that keep their values, by identity; an error where that is not wanted."""
    faults = [
        (variable, f"'{variable.path}' of <{type(layer).__name__} name={layer.name}> is not in it")
        for variable, layer in match.missing()
    ]
    for variable, key in match.found.values():
        entry = bundle.entries.get(key)
        shape = tuple(variable.shape)
        if entry is None:
            faults.append((variable, f"its index has no {key!r:.200}, of which its objects tell"))
        elif entry.dtype == STRING or (entry.dtype in _COMPLEX and "complex" not in str(variable.dtype)):
            faults.append((variable, f"{key!r:.200} holds no real numbers, as '{variable.path}' does"))
        elif entry.shape != shape:
            faults.append((variable, f"'{variable.path}' has the shape {shape}, and the checkpoint {entry.shape}"))
    if not faults and match.found:
        return set()
    stored = [key for key in bundle.entries if not _is_beside_weights(key) and key != KEY]
    shown = "; ".join(fault for _, fault in faults[:3]) or "nothing of the model is in it"
    message = (
        f"The checkpoint {bundle.prefix!r} does not fit the model '{model.name}': {shown}"
        f"{f'; and {len(faults) - 3} more' if len(faults) > 3 else ''}. It holds {len(stored)} arrays:"
        f" {[_short(key)[:200] for key in stored[:6]]}."
    )
    if not skip_mismatch:
        raise FileContentError(
            f"{message} Nothing was changed. Build the model as the one that was saved, with the same attributes, or"
            " pass `skip_mismatch=True` to load the rest."
        )
    warn_user(f"{message} They keep their values, as `skip_mismatch=True` says.")
    return {id(variable) for variable, _ in faults}


def _is_beside_weights(key: str) -> bool:
    return not _BESIDE_WEIGHTS.isdisjoint(_short(key).split("/"))


def _short(key: str) -> str:
    return key.removesuffix("/.ATTRIBUTES/VARIABLE_VALUE")


def _warn_of_unused(bundle: Bundle, used: set[str], has_optimizer: bool) -> None:
    unused = [
        _short(key)
        for key, entry in bundle.entries.items()
        if key not in used and key != KEY and entry.dtype != STRING and not _is_beside_weights(key)
    ]
    named = {_short(other) for other in used}
    lengths = {len(name) for name in named}
    # Slots of TensorFlow 1 lie below their variables.
    owners = {key for key in unused if any(key[n : n + 1] == "/" and key[:n] in named for n in lengths)}
    unused = [key for key in unused if key not in owners]
    if unused:
        warn_user(
            f"The checkpoint {bundle.prefix!r} holds {len(unused)} arrays that the model has no variables for, which"
            f" are left out: {[key[:200] for key in unused[:5]]}."
        )
    if owners and has_optimizer:
        warn_user(
            f"The state of the optimizer in {bundle.prefix!r}, of TensorFlow 1, is left out: training goes on with a"
            " new state."
        )


def prefix_of(path: str) -> str:
    """Return what the names of the files of a checkpoint begin with.

    Args:
        path: As for :func:`load_tensorflow_weights`.

    Raises:
        FileContentError: a folder says that its checkpoint lies elsewhere, or does not say which is the last.
    """
    if not os.path.isdir(path):
        prefix = checkpoint_prefix(path)
        is_note = os.path.basename(path) == "checkpoint" and not os.path.isfile(f"{prefix}.index")
        return _latest(os.path.dirname(path) or ".") if is_note and os.path.isfile(path) else prefix
    if os.path.isfile(os.path.join(path, "variables", "variables.index")):
        return os.path.join(path, "variables", "variables")
    if os.path.isfile(os.path.join(path, "checkpoint")):
        return _latest(path)
    return path


def _latest(folder: str) -> str:
    """The last checkpoint of a folder, which lies in it."""
    with Path(folder, "checkpoint").open("rb") as file:
        text = file.read(_LARGEST_STATE).decode(errors="replace")
    found = re.search(r'^model_checkpoint_path: "((?:[^"\\]|\\.)*)"', text, re.MULTILINE)
    name = re.sub(r"\\(.)", r"\1", found[1]) if found else ""
    name = re.split(r"[/\\]", name)[-1]  # absolute where it was written, and the folder may have moved
    if not name or not os.path.isfile(os.path.join(folder, f"{name}.index")):
        raise FileContentError(
            f"The file `checkpoint` in {folder!r} names {name!r}, which is not there. Give the prefix of a checkpoint,"
            " such as 'folder/cp.ckpt'."
        )
    return os.path.join(folder, name)
