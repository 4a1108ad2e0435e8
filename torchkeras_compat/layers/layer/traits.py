"""What a class of layers says of itself, for the call, for models and for files to go by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras_compat.layers.layer.call_spec import CallSpec


class Traits:
    """The traits of a class of layers.

    A subclass sets those that differ; an instance may, where its arguments decide. The last ones follow from the class
    and are found once, when it is made.

    Attributes:
        _takes_integers: Whether ``call`` works on integer inputs as they are; if not, they are cast to the compute
            dtype.
        _takes_lists: Whether the first argument is a list of tensors, so that lists of numbers are not one array.
        _brings_inputs: Whether a `Sequential` that begins with the layer has the inputs that ``_own_inputs()`` makes.
        _own_inputs: Makes them.
        _takes_strings: Whether the layer computes with strings: their arrays go to ``call`` as they are.
        _convert_input_args: Whether arrays become tensors, and floats of the compute dtype, before ``call``; Keras's
            name, which subclasses and instances of packages set.
        _allow_non_tensor_positional_args: Whether the first argument may be a text or a number; Keras's name, too.
        _fold_texts: Returns arguments with the strings in lists and pandas columns as arrays of them, for the layers
            below, which may take them; None where there are none.
        _input_dtype_hint: Dtype of the symbolic input of a `Sequential` that starts with the layer; None for the
            default.
        _checks_spec_before_build: Whether ``input_spec`` is set by the constructor, to be checked before ``build``.
        _makes_masks: Whether ``compute_mask`` may give a mask where the inputs carry none; it is asked if
            ``supports_masking``.
        _computes: Whether the layer computes itself, in its policy; if not, its layers do, each by its own.
        _passes_training_down: Whether a ``training`` argument is recorded although ``call`` does not have it: the
            layers below do.
        _is_graph: Whether the layer is a graph of layers, whose masks are known only after it ran.
        _is_recomputed_as_a_whole: Whether a `RematScope` recomputes the layer. Models say no: recomputing one as a
            whole needs, at once, the memory of all its layers.
        _may_leave_graphs: Whether ``_leaves_graph`` is asked where `torch.compile` traces the call.
        _notes_inputs: Whether the layer remembers the shapes and dtypes of the call that built it; models do.
        _own_state: Names of the attributes that all layers of the class have, in which no metric is looked for.
        _call_spec: The signature of ``call``.
        _followed: Names of the settings that the layer computes with in a form of its own, such as a torch module;
            assigning one calls ``_follow``.
        _fixed: Names of the settings that a built layer does not follow, though Keras's does: assigning one warns.
        _trains_by_default: Whether ``training`` of ``call`` is True by default: the layer then trains until somebody
            says another mode.
        _raw_build: ``build`` without what opens its name scope and notes its shapes; see ``building``.
        _builds_by_calling: Whether the class has no ``build``: running ``call`` builds what lies below.
        _plain_train: ``Layer.train`` where all that it does is to set flags; None where a subclass does more.
    """

    _takes_integers: bool = True
    _takes_lists: bool = False
    _takes_strings: bool = False
    _brings_inputs: bool = False
    _convert_input_args: bool = True
    _allow_non_tensor_positional_args: bool = False
    _fold_texts: Callable[[Any], Any] | None = None
    _input_dtype_hint: str | None = None
    _checks_spec_before_build: bool = False
    _makes_masks: bool = False
    _computes: bool = True
    _passes_training_down: bool = False
    _is_graph: bool = False
    _is_recomputed_as_a_whole: bool = True
    _may_leave_graphs: bool = False
    _notes_inputs: bool = False

    _own_state: frozenset[str] = frozenset()
    _followed: frozenset[str] = frozenset()
    _fixed: frozenset[str] = frozenset()
    _call_spec: CallSpec
    _trains_by_default: bool = False
    _raw_build: Callable[..., Any]
    _own_inputs: Callable[[], Any]
    _builds_by_calling: bool = True
    _plain_train: Callable[..., Any] | None
