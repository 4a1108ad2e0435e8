"""The variables of a model, its optimizer and its metrics as one nested dict of values."""

from __future__ import annotations

from typing import Any

from torchkeras_compat.errors import nearest

PARTS = ("trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables")


def state_tree(model: Any, value_format: str) -> dict[str, Any]:
    """See `Model.get_state_tree`."""
    if value_format not in ("backend_tensor", "numpy_array"):
        raise ValueError(f"`value_format` is 'backend_tensor' or 'numpy_array'. Received: {value_format!r}")
    tree: dict[str, Any] = {}
    for part in PARTS:
        branch = tree.setdefault(part, {})
        for path, variable in _by_path(model, part).items():
            *parents, name = path.split("/")
            place = branch
            for parent in parents:
                place = place.setdefault(parent, {})
            place[name] = variable.numpy() if value_format == "numpy_array" else variable.value
    return tree


def assign_state_tree(model: Any, tree: dict[str, Any]) -> None:
    """See `Model.set_state_tree`."""
    updates = []
    for part, branch in tree.items():
        if part not in PARTS:
            raise ValueError(f"Unknown part of a state tree: {part!r}. The parts are {list(PARTS)}.")
        known = _by_path(model, part)
        for path, value in _leaves(branch, ""):
            if path not in known:
                raise ValueError(
                    f"The state tree has the path {path!r} in {part!r}, which model '{model.name}' does not"
                    f" have.{nearest(path, known)}"
                )
            updates.append((known[path], value))
    for variable, value in updates:
        variable.assign(value)


def _by_path(model: Any, part: str) -> dict[str, Any]:
    if part == "optimizer_variables":
        variables = list(getattr(getattr(model, "optimizer", None), "variables", ()))
    else:
        variables = list(getattr(model, part))
    found: dict[str, Any] = {}
    for variable in variables:
        if variable.path in found:
            raise ValueError(
                f"The following variable path is found twice in the model: '{variable.path}'. Name the layers, so that"
                " paths are unique."
            )
        found[variable.path] = variable
    return found


def _leaves(branch: Any, path: str) -> Any:
    if not isinstance(branch, dict):
        yield path, branch
        return
    for key, value in branch.items():
        yield from _leaves(value, f"{path}/{key}" if path else key)
