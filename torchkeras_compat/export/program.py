"""What a model or function computes, traced by `torch.export` for inputs of any size."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import nn
from torch.export import Dim, ExportedProgram
from torch.fx.experimental import _config as fx_config
from torch.utils import _pytree as pytree

from torchkeras_compat.export.signature import Spec, names_of, output_names
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import switched

# Sizes of axes that may have any: tried from small ones, for speed, to those that stacks of strided layers need.
_TRIALS = (11, 67, 259)
_BATCH = 3
_QUIET = (
    ".*were assigned during export",  # the flat weights of torch's recurrent modules, which `F.lstm` receives
    ".*treat it as a constant",
    ".*does not reference an nn.Module, nn.Parameter, or buffer",
)


class Endpoint(nn.Module):
    """A function of tensors with the modules whose weights it uses, for `torch.export` to find them.

    Args:
        function: What to compute.
        modules: Modules that it may use.
    """

    def __init__(self, function: Callable[..., Any], modules: Iterable[nn.Module] = ()) -> None:
        super().__init__()
        self.function = function
        self.modules_used = nn.ModuleList(module for module in modules if module is not function)

    def forward(self, *args: Any) -> Any:
        return self.function(*args)


def traced(
    module: nn.Module,
    arguments: tuple[Any, ...],
    *,
    device: torch.device | None = None,
    static: int | None = None,
    **options: Any,
) -> ExportedProgram:
    """Return the program of a module in inference.

    Args:
        module: What is called.
        arguments: `Spec`s of the positional arguments, in their nesting.
        device: Where to make the tensors that it is traced with; None for that of its weights.
        static: Size for axes of any size, which are fixed then; None leaves them open.
        options: Further arguments of `torch.export.export`.

    Raises:
        ValueError: an axis cannot have any size: the computation is written for one size.
        RuntimeError: `torch.export` cannot trace the computation.
    """
    if not isinstance(module, (Endpoint, Layer)):
        module = Endpoint(module)
    if device is None:
        device = next((t.device for t in (*module.parameters(), *module.buffers())), None)
    options = {"strict": False, **options}
    open_axes = static is None and "dynamic_shapes" not in options
    last: Exception | None = None
    has_open_sizes = any(None in spec.shape[1:] for spec in pytree.tree_leaves(arguments))
    for size in _TRIALS if static is None and has_open_sizes else _TRIALS[:1]:
        examples = pytree.tree_map(lambda spec, size=size: _example(spec, size, device, static), arguments)
        if open_axes:
            options["dynamic_shapes"] = shapes_of_call(module, pytree.tree_map(_open, arguments))
        try:
            with any_number_of_steps():
                return _export(module, examples, options)
        except Exception as error:
            last = error
            if open_axes and _is_about_sizes(error):
                break
    assert last is not None
    if open_axes and _is_about_sizes(last):
        fixed = _fixed_axes(module, arguments, examples, options)
        if fixed:
            raise ValueError(
                f"Cannot export for inputs of any size: the computation is written for one size of {fixed}. Pass"
                " `input_signature` with the size that is needed there, such as"
                f" {[_with_sizes(s) for s in pytree.tree_leaves(arguments)]}."
            ) from last
    raise RuntimeError(
        f"`torch.export` cannot trace {_described(module)}: {_first_lines(last)} Where the computation depends on the"
        " values of tensors, write it with `keras.ops.cond`, `ops.while_loop` or `ops.where`."
    ) from last


@contextlib.contextmanager
def any_number_of_steps() -> Iterator[None]:
    """Let torch's recurrent operations be traced for sequences of any length.

    The tracer keeps such an operation as it is, and computes only the shapes of its results. By default it does that by
    way of the steps, whose number is fixed by it.
    """
    from torch._decomp import decompositions, global_decomposition_table  # noqa: F401 - a second's work

    aten, key = torch.ops.aten, torch._C.DispatchKey.CompositeImplicitAutograd
    table = global_decomposition_table["post_autograd"]
    operations = [aten.lstm.input, aten.gru.input, aten.rnn_tanh.input, aten.rnn_relu.input]
    before = [(operation.py_kernels.get(key), table.get(operation)) for operation in operations]
    try:
        for operation in operations:
            _put(operation.py_kernels, key, _shapes_of_recurrence)
            _put(table, operation, _shapes_of_recurrence)
            operation._dispatch_cache.clear()
        yield
    finally:
        for operation, (kernel, decomposition) in zip(operations, before):
            _put(operation.py_kernels, key, kernel)
            _put(table, operation, decomposition)
            operation._dispatch_cache.clear()


def _put(table: dict[Any, Any], key: Any, value: Any) -> None:
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value


def _shapes_of_recurrence(
    sequences: torch.Tensor,
    states: Any,
    params: Any,
    has_biases: Any,
    layers: Any,
    dropout: Any,
    train: Any,
    *order: bool,
) -> tuple[torch.Tensor, ...]:
    is_bidirectional, _ = order
    several = list(states) if isinstance(states, (list, tuple)) else [states]
    width = several[0].shape[-1] * (2 if is_bidirectional else 1)
    return sequences.new_empty((*sequences.shape[:2], width)), *(torch.empty_like(state) for state in several)


def outputs_of(program: ExportedProgram) -> list[str]:
    """Return the name of each output of a program."""
    spec = program.call_spec.out_spec
    assert spec is not None
    return output_names(pytree.tree_unflatten(list(range(spec.num_leaves)), spec))


def _export(module: nn.Module, examples: tuple[Any, ...], options: dict[str, Any]) -> ExportedProgram:
    with switched(module, False), torch.no_grad(), warnings.catch_warnings(), contextlib.ExitStack() as stack:
        for message in _QUIET:
            warnings.filterwarnings("ignore", message=message)
        # What a size of one, or none, would allow is not decided by the sizes that happen to be traced.
        settings: Any = fx_config
        stack.enter_context(settings.patch(backed_size_oblivious=True))
        # Once for real: what a layer keeps from its first call would be a tensor of the tracer otherwise, for good.
        module(*examples)
        program = torch.export.export(module, examples, **options)
    _forget_paths(program)
    return program


def shapes_of_call(module: nn.Module, shapes: Iterable[Any]) -> tuple[Any, ...]:
    """Return ``dynamic_shapes`` for a call with these arguments: those that go to a ``*args`` stand in one entry."""
    return tuple(inspect.signature(module.forward).bind(*shapes).arguments.values())


def _example(spec: Spec, size: int, device: torch.device | None, static: int | None) -> torch.Tensor:
    sizes = [
        s if s is not None else static if static is not None else _BATCH if i == 0 else size
        for i, s in enumerate(spec.shape)
    ]
    # Ones: words that are there, and scales that one can divide by.
    return torch.ones(sizes, dtype=spec.dtype, device=device)


def _open(spec: Spec) -> dict[int, Any]:
    return {i: Dim.DYNAMIC for i, size in enumerate(spec.shape) if size is None}


def _is_about_sizes(error: Exception) -> bool:
    words = str(error)
    return "specialized" in words or "Constraints violated" in words or "marked" in words


def _fixed_axes(
    module: nn.Module, arguments: tuple[Any, ...], examples: tuple[Any, ...], options: dict[str, Any]
) -> str:
    """Return in words which axes that should be open the computation fixes."""
    options = {
        **options,
        "dynamic_shapes": shapes_of_call(
            module, pytree.tree_map(lambda spec: dict.fromkeys(_open(spec), Dim.AUTO), arguments)
        ),
    }
    try:
        program = _export(module, examples, options)
    except Exception:
        return ""
    values = {node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder"}
    found = []
    names = program.graph_signature.user_inputs
    for name, spec, placeholder in zip(names_of(arguments), pytree.tree_leaves(arguments), names):
        shape = values[placeholder].shape if isinstance(placeholder, str) else ()
        found += [f"axis {i} of input {name!r}" for i, s in enumerate(shape) if spec.shape[i] is None and _is_fixed(s)]
    return " and ".join(found)


def _is_fixed(size: Any) -> bool:
    return isinstance(size, int) or bool(size.node.expr.is_number)


def _with_sizes(spec: Spec) -> tuple[int | None, ...]:
    return tuple(20 if size is None and i else size for i, size in enumerate(spec.shape))


def _described(module: nn.Module) -> str:
    named: Any = module.function if isinstance(module, Endpoint) else module
    return f"'{named.name}'" if hasattr(named, "name") else repr(getattr(named, "__name__", type(named).__name__))


def _first_lines(error: Exception) -> str:
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    text = " ".join(lines[:4])[:500]
    return f"{type(error).__name__}: {text}{'' if text.endswith('.') else '.'}"


def _forget_paths(program: ExportedProgram) -> None:
    """Take out the lines of code that made each operation: they name folders of this computer, and its user."""
    for module in program.graph_module.modules():
        for node in module.graph.nodes if isinstance(module, torch.fx.GraphModule) else ():
            node.meta.pop("stack_trace", None)
