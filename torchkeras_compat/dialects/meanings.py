"""What objects of a dialect do in place of the core's methods, and the attributes that they have besides.

The core asks here, through `overrides`, when it meets an object that code of a dialect made.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from torchkeras_compat.dialects import old_attributes
from torchkeras_compat.dialects.dialect import dialect_named
from torchkeras_compat.dialects.methods import (
    adapting,
    compiling,
    files,
    listed_weights,
    optimizers,
    states,
    symbolic_calls,
    terms,
    training,
)
from torchkeras_compat.dialects.methods.phase import in_set_phase
from torchkeras_compat.dialects.mixed import translator_of
from torchkeras_compat.overrides import OVERRIDES, Overridable, making
from torchkeras_compat.public_names import named

# Public path of a method -> the class of the core that has it, and what stands around the core's method.
METHODS: dict[str, tuple[str, Callable[..., Any] | None]] = {
    "models.Model.compile": ("training.compiling.CompiledModel", compiling.compile_model),
    "models.Model.fit": ("training.trainer.Trainer", training.fit),
    "models.Model.evaluate": ("training.trainer.Trainer", training.evaluate),
    "models.Model.predict": ("training.trainer.Trainer", training.predict),
    "models.Model.train_on_batch": ("training.trainer.Trainer", training.train_on_batch),
    "models.Model.test_on_batch": ("training.trainer.Trainer", training.test_on_batch),
    "models.Model.predict_on_batch": ("training.trainer.Trainer", None),
    "models.Model._names_of_metrics": ("training.own_steps.ModelWithSteps", training.names_of_metrics),
    "models.Model._callback_list": ("training.own_steps.ModelWithSteps", training.callback_list),
    "models.Model.to_json": ("models.model.Model", files.to_json),
    "models.Model.save": ("models.model_files.ModelFiles", files.save),
    "models.Model.save_weights": ("models.model_files.ModelFiles", files.save_weights),
    "models.Model.load_weights": ("models.model_files.ModelFiles", files.load_weights),
    "layers.Discretization.adapt": ("layers.preprocessing.discretization.Discretization", adapting.adapt),
    "layers.IntegerLookup.adapt": ("layers.preprocessing.index_lookup.IndexLookup", adapting.adapt),
    "layers.Normalization.adapt": ("layers.preprocessing.normalization.Normalization", adapting.adapt),
    "layers.TextVectorization.adapt": ("layers.preprocessing.text_vectorization.TextVectorization", adapting.adapt),
    "layers.RNN.get_initial_state": ("layers.rnn.rnn.RNN", states.get_initial_state),
    "layers.LSTMCell.get_initial_state": ("layers.rnn.cell.RecurrentCell", states.get_initial_state),
    "layers.StackedRNNCells.get_initial_state": (
        "layers.rnn.stacked_rnn_cells.StackedRNNCells",
        states.get_initial_state,
    ),
    "optimizers.Optimizer.apply_gradients": ("optimizers.base.Optimizer", optimizers.apply_gradients),
    "layers.Layer.add_loss": ("layers.layer.layer.Layer", terms.add_loss),
    "layers.Layer.add_metric": ("layers.layer.layer.Layer", terms.add_metric),
    "layers.Layer._record_call": ("layers.layer.layer.Layer", symbolic_calls.record_call),
    "layers.Layer._list_weights": ("layers.layer.weight_lists.WeightLists", listed_weights.list_weights),
    "layers.Layer.add_weight": ("layers.layer.weights.Weights", None),
    "metrics.Metric.add_weight": ("metrics.base.Metric", None),
}


# Methods that run a model.
_RUNNING = frozenset(
    f"models.Model.{name}"
    for name in ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")
)


@functools.cache
def methods(dialect: str) -> Mapping[Callable[..., Any], Callable[..., Any]]:
    """Return what objects of a dialect do in place of functions of the core."""
    if dialect_named(dialect).has_core_meanings:
        return {}
    found = {}
    for path, (owner, around) in METHODS.items():
        method = vars(named(owner))[path.rpartition(".")[2]]
        assert isinstance(method, Overridable), path
        found[method.function] = _method(dialect, path, method.function, around)
    return found


def _method(dialect: str, path: str, core: Callable[..., Any], around: Callable[..., Any] | None) -> Callable[..., Any]:
    translating = translator_of(dialect_named(dialect), path, core, is_method=True)

    @functools.wraps(core)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if OVERRIDES.tensors is not None and path.startswith("models."):
            args, kwargs = OVERRIDES.tensors.plain(args), OVERRIDES.tensors.plain(kwargs)
        found = translating.translate(args, kwargs)
        with making(dialect), in_set_phase(self) if path in _RUNNING else nullcontext():
            if around is None:
                return core(self, *found.args, **found.kwargs)
            return around(core, self, *found.args, **found.kwargs)

    return method


def attributes(dialect: str) -> Mapping[str, Callable[[Any], Any]]:
    """Return what finds the attributes that objects of a dialect have besides the core's."""
    if dialect_named(dialect).has_core_meanings:
        return {}
    steps = named("dialects.tensorflow.training")
    return {**old_attributes.ATTRIBUTES, **steps.OF_MODELS, **steps.OF_OPTIMIZERS}
