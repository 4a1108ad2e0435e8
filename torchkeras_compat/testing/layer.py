"""Checks of a layer as a layer of Keras, and the function that runs all of them."""

from __future__ import annotations

import inspect
import math
import tempfile
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch

from torchkeras_compat.dtypes.names import standardize_dtype
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.masks import get_mask, set_mask
from torchkeras_compat.models.model import Model
from torchkeras_compat.optimizers.sgd import SGD
from torchkeras_compat.saving.saving_and_loading import load_model
from torchkeras_compat.symbolic.keras_tensor import KerasTensor
from torchkeras_compat.testing import layer_in_torch as layer_in_torch  # its checks run, too
from torchkeras_compat.testing import strategies as drawing
from torchkeras_compat.testing.check import NotApplicable, Results, check, fail, run_checks
from torchkeras_compat.testing.comparing import check_equal, check_finite, floats, tensors
from torchkeras_compat.testing.configs import copied_by_config
from torchkeras_compat.testing.inputs import fits, make_symbols, map_leaves, shapes, with_open_batch
from torchkeras_compat.testing.layer_subject import (
    LayerSubject,
    global_policy,
    trained_tensors,
    training_call,
    with_gradients,
)


def check_layer(
    layer: Any,
    inputs: Any = (8,),
    *,
    arguments: Mapping[str, Any] | None = None,
    skip: Collection[str] | Mapping[str, str] = (),
    custom_objects: Mapping[str, Any] | None = None,
    hypothesis: bool | None = None,
) -> Results:
    """Run all checks of a layer.

    Args:
        layer: Subclass of ``Layer`` or of ``torch.nn.Module``, a function that makes a layer, or a layer not built yet.
        inputs: Shape of one sample, as ``Input`` takes it, None for an axis of any length; or a tensor or array with a
            batch of samples; or a list or dict of these. A dict whose keys are arguments of ``call`` gives
            each its own.
        arguments: Arguments of the class or function.
        skip: Names of checks to leave out, best a dict of names and reasons.
        custom_objects: Further classes and functions that the config of the layer names.
        hypothesis: Whether to try shapes and values that Hypothesis draws, too; None for what pytest received.

    Returns:
        What each check said.

    Raises:
        CheckFailure: a check failed; the message says what is wrong, what was received and what to do.
        TypeError: ``layer`` or ``inputs`` is of another type.
        ValueError: ``skip`` names no check.

    Example:
        >>> from torchkeras_compat.layers import Dense
        >>> len(check_layer(Dense, (4,), arguments={"units": 2}).failed)
        0
    """
    subject = LayerSubject(layer, inputs, arguments=arguments, custom_objects=custom_objects)
    return run_checks(subject, skip, hypothesis=hypothesis).raise_failures()


@check(
    "layer",
    "Make all weights in `build`, and let `compute_output_shape` say what `call` returns, or leave it to inference.",
)
def build(subject: LayerSubject) -> None:
    """The inferred shape is that of the output, and `build` makes the weights that a call makes."""
    subject.keras_layer()
    layer, x = subject.make(), subject.inputs()
    real = shapes(subject.call(layer, x))
    if not layer.built:
        fail("`built` is not True after a call", layer.built)
    batch_open = with_open_batch(shapes(x))
    for given in (shapes(x), batch_open):
        fresh = subject.make()
        keywords = {f"{name}_shape": shape for name, shape in given.items()} if subject.by_keyword(fresh) else None
        inferred = fresh.compute_output_shape(**keywords) if keywords else fresh.compute_output_shape(given)
        if not fits(inferred, real):
            fail(
                f"for inputs of shape {given} the output was said to have the shape {inferred}", f"an output of {real}"
            )
    fresh = subject.make()
    if subject.by_keyword(fresh):
        names = inspect.signature(fresh.build).parameters
        wanted = {f"{name}_shape": s for name, s in batch_open.items() if f"{name}_shape" in names}
        fresh.build(**wanted) if wanted else fresh.build(next(iter(batch_open.values())))
    else:
        fresh.build(batch_open)
    found, expected = ([(v.name, tuple(v.shape)) for v in one.weights] for one in (fresh, layer))
    if found != expected:
        fail(f"`build` makes the weights {found}", f"{expected} after a call")


