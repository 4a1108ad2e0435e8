"""`ExportArchive`: functions of tensors, with the weights that they use, written to one file."""

from __future__ import annotations

import functools
import inspect
import io
import os
import warnings
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

import torch
from torch import nn
from torch.export import ExportedProgram
from torch.utils import _pytree as pytree

from torchkeras_compat.errors import NotBuiltError
from torchkeras_compat.export import onnx_format, saved_model_format, torch_format
from torchkeras_compat.export.converters import converter
from torchkeras_compat.export.program import Endpoint, traced
from torchkeras_compat.export.saved_model_format import ServedModel, write_saved_model
from torchkeras_compat.export.signature import given_signature, names_of, signature_of
from torchkeras_compat.layers.layer.layer import Layer
from torchkeras_compat.layers.layer.modes import switched
from torchkeras_compat.saving.atomic import written_whole
from torchkeras_compat.variables import Variable

_FIRST = "model"  # the name under which `torch.export.load` looks for a program


class ExportArchive:
    """Functions of tensors, called endpoints, and the weights that they use, written to one file.

    ``write_out`` writes what the ending of the name says: a `torch.export` archive (``.pt2``) with any number of
    endpoints, which needs no other package; ONNX (``.onnx``) with one; else a TensorFlow SavedModel, where TensorFlow
    and Keras are installed. Weights are those of the time of writing.

    Args:
        format: ``"saved_model"``, whatever the file will be, as in Keras. Its ``"neptune_model"`` has no writer there
            either.

    Raises:
        ValueError: ``format`` is unknown.
        NotImplementedError: it is ``"neptune_model"``.

    Example:
        >>> import tempfile
        >>> from torchkeras_compat import InputSpec, layers, models
        >>> model = models.Sequential([layers.Input((3,)), layers.Dense(2), layers.Dropout(0.5)])
        >>> archive = ExportArchive()
        >>> archive.track(model)
        >>> serve = archive.add_endpoint("serve", model.call, [InputSpec(shape=(None, 3))])
        >>> double = archive.add_endpoint("double", lambda x: 2 * model(x), [InputSpec(shape=(None, 3))])
        >>> path = f"{tempfile.mkdtemp()}/model.pt2"
        >>> archive.write_out(path, verbose=False)
        >>> torch.export.load(path).module()(torch.ones(5, 3)).shape
        torch.Size([5, 2])

    Source: Keras API, export/ExportArchive.
    """

    def __init__(self, format: str = "saved_model") -> None:
        if format == "neptune_model":
            raise NotImplementedError(
                "Keras has no writer for `format='neptune_model'`, and so there is none here. Use 'saved_model', and a"
                " name that ends in `.pt2` or `.onnx`."
            )
        if format != "saved_model":
            raise ValueError(
                f"Unsupported format: {format!r}. Use 'saved_model'; the name of the file says what it holds."
            )
        self._tracked: list[nn.Module] = []
        self._endpoints: dict[str, _Endpoint] = {}
        self._collections: dict[str, list[Any]] = {}

    @property
    def variables(self) -> list[Any]:
        """The variables of what is tracked."""
        return _variables(self._tracked, "variables")

    @property
    def trainable_variables(self) -> list[Any]:
        """Those of them that train."""
        return _variables(self._tracked, "trainable_variables")

    @property
    def non_trainable_variables(self) -> list[Any]:
        """Those of them that do not."""
        return _variables(self._tracked, "non_trainable_variables")

    def track(self, resource: Any) -> None:
        """Say that endpoints use a layer or model.

        It is found without that where an endpoint is a method of it, or a function in whose code it is named.

        Args:
            resource: Layer, model or ``torch.nn.Module``, built.

        Raises:
            NotBuiltError: it is not built.
            ValueError: it is something else.
        """
        if not isinstance(resource, nn.Module):
            raise ValueError(
                "Invalid resource type. Expected a Keras `Layer` or `Model`, or a `torch.nn.Module`. Received:"
                f" {resource!r} of type {type(resource).__name__}"
            )
        _check_built(resource)
        if not any(resource is other for other in self._tracked):
            self._tracked.append(resource)

    def add_endpoint(
        self, name: str, fn: Callable[..., Any], input_signature: Any = None, **kwargs: Any
    ) -> Callable[..., Any]:
        """Add a function that can be called in what is written.

        Args:
            name: Its name there.
            fn: Function of tensors, bound method, layer or model. Without an argument ``training`` of its own, layers
                run in inference.
            input_signature: A list with one entry for each argument of ``fn``, in the nesting of the argument:
                `InputSpec`, `KerasTensor`, tensor, or shape. None only for a model, which knows its inputs.
            kwargs: ``jit_compile``, which says nothing about a file, and no others.

        Returns:
            The function, as other endpoints may call it: in inference and without gradients.

        Raises:
            ValueError: the name is taken or not one, an argument is unknown, or the signature is missing or does not
                fit.
            RuntimeError: ``fn`` cannot be traced; the archive is as it was.
        """
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"The name of an endpoint is a name as in Python code. Received: name={name!r}")
        if name in self._endpoints or name in self._collections:
            raise ValueError(f"Endpoint name '{name}' is already taken.")
        for key in ("is_static", "jax2tf_kwargs"):
            if key in kwargs:
                raise ValueError(f"`{key}` is for functions of JAX. Leave it out. Received: {key}={kwargs[key]!r}")
        unknown = sorted(set(kwargs) - {"jit_compile"})
        if unknown:
            raise ValueError(f"Unrecognized keyword arguments passed to `add_endpoint`: {unknown}")
        if not callable(fn):
            raise ValueError(f"`fn` is a function of tensors. Received: fn={fn!r}")
        owner = _owner(fn)
        if input_signature is None:
            if owner is None:
                raise ValueError(
                    "A function has no inputs that could be known: pass `input_signature`, a list with one entry for"
                    " each argument, such as [keras.InputSpec(shape=(None, 224, 224, 3), dtype='float32')]."
                )
            arguments = signature_of(owner)
        else:
            arguments = given_signature(input_signature, owner)
        modules = [*self._tracked, *(m for m in _modules_of(fn) if not any(m is t for t in self._tracked))]
        for module in modules:
            _check_built(module)
        endpoint = _Endpoint(name, fn, arguments, Endpoint(fn, modules))
        self._endpoints[name] = endpoint
        return endpoint

    def track_and_add_endpoint(self, name: str, resource: Any, input_signature: Any = None, **kwargs: Any) -> Any:
        """Track a layer or model, and add its call as an endpoint; see :meth:`track` and :meth:`add_endpoint`."""
        self.track(resource)
        return self.add_endpoint(name, resource, input_signature, **kwargs)

    def add_variable_collection(self, name: str, variables: Any) -> None:
        """Add variables to what is written, by a name.

        In a ``.pt2`` archive they are a program of this name without inputs, which returns them as a list.

        Args:
            name: The name.
            variables: List, tuple or set of `Variable`.

        Raises:
            ValueError: the name is taken or not one, or something else is among the variables.
        """
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"The name of a collection is a name as in Python code. Received: name={name!r}")
        if name in self._endpoints or name in self._collections:
            raise ValueError(f"The name '{name}' is already taken.")
        if not isinstance(variables, (list, tuple, set)):
            raise ValueError(
                f"Expected `variables` to be a list/tuple/set. Received instead object of type"
                f" '{type(variables).__name__}'."
            )
        others = sorted({type(v).__name__ for v in variables if not isinstance(v, (Variable, torch.Tensor))})
        if others:
            raise ValueError(
                f"Expected all elements in `variables` to be `Variable` instances. Found instead the types: {others}"
            )
        self._collections[name] = list(variables)

    def write_out(self, filepath: str | os.PathLike[str], options: Any = None, verbose: bool = True) -> None:
        """Write the endpoints and the collections of variables.

        Args:
            filepath: Name that ends in ``.pt2`` or ``.onnx``; another one is a folder with a SavedModel.
            options: Options of TensorFlow, which a process of its own writes with: only None.
            verbose: Whether to print the endpoints and their inputs.

        Raises:
            ValueError: there is no endpoint, or more than the format takes.
            ImportError: the converter of the format is not installed; the message has the command.
        """
        if not self._endpoints:
            raise ValueError("No endpoints have been set yet. Call add_endpoint().")
        path = os.fspath(filepath)
        if options is not None:
            raise ValueError(f"`options` is not supported: leave it out. Received: options={options!r}")
        ending = os.path.splitext(path)[1]
        if ending == torch_format.ENDING:
            self._write_torch(path)
        elif ending == onnx_format.ENDING:
            self._write_onnx(path)
        else:
            self._write_saved_model(path)
        if verbose:
            print(f"Saved artifact at '{path}'. The following endpoints are available:\n")
            for endpoint in self._endpoints.values():
                print(f"* Endpoint '{endpoint.name}'\n{endpoint.described()}\n")

    def _write_torch(self, path: str) -> None:
        from torch.export.pt2_archive._package import package_pt2  # the only writer of several programs

        programs = {name: endpoint.program() for name, endpoint in self._endpoints.items()}
        for name, variables in self._collections.items():
            programs[name] = torch.export.export(_Values(variables), (), strict=False)
        if _FIRST not in programs:
            programs = {_FIRST: next(iter(programs.values())), **programs}
        whole = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="No complete tensor found")
            package_pt2(whole, exported_programs=programs)
        with written_whole(path, lambda: whole.getbuffer().nbytes) as temporary:
            temporary.write_bytes(whole.getbuffer())

    def _write_onnx(self, path: str) -> None:
        if len(self._endpoints) > 1 or self._collections:
            raise ValueError(
                f"An ONNX file holds one function, and this archive has the endpoints {list(self._endpoints)} and the"
                f" collections {list(self._collections)}. Make an archive for each, or write a `.pt2` file."
            )
        converter("ONNX", ("onnx", "onnxscript"), onnx_format.INSTALL)
        endpoint = next(iter(self._endpoints.values()))
        onnx_format.write_onnx(endpoint.program(), path, endpoint.arguments)

    def _write_saved_model(self, path: str) -> None:
        saved_model_format.require_tensorflow()
        served = [endpoint.served() for endpoint in self._endpoints.values()]
        models = [*(e.model for e in served), *self._tracked]
        places = {
            name: [_place(variable, models, name) for variable in variables]
            for name, variables in self._collections.items()
        }
        write_saved_model(served, path, places)


