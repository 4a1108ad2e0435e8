"""`Merge` of Keras 1 and 2.0 to 2.2 in files: in a graph the layer that computes its mode today."""

from __future__ import annotations

from typing import Any

_Config = dict[str, Any]
_ELEMENTWISE = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum"}
# What was needed to read functions, and numbers of nodes that count the calls of branches, which are called once.
_OF_FILES = ("arguments", "mode_type", "node_indices", "output_mask", "output_mask_type", "output_shape_type")


def merge_of_today(settings: _Config, major: int = 1) -> tuple[str, _Config]:
    """Return the class and the settings that a `Merge` of a file is.

    Args:
        settings: Its settings in the file, its branches as of today.
        major: First number of the version: layers behind a cosine of Keras 2 did not see its new axis.

    Example:
        >>> merge_of_today({"name": "m", "mode": "sum", "mode_type": "raw", "concat_axis": -1})
        ('Add', {'name': 'm'})
    """
    mode, kind = settings.get("mode", "sum"), settings.get("mode_type", "raw")
    common: _Config = {key: settings[key] for key in ("name", "trainable") if key in settings}
    branches = settings.get("layers")
    if kind != "raw" or not isinstance(mode, str):
        function = {
            **common,
            "function": mode,
            "function_type": kind,
            "output_shape": settings.get("output_shape"),
            "output_shape_type": settings.get("output_shape_type", "raw"),
            "arguments": settings.get("arguments") or {},
        }
        if not branches:
            return "Lambda", function
        mode = {"module": "keras.layers", "class_name": "Lambda", "config": function, "registered_name": None}
    elif not branches and mode in _ELEMENTWISE:
        return _ELEMENTWISE[mode], common
    elif not branches and mode == "concat":
        return "Concatenate", {**common, "axis": settings.get("concat_axis", -1)}
    elif not branches and (mode == "dot" or (mode == "cos" and major > 1)):
        return "Dot", {**common, "axes": settings.get("dot_axes", -1), "normalize": mode == "cos"}
    elif mode == "cos" and major == 1:
        axes = {"axes": settings.get("dot_axes", -1)}
        if not branches:
            return "CosineMerge", {**common, **axes}
        mode = {"module": "keras.layers", "class_name": "CosineMerge", "config": axes, "registered_name": None}
    others = {k: v for k, v in settings.items() if k not in _OF_FILES and k != "output_shape"}
    return "Merge", {**others, "mode": mode}