@check("layer", "Use functions of `torch` or `ops` in `call`, and infer the dtype in `compute_output_spec` from it.")
def symbolic(subject: LayerSubject) -> None:
    """A functional model computes what the layer computes, in the dtype that it announces."""
    layer = subject.make()
    symbols = make_symbols(subject.spec)
    outputs = subject.call(layer, symbols)
    announced = [x.dtype for x in _leaves(outputs, KerasTensor)]
    model = Model(symbols, outputs)
    x = subject.inputs()
    torch.manual_seed(0)
    found, expected = model(x), subject.call(layer, x)
    dtypes = [standardize_dtype(x.dtype) for x in tensors(expected)]
    if announced != dtypes:
        fail(f"the symbolic output has the dtypes {announced}", f"{dtypes} from a call")
    check_equal("the functional model computes something else than the layer", found, expected)


@check("layer", "Return every argument of the constructor from `get_config`, as plain data.")
def config(subject: LayerSubject) -> None:
    """`from_config` makes an equal layer from what `get_config` returned, through JSON."""
    subject.keras_layer()
    layer, x = subject.built()
    again = copied_by_config(layer, subject.custom_objects)
    found = subject.call(subject.twin(layer, x, again), x)
    check_equal("the copy computes something else", found, subject.call(layer, x))


@check("layer", "Keep all state in weights, and override `save_own_variables` and `load_own_variables` only together.")
def file(subject: LayerSubject) -> None:
    """A model with the layer comes back from a `.keras` file, and its weights from a `.weights.h5` file."""
    subject.keras_layer()
    layer, x = subject.make(), subject.inputs()
    model = subject.model(layer)
    for v in layer.trainable_weights:
        v.assign(v.value + 0.1)  # no longer what a new layer starts with
    torch.manual_seed(0)
    expected = model(x)
    with tempfile.TemporaryDirectory() as folder, subject.scope(layer):
        model.save(Path(folder, "model.keras"))
        again = load_model(Path(folder, "model.keras"))
        torch.manual_seed(0)
        check_equal("the model from the file computes something else", again(x), expected)
        model.save_weights(Path(folder, "layer.weights.h5"))
        other = subject.model(subject.make())
        other.load_weights(Path(folder, "layer.weights.h5"))
        torch.manual_seed(0)
        check_equal("the model with weights from the file computes something else", other(x), expected)


@check(
    "layer",
    "Make weights with `add_weight`, each with a name of its own, or keep torch modules as attributes of `self`.",
)
def weights(subject: LayerSubject) -> None:
    """Weights have names of their own and one order, hold what is set, and are all that training changes."""
    subject.keras_layer()
    layer, _ = subject.built()
    listed = layer.weights
    paths = [v.path for v in listed]
    doubled = sorted({path for path in paths if paths.count(path) > 1})
    if doubled:
        fail("several weights have one path, which files cannot tell apart", doubled)
    split = {*map(id, layer.trainable_weights), *map(id, layer.non_trainable_weights)}
    if split != set(map(id, listed)):
        fail("`trainable_weights` and `non_trainable_weights` together are not `weights`", paths)
    shown = {id(tensor) for v in listed for tensor in v.parameters}
    hidden = [name for name, p in layer.named_parameters() if p.requires_grad and id(p) not in shown]
    if hidden:
        fail("parameters of torch are not among `weights`, so files do not hold them", hidden)
    other, _ = subject.built()
    found, expected = ([(v.name, tuple(v.shape), v.dtype) for v in one.weights] for one in (other, layer))
    if found != expected:
        fail("two layers made alike have other weights, or in another order", f"{found} and {expected}")
    values = [v + 1 for v in layer.get_weights()]
    other.set_weights(values)
    for v, value, read in zip(other.weights, values, other.get_weights()):
        if value.shape != read.shape or not (value == read).all():
            fail(f"`get_weights` does not return what `set_weights` set in {v.path!r}", f"shape {read.shape}")


