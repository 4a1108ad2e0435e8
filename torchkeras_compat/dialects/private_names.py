"""Where the names that Keras keeps below ``keras.src`` are found here: a table, and one rule for all others.

The rule: ``keras.src.<a>.<b>.Name`` is ``Name`` of the public namespaces ``<a>.<b>``, ``<a>``, of those that
:data:`FURTHER` names for ``<a>``, or of the top level. The table holds what has another name here, or no public one.
Names only: nothing of Keras's inner workings is rebuilt for them.
"""

from __future__ import annotations

import types
from typing import Any

from torchkeras_compat.errors import nearest
from torchkeras_compat.public_names import named, names_in

_FUNCTIONS = "dialects.private_functions"

#: Path below ``keras.src``, of the package or module with the name, and where that is below ``torchkeras_compat``.
NAMES = {
    "api_export.keras_export": f"{_FUNCTIONS}.keras_export",
    "backend.any_symbolic_tensors": f"{_FUNCTIONS}.any_symbolic_tensors",
    "backend.common.global_state.clear_session": "backend.clear_session",
    "backend.common.global_state.get_global_attribute": f"{_FUNCTIONS}.get_global_attribute",
    "backend.common.global_state.set_global_attribute": f"{_FUNCTIONS}.set_global_attribute",
    "backend.common.name_scope.current_path": "naming.current_path",
    "backend.get_keras_mask": "layers.layer.masks.get_mask",
    "backend.random.draw_seed": "random.seed_generator.draw_seed",
    "backend.set_keras_mask": "layers.layer.masks.set_mask",
    "backend.standardize_data_format": "config.standardize_data_format",
    "backend.standardize_shape": f"{_FUNCTIONS}.standardize_shape",
    "backend.torch.random.torch_seed_generator": "random.seed_generator.torch_generator",
    "callbacks.callback_list.CallbackList": "callbacks.CallbackList",
    "losses.LossFunctionWrapper": "losses.base.LossFunctionWrapper",
    "losses.loss.reduce_values": "losses.reduction.reduce_values",
    "losses.loss.reduce_weighted_values": "losses.reduction.reduce_weighted_values",
    "losses.loss.squeeze_or_expand_to_same_rank": "losses.alignment.squeeze_or_expand_to_same_rank",
    "losses.loss.standardize_reduction": "losses.reduction.standardize_reduction",
    "models.functional.Functional": "models.functional.Functional",
    "ops.operation_utils.get_source_inputs": "utils.get_source_inputs",
    "random.seed_generator.draw_seed": "random.seed_generator.draw_seed",
    "random.seed_generator.make_default_seed": "random.seed_generator.make_default_seed",
    "saving.saving_lib.H5IOStore": "dialects.private_store.H5IOStore",
    "saving.saving_lib.load_weights_only": "saving.load_weights",
    "saving.saving_lib.save_weights_only": "saving.save_weights",
    "saving.serialization_lib.enable_unsafe_deserialization": "config.enable_unsafe_deserialization",
    "saving.serialization_lib.in_safe_mode": f"{_FUNCTIONS}.in_safe_mode",
    "trainers.data_adapters.data_adapter_utils.class_weight_to_sample_weights": (
        f"{_FUNCTIONS}.class_weight_to_sample_weights"
    ),
    "trainers.trainer.Trainer": "models.Model",
    "utils.argument_validation.standardize_tuple": f"{_FUNCTIONS}.standardize_tuple",
    "utils.backend_utils.in_grain_data_pipeline": f"{_FUNCTIONS}.in_grain_data_pipeline",
    "utils.backend_utils.in_tf_graph": f"{_FUNCTIONS}.in_tf_graph",
    "utils.io_utils.print_msg": "callbacks.console.write_message",
    "utils.module_utils.LazyModule": f"{_FUNCTIONS}.LazyModule",
    "utils.naming.auto_name": "naming.auto_name",
    "utils.naming.get_uid": "naming.get_uid",
    "utils.naming.reset_uids": "naming.reset_names",
    "utils.naming.to_snake_case": "naming.to_snake_case",
    "utils.python_utils.default": f"{_FUNCTIONS}.default",
    "utils.python_utils.is_default": f"{_FUNCTIONS}.is_default",
    "utils.python_utils.pythonify_logs": f"{_FUNCTIONS}.pythonify_logs",
    "utils.python_utils.to_list": f"{_FUNCTIONS}.to_list",
    "utils.summary_utils.count_params": f"{_FUNCTIONS}.count_params",
    "utils.traceback_utils.disable_traceback_filtering": "config.disable_traceback_filtering",
    "utils.traceback_utils.enable_traceback_filtering": "config.enable_traceback_filtering",
    "utils.traceback_utils.is_traceback_filtering_enabled": "config.is_traceback_filtering_enabled",
    "utils.tracking.no_automatic_dependency_tracking": f"{_FUNCTIONS}.no_automatic_dependency_tracking",
}

#: Public namespaces, beside its own, that hold what Keras keeps below a package.
FURTHER = {
    "backend": ("config", "ops", "random"),
    "engine": ("layers", "models"),
    "legacy": ("legacy.saving", "preprocessing.image", "preprocessing.sequence"),
    "models": ("utils",),
    "ops": ("random",),
    "optimizers": ("optimizers.schedules",),
    "saving": ("legacy.saving",),
    "trainers": ("models", "utils"),
    "utils": ("config", "saving", "preprocessing.image", "preprocessing.sequence"),
}


def find_private(path: str, name: str) -> Any:
    """Return what ``keras.src.<path>.<name>`` is here.

    Args:
        path: Module below ``keras.src``; empty for itself.
        name: Name in it.

    Raises:
        AttributeError: it is private to Keras, and has no public counterpart.

    Example:
        >>> find_private("layers.core.dense", "Dense").__name__
        'Dense'
    """
    parts = path.split(".") if path else []
    for depth in range(len(parts), -1, -1):
        target = NAMES.get(".".join([*parts[:depth], name]))
        if target is not None:
            return named(target)
    for space in _spaces(parts):
        found = getattr(named(space), name) if name in names_in(space) else None
        if found is not None and not (isinstance(found, types.ModuleType) and parts):
            return found
    raise AttributeError(absence(path, name))


def names_below(path: str) -> list[str]:
    """Return the names that a module below ``keras.src`` has here, but for those of the top level."""
    parts = path.split(".") if path else []
    own = {target.rpartition(".")[2] for target in NAMES if target.rpartition(".")[0] == path}
    return sorted(own.union(*(names_in(space) for space in _spaces(parts) if space or not parts)))


def absence(path: str, name: str) -> str:
    """Return the sentence that says of a private name that it is not here, and what to import."""
    parts = path.split(".") if path else []
    public = next((space for space in _spaces(parts) if space), "layers")
    return (
        f"`{'.'.join(['keras.src', *parts, name])}` is private to Keras and not in torchkeras_compat: import a name"
        f" that Keras documents, such as those of `keras.{public}`.{nearest(name, names_in(public))}"
    )


def _spaces(parts: list[str]) -> list[str]:
    """The public namespaces that a module of Keras takes its names from, the closest first."""
    nested = [".".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
    nested += FURTHER.get(parts[0], ()) if parts else ()
    return [space for space in dict.fromkeys(nested) if _is_public(space)] + [""]


def _is_public(space: str) -> bool:
    """Whether a namespace is one that its parent lists."""
    parent, _, name = space.rpartition(".")
    return (
        (not parent or _is_public(parent)) and name in names_in(parent) and isinstance(named(space), types.ModuleType)
    )
