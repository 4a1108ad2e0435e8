"""Slices of tensors in models of Keras 2, `SlicingOpLambda`: as `GetItem` of `ops` where no tensor says which part."""

from __future__ import annotations

from typing import Any

_Entry = dict[str, Any]
_ELLIPSIS = {"class_name": "__ellipsis__", "config": {}}


def as_get_item(name: str, calls: list[tuple[Any, dict[str, Any]]]) -> _Entry | None:
    """Return the entry of the operation ``x[slice_spec]``; None if tensors are among the indices.

    Args:
        name: Of the operation.
        calls: The tensor, and ``slice_spec`` among the other arguments, of each call.
    """
    specs = [kwargs["slice_spec"] for _, kwargs in calls]
    if any(_holds_tensors(spec) for spec in specs):
        return None
    axes = [_reversed_axes(spec) for spec in specs]
    if None not in axes and all(found == axes[0] for found in axes):
        return {
            "module": "keras.src.ops.numpy",
            "class_name": "Flip",
            "config": {"name": name, "axis": axes[0]},
            "name": name,
            "inbound_nodes": [{"args": [x], "kwargs": {}} for x, _ in calls],
        }
    return {
        "module": "keras.src.ops",
        "class_name": "GetItem",
        "config": {"name": name},
        "name": name,
        "inbound_nodes": [{"args": [x, _key(spec)], "kwargs": {}} for (x, _), spec in zip(calls, specs, strict=True)],
    }


def _reversed_axes(spec: Any) -> list[int] | None:
    """Return the axes of ``x[..., ::-1]``, which Keras 3 on torch can only reverse by `flip`; None of other slices."""
    keys = spec if isinstance(spec, list) else [spec]
    if not all(_is_ellipsis(key) or _steps(key) in (1, -1) for key in keys) or sum(map(_is_ellipsis, keys)) > 1:
        return None
    middle = next((i for i, key in enumerate(keys) if _is_ellipsis(key)), len(keys))
    axes = [i if i < middle else i - len(keys) for i, key in enumerate(keys) if _steps(key) == -1]
    return axes or None


def _steps(key: Any) -> int | None:
    is_whole = isinstance(key, dict) and key.keys() == {"start", "stop", "step"}
    if not is_whole or key["start"] is not None or key["stop"] is not None:
        return None
    return 1 if key["step"] is None else key["step"] if type(key["step"]) is int else None


def with_ellipses(spec: Any) -> Any:
    """Return indices among which are tensors, with an ellipsis in the form of today."""
    if isinstance(spec, list):
        return [with_ellipses(x) for x in spec]
    return _ELLIPSIS if _is_ellipsis(spec) else spec


def _holds_tensors(spec: Any) -> bool:
    if isinstance(spec, dict):
        return spec.get("class_name") == "__keras_tensor__" or any(_holds_tensors(x) for x in spec.values())
    return isinstance(spec, list) and any(_holds_tensors(x) for x in spec)


def _key(spec: Any) -> Any:
    if isinstance(spec, list):
        return [_index(x) for x in spec]
    return _index(spec) if isinstance(spec, int) else [_index(spec)]


def _index(x: Any) -> Any:
    if isinstance(x, dict) and x.keys() == {"start", "stop", "step"}:
        return {"class_name": "__slice__", "config": x}
    return _ELLIPSIS if _is_ellipsis(x) else x


def _is_ellipsis(x: Any) -> bool:
    return x == "..." or (isinstance(x, dict) and x.get("class_name") == "__ellipsis__")