@check("layer", "Do what belongs to training only where `training` is true; it is an argument that `call` may take.")
def modes(subject: LayerSubject) -> None:
    """Inference is repeatable and changes nothing, and a call in training mode leaves the layer in inference mode."""
    layer, x = subject.built()
    layer.train(False)
    state = {name: tensor.clone() for name, tensor in layer.state_dict().items()}
    torch.manual_seed(1)
    check_equal(
        "two calls in inference mode differ",
        layer(**x) if subject.by_keyword(layer) else layer(x),
        subject.call(layer, x),
    )
    for name, tensor in layer.state_dict().items():
        if not torch.equal(tensor, state[name]):
            fail("inference changes the state of the layer", name)
    found = shapes(training_call(subject, layer, x))
    expected = shapes(subject.call(layer, x))
    if found != expected:
        fail("the output of a call in training mode has another shape", f"{found} instead of {expected}")
    if not isinstance(layer, Layer):
        return
    check_equal(
        "`training=False` in a call differs from inference mode",
        subject.call(layer, x, training=False),
        subject.call(layer, x),
    )
    subject.call(layer, x, training=True)
    if layer.training:
        fail("a call with `training=True` leaves the layer in training mode", layer.training)
    layer.trainable = False
    if layer.trainable_weights:
        fail("`trainable = False` leaves trainable weights", [v.path for v in layer.trainable_weights])


@check(
    "layer",
    "Set `supports_masking = True` if steps stay steps, and let `compute_mask` return a mask that fits the output.",
)
def masks(subject: LayerSubject) -> None:
    """The mask of the output fits it, and a mask given as argument counts as one that is attached to the input."""
    subject.keras_layer()
    layer, x = subject.built()
    first = next((leaf for leaf in tensors(x) if leaf.is_floating_point() and leaf.ndim >= 3), None)
    if first is None:
        raise NotApplicable("no input has an axis of steps")
    mask = torch.ones(first.shape[:2], dtype=torch.bool)
    mask[:, -1] = False
    set_mask(first, mask)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The layer .* drops the mask")  # it may, and says so
        outputs = subject.call(layer, x)
    for y in tensors(outputs):
        found = get_mask(y)
        if found is None or y is first:
            continue
        if not layer.supports_masking:
            fail("the output carries a mask although `supports_masking` is False", tuple(found.shape))
        if found.dtype is not torch.bool or tuple(found.shape) != tuple(y.shape[: found.ndim]):
            fail(
                f"an output of shape {tuple(y.shape)} carries a mask that does not fit",
                f"a mask of shape {tuple(found.shape)} and dtype {found.dtype}",
            )
    if layer._call_spec.has_mask and isinstance(x, torch.Tensor):
        with torch.no_grad():
            check_equal(
                "`mask=` in a call gives another output than the same mask on the input",
                subject.call(layer, x.detach().clone(), mask=mask),
                outputs,
            )


@check("layer", "Do not write dtypes into `call`: use that of the inputs, and cast constants to it.")
def mixed_precision(subject: LayerSubject) -> None:
    """With `mixed_bfloat16` weights stay float32, outputs are bfloat16 and near those of float32."""
    subject.keras_layer()
    plain, x = subject.built()
    with global_policy("mixed_bfloat16"):
        layer = subject.make()
        if layer.dtype_policy.name != "mixed_bfloat16":
            raise NotApplicable(f"the layer was given the dtype {layer.dtype_policy.name} when it was made")
        subject.twin(plain, x, layer)
        outputs = subject.call(layer, with_gradients(x))
    for v in layer.trainable_weights:
        if v.dtype != "float32":
            fail("a weight does not have the dtype of variables of the policy, float32", f"{v.path!r} in {v.dtype}")
    expected = subject.call(plain, x)
    # A layer inside that was made before, and with it the output, has a policy of its own.
    dtypes = {below._compute_torch_dtype for below in layer._flatten_layers()}
    for y, wanted in zip(floats(outputs), floats(expected)):
        if y.dtype not in dtypes:
            fail("the output does not have the compute dtype of the policy, bfloat16", y.dtype)
        # bfloat16 has 8 bits: sums of products are off by some percent of the largest value.
        near = 0.1 * max(1.0, wanted.detach().abs().max().item()) if wanted.numel() else 1.0
        check_equal("the output is far from that of float32", y.float().detach(), wanted.detach(), rtol=0, atol=near)
    reached = [y for y in floats(outputs) if y.requires_grad]
    if reached:
        sum(y.float().sum() for y in reached).backward()  # type: ignore[union-attr]
    for name, tensor in trained_tensors(layer):
        if tensor.grad is not None and tensor.grad.dtype is not torch.float32:
            fail(f"the gradient of {name!r} is not float32", tensor.grad.dtype)


