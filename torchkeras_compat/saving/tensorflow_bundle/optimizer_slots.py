"""The state of an optimizer in a checkpoint of TensorFlow, where it is of the class that the model is compiled with.

Optimizers of Keras 2.11 and later keep lists (`_momentums`, ...) with an array for each variable; older ones, and those
of ``keras.optimizers.legacy``, slots that are tied to the variables (``m``, ``v``).

Source: tf.keras 2.15, optimizers and optimizers/legacy.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch

from torchkeras_compat.errors import FileContentError
from torchkeras_compat.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras_compat.optimizers.state import OptimizerState
from torchkeras_compat.saving.tensorflow_bundle.bundle import Bundle
from torchkeras_compat.saving.tensorflow_bundle.matching import Match
from torchkeras_compat.saving.tensorflow_bundle.object_graph import Node
from torchkeras_compat.user_warnings import warn_user

# By class: the name of a slot here, of its list, and of the older slot.
_MOMENTS = {
    "momentum": ("_momentums", "m"),
    "velocity": ("_velocities", "v"),
    "velocity_hat": ("_velocity_hats", "vhat"),
}
_SLOTS: dict[str, dict[str, tuple[str, str]]] = {
    "Adam": _MOMENTS,
    "AdamW": _MOMENTS,
    "Nadam": {name: _MOMENTS[name] for name in ("momentum", "velocity")},
    "Adamax": {"momentum": ("_m", "m"), "norm": ("_u", "v")},
    "SGD": {"momentum": ("momentums", "momentum")},
    "Lion": {"momentum": ("momentums", "m")},
    "RMSprop": {
        "velocity": ("_velocities", "rms"),
        "momentum": ("_momentums", "momentum"),
        "average_gradient": ("_average_gradients", "mg"),
    },
    "Adagrad": {"accumulator": ("_accumulators", "accumulator")},
    "Adadelta": {
        "accumulated_grad": ("_accumulated_grads", "accum_grad"),
        "accumulated_delta_var": ("_accumulated_delta_vars", "accum_var"),
    },
    "Ftrl": {"accumulator": ("_accumulators", "accumulator"), "linear": ("_linears", "linear")},
}
_LISTS = frozenset(name for slots in _SLOTS.values() for name, _ in slots.values())
_SCALARS = {
    "iteration": ("_iterations", "iter"),
    "learning_rate": ("_learning_rate", "learning_rate"),
    "u_product": ("_u_product", "momentum_cache"),
}
_OF_SCALE = {"dynamic_scale": "current_loss_scale", "step_counter": "good_steps"}


@dataclass
class OptimizerPlan:
    """What a checkpoint gives to an optimizer, checked: carried out when the weights are set.

    Args:
        optimizer: The optimizer.
        scalars: Keys of the number of updates and the learning rate, by the name of the variable.
        slots: Keys of the arrays by the name of the slot and the variable that they belong to.
    """

    optimizer: Any
    scalars: dict[str, str]
    slots: list[tuple[str, Any, str]]


def plan_for(model: Any, nodes: list[Node], root: Node, match: Match, bundle: Bundle) -> OptimizerPlan | None:
    """Return what the checkpoint gives to the optimizer of a model; None, with a warning where it has another's state.

    Args:
        model: Model.
        nodes: The graph of objects.
        root: The node of the model.
        match: What belongs to which variable.
        bundle: The checkpoint.
    """
    optimizer = getattr(model, "optimizer", None)
    number = root.children.get("optimizer", nodes[0].children.get("optimizer"))
    if not isinstance(optimizer, OptimizerState) or number is None:
        return None
    node = nodes[number]
    fault, slots = _slots(optimizer, model, nodes, node, match)
    if fault is None and not slots and not _are_zeros(bundle, _arrays(nodes, node), model.trainable_variables):
        fault = f"the {type(optimizer).__name__} of the model keeps none"  # SGD without momentum has zeros there
    for _, variable, key in slots:
        entry = bundle.entries.get(key)
        if fault is None and (entry is None or entry.shape != tuple(variable.shape)):
            fault = f"its {key!r} does not have the shape {tuple(variable.shape)} of '{variable.path}'"
    if fault is not None:
        warn_user(
            f"The state of the optimizer in {bundle.prefix!r} is left out, since {fault}: training goes on with a new"
            f" state of '{optimizer.name}'. Compile the model with the optimizer that it was trained with to keep it."
        )
        return None
    scalars = {}
    for name, (new, old) in _SCALARS.items():
        stored = next((nodes[node.children[n]].key for n in (new, old) if n in node.children), None)
        if stored is not None and stored in bundle.entries and bundle.entries[stored].shape == ():
            scalars[name] = stored
    if isinstance(optimizer, LossScaleOptimizer) and "loss_scale" in node.children:
        scale = nodes[node.children["loss_scale"]].children
        for name, old in _OF_SCALE.items():
            stored = nodes[scale[old]].key if old in scale else None
            if slots and stored in bundle.entries and bundle.entries[stored].shape == ():
                scalars[name] = stored
    return OptimizerPlan(optimizer, scalars, slots)


def _slots(
    optimizer: Any, model: Any, nodes: list[Node], node: Node, match: Match
) -> tuple[str | None, list[tuple[str, Any, str]]]:
    """Why the state does not fit, or None; and name, variable and key of each slot."""
    inner = optimizer.inner_optimizer if isinstance(optimizer, LossScaleOptimizer) else optimizer
    kind = next((c.__name__ for c in type(inner).__mro__ if c.__name__ in _SLOTS), type(inner).__name__)
    variables = model.trainable_variables
    if any(id(v) not in match.numbers for v in variables):
        return "not all variables are in the checkpoint", []
    lists = {name for name in _LISTS if name in node.children and nodes[node.children[name]].children}
    old = {name for (_, name) in node.slots}
    if not old and not _arrays(nodes, node):
        return None, []  # it has not trained
    wanted = {slot for group in inner._slots for slot in group}
    known = _SLOTS.get(kind)
    if not wanted and kind == "SGD" and not old and lists <= {"momentums"}:
        return None, []
    if known is None or not wanted <= known.keys():
        return f"that of {kind} is not read", []
    is_new = bool(lists)
    expected = {known[slot][0 if is_new else 1] for slot in wanted}
    owner = _owner(nodes, node)
    if owner in _SLOTS and owner != kind:
        return f"it is of {owner}, and the model has {kind}", []
    has_product = "_u_product" in node.children or "momentum_cache" in node.children
    if expected != (lists if is_new else old) or (is_new and (kind == "Nadam") != has_product):
        return f"it has {sorted(lists or old)}, as of another optimizer than {kind}", []
    found: list[tuple[str, Any, str]] = []
    for slot in sorted(wanted):
        listed = _places(nodes, nodes[node.children[known[slot][0]]]) if is_new else {}
        for i, variable in enumerate(variables):
            at = match.numbers[id(variable)]
            if is_new:
                number = listed.get(nodes[at].name, listed.get(i))
            else:
                number = node.slots.get((at, known[slot][1]))
            key = None if number is None else nodes[number].key
            if key is None:
                return f"it has no {slot} for '{variable.path}'", []
            found.append((slot, variable, key))
    return None, found


def _owner(nodes: list[Node], node: Node) -> str:
    """The name of an older optimizer, which is that of its class by default."""
    return nodes[node.children["iter"]].name.partition("/")[0] if "iter" in node.children else ""


def _arrays(nodes: list[Node], node: Node) -> list[str]:
    """The keys of what an optimizer of Keras 2.11 or later keeps, but for the number of updates."""
    listed = nodes[node.children["_variables"]].children if "_variables" in node.children else {}
    keys = [nodes[number].key for place, number in listed.items() if place != "0"]
    return [key for key in keys if key is not None]


def _are_zeros(bundle: Bundle, keys: list[str], variables: list[Any]) -> bool:
    """Whether arrays, one for each variable, hold zeros."""
    shapes = [bundle.entries[key].shape if key in bundle.entries else None for key in keys]
    return not keys or (
        sorted(map(str, shapes)) == sorted(str(tuple(v.shape)) for v in variables)
        and not any(bundle.read(key).any() for key in keys)
    )


def _places(nodes: list[Node], listed: Node) -> dict[str | int, int]:
    """The nodes of a list by their place, and by the name of the variable that they belong to (``Adam/m/NAME``)."""
    found: dict[str | int, int] = {}
    names = [nodes[number].name.partition("/")[2].partition("/")[2] for number in listed.children.values()]
    counts = Counter(names)
    for (place, number), name in zip(listed.children.items(), names, strict=True):
        if place.isdecimal() and len(place) < 9:
            found[int(place)] = number
        if name and counts[name] == 1:
            found[name] = number
    return found


def resolve(plan: OptimizerPlan, values: dict[str, torch.Tensor], model: Any) -> list[tuple[Any, torch.Tensor]]:
    """Return the variables of an optimizer, which is built for it, and what they get.

    Args:
        plan: What goes where.
        values: Tensors by key.
        model: Model.

    Raises:
        FileContentError: the number of updates or the learning rate is not one.
    """
    optimizer = plan.optimizer
    scalars = [(name, values[key]) for name, key in plan.scalars.items()]
    for name, value in scalars:
        if not (torch.isfinite(value) and value >= 0):
            raise FileContentError(f"The checkpoint has {value.item()!r} for the {name} of the optimizer.")
    if plan.slots and not optimizer.built:
        optimizer.build(model.trainable_variables)
    own = {variable.name: variable for variable in optimizer.variables}
    found = [(own.get(name), value) for name, value in scalars]
    found += [(own.get(f"{v.path.replace('/', '_')}_{slot}"), values[key]) for slot, v, key in plan.slots]
    return [(variable, value) for variable, value in found if variable is not None]
