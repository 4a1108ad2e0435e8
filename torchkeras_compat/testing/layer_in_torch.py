"""Checks of a layer as the torch module that it is."""

from __future__ import annotations

import copy
import pickle
import sys
import warnings
from typing import Any

import torch

from torchkeras_compat.testing.check import NotApplicable, check, fail
from torchkeras_compat.testing.comparing import check_equal, check_finite, floats, tensors
from torchkeras_compat.testing.devices import accelerators, stand_in_device
from torchkeras_compat.testing.inputs import map_leaves
from torchkeras_compat.testing.layer_subject import (
    LayerSubject,
    global_policy,
    trained_tensors,
    training_call,
    with_gradients,
)


@check("layer", "Compute with `weight.value` and functions of torch; `detach`, `item` and NumPy cut gradients off.")
def gradients(subject: LayerSubject) -> None:
    """Finite gradients reach every trainable weight."""
    layer, x = subject.built()
    outputs = [y for y in floats(training_call(subject, layer, with_gradients(x))) if y.requires_grad]
    trained = trained_tensors(layer)
    if not outputs:
        if trained:
            fail("no output depends on the trainable weights", [name for name, _ in trained])
        raise NotApplicable("no output has a gradient")
    sum((y * torch.rand_like(y)).sum() for y in outputs).backward()  # type: ignore[union-attr]
    missing = [name for name, tensor in trained if tensor.grad is None]
    if missing:
        fail("no gradient reaches these trainable weights", missing)
    for name, tensor in trained:
        check_finite(f"the gradient of {name!r}", tensor.grad)


@check("layer", "The backward pass is another function than the derivative: look at `detach` and at own `backward`s.")
def gradcheck(subject: LayerSubject) -> None:
    """In float64, gradients are the derivatives that finite differences give."""
    with global_policy("float64"):
        layer = subject.make().double()
        x = map_leaves(
            lambda leaf: leaf.double() if leaf.is_floating_point() else leaf, subject.inputs(batch=2, free=4)
        )
        outputs = subject.call(layer, with_gradients(x))
        reached = [y for y in floats(outputs) if y.requires_grad]
        if not reached:
            raise NotApplicable("no output has a gradient")
        leaves = [*(leaf for leaf in tensors(x) if leaf.requires_grad), *(t for _, t in trained_tensors(layer))]
        found = torch.autograd.grad(sum(y.sum() for y in reached), leaves, allow_unused=True)  # type: ignore[arg-type]
        leaves = [leaf for leaf, gradient in zip(leaves, found) if gradient is not None]

        def function(*_: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return tuple(y for y in floats(subject.call(layer, x)) if y.requires_grad)

        torch.autograd.gradcheck(function, leaves, fast_mode=True, nondet_tol=1e-9)


@check("layer", "Keep state in weights, layers and plain values; a `__deepcopy__` of your own has to copy all of it.")
def deepcopy(subject: LayerSubject) -> None:
    """A deep copy computes the same, and shares no weight with the original."""
    layer, x = subject.built()
    expected = subject.call(layer, x)
    again = copy.deepcopy(layer)
    check_equal("the copy computes something else", subject.call(again, x), expected)
    shared = {id(p) for p in layer.parameters()} & {id(p) for p in again.parameters()}
    if again is layer or shared:
        fail("the copy shares weights with the original", "the same object" if again is layer else f"{len(shared)}")


@check(
    "layer", "Keep no lambda, open file or local function as attribute: name it in the module, or make it when used."
)
def pickles(subject: LayerSubject) -> None:
    """The layer comes back from `pickle`."""
    layer, x = subject.built()
    cls = type(layer)
    if getattr(sys.modules.get(cls.__module__), cls.__qualname__, None) is not cls:
        raise NotApplicable(f"pickle does not find the class as {cls.__module__}.{cls.__qualname__}")
    again = pickle.loads(pickle.dumps(layer))
    check_equal("the copy computes something else", subject.call(again, x), subject.call(layer, x))


@check("layer", "Every tensor that the output depends on is a weight or a buffer, under the same key in every layer.")
def state_dict(subject: LayerSubject) -> None:
    """`load_state_dict` makes an equal layer from `state_dict`."""
    layer, x = subject.built()
    for _, tensor in trained_tensors(layer):
        tensor.data += 0.1
    again, _ = subject.built()
    again.load_state_dict(layer.state_dict())
    check_equal(
        "the layer with the loaded state computes something else", subject.call(again, x), subject.call(layer, x)
    )


@check("layer", "Take out of `call` what is not tensor code: printing, NumPy, `item()`, branches on values.")
def compiles(subject: LayerSubject) -> None:
    """`torch.compile` takes the layer without a graph break, in inference and in training mode."""
    layer, x = subject.built()
    with torch._dynamo.config.patch(allow_rnn=True):
        for training in (False, True):
            torch._dynamo.reset()
            layer.train(training)
            compiled = torch.compile(layer, backend="eager", fullgraph=True)
            torch.manual_seed(0)
            found = compiled(**x) if subject.by_keyword(layer) else compiled(x)
            if not training:
                check_equal("the compiled layer computes something else", found, subject.call(layer, x))
    torch._dynamo.reset()


@check("layer", "Do not set attributes in `call`, and keep what it computes independent of values.")
def exports(subject: LayerSubject) -> None:
    """`torch.export` takes the layer."""
    layer, x = subject.built()
    layer.train(False)
    by_keyword = subject.by_keyword(layer)
    with torch.no_grad():
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            exported = torch.export.export(layer, () if by_keyword else (x,), x if by_keyword else None)
        for text in (str(w.message) for w in said):
            # torch's own LSTM and GRU refresh their list of weights in each call.
            if "assigned during export" in text and "_flat_weights" not in text:
                fail("`call` sets attributes", text[:200])
        module = exported.module()
        torch.manual_seed(0)
        found = module(**x) if by_keyword else module(x)
        check_equal("the exported program computes something else", found, subject.call(layer, x))


@check("layer", "Make tensors on the device of the inputs (`device=inputs.device`), or register them as buffers.")
def devices(subject: LayerSubject) -> None:
    """The layer computes on every device that there is, and mixes none of them."""
    layer, x = subject.built()
    expected = subject.call(layer, x)
    for kind in accelerators():
        moved = copy.deepcopy(layer).to(kind)
        found = subject.call(moved, map_leaves(lambda leaf: leaf.to(kind), x))  # noqa: B023
        _on_device(found, kind)
        back = [y.cpu() for y in tensors(found)]
        check_equal(f"the layer computes something else on {kind}", back, tensors(expected), rtol=1e-2, atol=1e-3)
    with stand_in_device() as kind:
        # PyTorch refuses to move real weights into a fake device, so they are lent for this one call.
        state = {**dict(layer.named_parameters()), **dict(layer.named_buffers())}
        lent = {name: torch.empty_like(tensor, device=kind) for name, tensor in state.items()}
        x = map_leaves(lambda leaf: torch.empty_like(leaf, device=kind), x)
        given = ((), x) if subject.by_keyword(layer) else ((x,), {})
        _on_device(torch.func.functional_call(layer, lent, *given), kind)


def _on_device(outputs: Any, kind: str) -> None:
    for y in tensors(outputs):
        if y.device.type != kind:
            fail(f"inputs on another device ({kind}) gave an output that is not there", y.device)
