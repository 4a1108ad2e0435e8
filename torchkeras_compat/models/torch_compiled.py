"""What `torch.compile(model)` returns, as a Keras model: `compile` is Keras's, and its loops run what is compiled."""

from __future__ import annotations

import contextlib
import functools
import weakref
from collections.abc import Iterator
from typing import Any

from torch import nn
from torch.nn.modules.module import register_module_module_registration_hook

from torchkeras_compat.models.model import Model
from torchkeras_compat.training.jit import CompiledCall

# torch's wrapper hands on what it does not have itself: `compile` it has, and loops would run the eager model.
_LOOPS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")


def adopt(wrapper: nn.Module, name: str, model: nn.Module | None) -> None:
    """Give a wrapper of `torch.compile` the methods of Keras, where it is one around a model.

    Called by torch for each module that becomes the child of another one.
    """
    if name != "_orig_mod" or not isinstance(model, Model):
        return
    methods = wrapper.__dict__
    methods["compile"] = model.compile
    compiled = functools.cache(functools.partial(_compiled_call, weakref.ref(wrapper)))
    for loop in _LOOPS:
        methods[loop] = functools.partial(_run, compiled, model, loop)


def _compiled_call(wrapper: weakref.ref[Any]) -> CompiledCall:
    optimized: Any = wrapper()
    return CompiledCall(optimized._orig_mod, optimized.dynamo_ctx)


def _run(compiled: Any, model: Model, loop: str, *args: Any, **kwargs: Any) -> Any:
    with _running_through(compiled(), model):
        return getattr(model, loop)(*args, **kwargs)


@contextlib.contextmanager
def _running_through(compiled: CompiledCall, model: Model) -> Iterator[None]:
    """Let calls of the model go through its graph, unless it is to run eagerly."""
    state = model.__dict__
    before = {name: state.get(name) for name in ("_compiled_call_impl", "jit_compile")}
    if not state.get("run_eagerly"):
        state.update(_compiled_call_impl=compiled, jit_compile=True)
    try:
        yield
    finally:
        state.update(before)


register_module_module_registration_hook(adopt)