@check("layer", "Do not squeeze axes without naming them, and do not divide by sizes that may be 0 or 1 less.")
def batch_sizes(subject: LayerSubject) -> None:
    """A batch of one sample and one of none keep their axes."""
    layer, x = subject.built()
    expected = shapes(subject.call(layer, x))
    for batch in (1, 0):
        outputs = subject.call(layer, subject.inputs(batch=batch))
        wanted = _with_batch(expected, len(tensors(x)[0]), batch)
        if shapes(outputs) != wanted:
            fail(f"a batch of {batch} gives an output of another shape", f"{shapes(outputs)} instead of {wanted}")
        check_finite(f"the output for a batch of {batch}", outputs)


def _with_batch(expected: Any, before: int, batch: int) -> Any:
    if isinstance(expected, dict):
        return {key: _with_batch(shape, before, batch) for key, shape in expected.items()}
    if isinstance(expected, list):
        return [_with_batch(shape, before, batch) for shape in expected]
    if not isinstance(expected, tuple) or not expected:
        return expected
    return (expected[0] * batch // before, *expected[1:])


@check("layer", "See that losses added with `add_loss` and outputs in training are finite, and do not stop gradients.")
def training_run(subject: LayerSubject) -> None:
    """A model with the layer trains for an epoch, with finite losses and weights."""
    layer = subject.make()
    symbols, x = make_symbols(subject.spec), subject.inputs(batch=8)
    outputs = subject.call(layer, symbols)
    model = Model(symbols, outputs)
    y = [torch.zeros_like(out) for out in floats(subject.call(layer, x))]
    if len(y) != len(_leaves(outputs, KerasTensor)):
        raise NotApplicable("an output is not floating point, so no loss compares it with a target")
    model.compile(SGD(1e-3), loss=["mse"] * len(y) if len(y) > 1 else "mse")
    targets = y if len(y) > 1 else y[0]
    if not trained_tensors(layer) and not model.trainable_variables:
        history = model.evaluate(x, targets, batch_size=4, verbose=0)
        losses = [history] if isinstance(history, float) else list(history)
    else:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Gradients do not exist")  # the check `gradients` reports it
            losses = model.fit(x, targets, batch_size=4, epochs=1, verbose=0).history["loss"]
    if not all(map(math.isfinite, losses)):
        fail("the loss is not finite", losses)
    for name, tensor in trained_tensors(layer):
        check_finite(f"after training, {name!r}", tensor)


@check("layer", "Look at the example that is shown: these inputs are what Hypothesis reduced it to.", draws=True)
def any_inputs(subject: LayerSubject) -> None:
    """For any batch size, free axis and value, outputs are finite and have the inferred shape."""

    def try_inputs(batch: int, free: int, fill: Any) -> None:
        layer = subject.make()
        x = map_leaves(fill, subject.inputs(batch=batch, free=free))
        with torch.no_grad():
            outputs = subject.call(layer, x)
        check_finite(f"with a batch of {batch} and free axes of length {free}, the output", outputs)
        if isinstance(layer, Layer) and not subject.by_keyword(layer):
            inferred = subject.make().compute_output_shape(shapes(x))
            if not fits(inferred, shapes(outputs)):
                fail(f"for inputs of {shapes(x)} the output was said to be {inferred}", shapes(outputs))

    drawing.for_any_inputs(try_inputs)


def _leaves(value: Any, kind: type) -> list[Any]:
    return [leaf for leaf in torch.utils._pytree.tree_leaves(value) if isinstance(leaf, kind)]