class _Endpoint:
    """A function under a name; calls are those of the function, in inference."""

    def __init__(self, name: str, fn: Callable[..., Any], arguments: tuple[Any, ...], module: Endpoint) -> None:
        self.name = name
        self.fn = fn
        self.arguments = arguments
        self.module = module
        self._program: ExportedProgram | None = None
        self.program()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with switched(self.module, False), torch.no_grad():
            return self.fn(*args, **kwargs)

    def program(self) -> ExportedProgram:
        """Return the program; its weights are those of the modules, whatever their values become."""
        if self._program is None:
            self._program = traced(self.module, self.arguments)
        return self._program

    def served(self) -> ServedModel:
        """Return what a SavedModel can hold of it: the call of a model of Keras's layers."""
        owner = _owner(self.fn)
        if owner is None or not hasattr(owner, "get_config"):
            raise ValueError(
                f"Endpoint '{self.name}' is a function of its own, which TensorFlow cannot run: it was written for"
                " PyTorch. A SavedModel takes models and layers, and their `call`; a `.pt2` or `.onnx` file takes"
                " any function."
            )
        training = self.fn.keywords.get("training") if isinstance(self.fn, functools.partial) else None
        return ServedModel(self.name, owner, self.arguments, training)

    def described(self) -> str:
        """Return its inputs, a line each."""
        specs = zip(names_of(self.arguments), pytree.tree_leaves(self.arguments))
        return "\n".join(
            f"    {name}: {tuple(spec.shape)}, {str(spec.dtype).removeprefix('torch.')}" for name, spec in specs
        )


class _Values(nn.Module):
    """Variables as a program without inputs."""

    def __init__(self, variables: Iterable[Any]) -> None:
        super().__init__()
        for i, v in enumerate(variables):
            self.register_buffer(f"variable_{i}", (v.value if isinstance(v, Variable) else v).detach().clone())

    def forward(self) -> list[torch.Tensor]:
        return [value.clone() for value in self.buffers()]


def _variables(modules: Iterable[Any], kind: str) -> list[Any]:
    found: dict[int, Any] = {}
    for module in modules:
        if isinstance(module, Layer):
            variables = getattr(module, kind)
        else:
            wanted = {"trainable_variables": (True,), "non_trainable_variables": (False,)}.get(kind, (True, False))
            variables = [t for t in (*module.parameters(), *module.buffers()) if t.requires_grad in wanted]
        found |= {id(v): v for v in variables}
    return list(found.values())


def _check_built(module: Any) -> None:
    if isinstance(module, Layer) and not module.built:
        raise NotBuiltError(
            f"The layer '{module.name}' has not yet been built. It must be built before export: call it on data, or"
            " `build(input_shape)`."
        )


def _owner(fn: Any) -> Any:
    """Return the module whose call this is; None for another function."""
    while isinstance(fn, functools.partial) and set(fn.keywords) <= {"training"} and not fn.args:
        fn = fn.func
    if isinstance(fn, nn.Module):
        return fn
    owner = getattr(fn, "__self__", None)
    return (
        owner
        if isinstance(owner, nn.Module) and fn.__name__ in ("call", "forward", "__call__", "_wrapped_call_impl")
        else None
    )


def _modules_of(fn: Any) -> list[nn.Module]:
    """Return the modules that a function names: its own, and those in its closure, defaults and globals."""
    if isinstance(fn, nn.Module):
        return [fn]
    if isinstance(fn, functools.partial):
        return [m for part in (fn.func, *fn.args, *fn.keywords.values()) for m in _modules_of(part)]
    if isinstance(fn, _Endpoint):
        return [m for m in fn.module.children() if not isinstance(m, nn.ModuleList)] + list(fn.module.modules_used)
    if isinstance(getattr(fn, "__self__", None), nn.Module):
        return [fn.__self__]
    if not isinstance(fn, FunctionType):
        return []
    named = inspect.getclosurevars(fn)
    values = [*named.nonlocals.values(), *named.globals.values(), *(fn.__defaults__ or ())]
    found = [m for value in values if isinstance(value, (nn.Module, _Endpoint)) for m in _modules_of(value)]
    return list({id(m): m for m in found}.values())


def _place(variable: Any, models: list[Any], name: str) -> tuple[Any, int]:
    for model in models:
        for i, other in enumerate(model.variables):
            if other is variable:
                return model, i
    raise ValueError(
        f"The collection '{name}' has the variable {getattr(variable, 'path', variable)!r}, which no model of the"
        " archive has. A SavedModel takes variables of models only; a `.pt2` file takes any."
    )
