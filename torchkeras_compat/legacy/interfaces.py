"""`keras.legacy.interfaces` of Keras 2: decorators that let a function of one's own take the arguments of Keras 1."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from torchkeras_compat.user_warnings import warn_user

_Function = TypeVar("_Function", bound=Callable[..., Any])
Preprocessor = Callable[[Sequence[Any], dict[str, Any]], tuple[Sequence[Any], dict[str, Any], list[Any]]]


def generate_legacy_interface(
    allowed_positional_args: Sequence[str] | None = None,
    conversions: Sequence[tuple[str, str]] | None = None,
    preprocessor: Preprocessor | None = None,
    value_conversions: Mapping[str, Mapping[Any, Any]] | None = None,
    object_type: str = "class",
) -> Callable[[_Function], _Function]:
    """Return a decorator of a constructor, or a method, that takes old names and values of arguments.

    Args:
        allowed_positional_args: Names of the arguments that may be given by place; None for any.
        conversions: Pairs of an old name and the new one.
        preprocessor: Function of the arguments by place and by name that returns them, and what it changed.
        value_conversions: New name of an argument -> old values and the new ones.
        object_type: ``"class"`` or ``"method"``, for messages.

    Raises:
        TypeError: when called: more arguments are given by place than may be, or one in both names.

    Example:
        >>> @generate_legacy_interface(conversions=[("output_dim", "units")], object_type="method")
        ... def size(self, units):
        ...     return units
        >>> size(None, units=3)
        3

    Source: Keras 2.3, legacy/interfaces.
    """
    names = dict(conversions or ())

    def decorate(function: _Function) -> _Function:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            what = type(args[0]).__name__ if object_type == "class" and args else function.__name__
            changed: list[Any] = []
            if preprocessor is not None:
                args_now, kwargs, changed = preprocessor(args, kwargs)
                args = tuple(args_now)
            if allowed_positional_args is not None and len(args) > len(allowed_positional_args) + 1:
                raise TypeError(
                    f"`{what}` takes {len(allowed_positional_args)} arguments by place:"
                    f" {list(allowed_positional_args)}. Received: {len(args) - 1}. Name the others."
                )
            arguments, renamed = _renamed(what, kwargs, names, value_conversions or {})
            changed = [*changed, *renamed]
            if changed:
                warn_user(f"Update the call of `{what}` to Keras 2: {changed}.")
            return function(*args, **arguments)

        wrapped._original_function = function  # type: ignore[attr-defined]
        return wrapped  # type: ignore[return-value]

    return decorate


def _renamed(
    what: str, given: Mapping[str, Any], names: Mapping[str, str], values: Mapping[str, Mapping[Any, Any]]
) -> tuple[dict[str, Any], list[Any]]:
    """Return arguments by their new names and with their new values, and the names that changed."""
    arguments: dict[str, Any] = {}
    changed = []
    for name, value in given.items():
        new = names.get(name, name)
        if new in arguments or (new != name and new in given):
            raise TypeError(f"`{what}` received {name!r} and {new!r}, which is the same. Give one of them.")
        if new != name:
            changed.append((name, new))
        arguments[new] = values.get(new, {}).get(value, value) if _is_plain(value) else value
    return arguments, changed


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _dense_names(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        ("init", "kernel_initializer"),
        ("W_regularizer", "kernel_regularizer"),
        ("b_regularizer", "bias_regularizer"),
        ("W_constraint", "kernel_constraint"),
        ("b_constraint", "bias_constraint"),
        ("bias", "use_bias"),
        *more,
    ]


_ORDERING = [("dim_ordering", "data_format")]
_ORDERINGS = {"data_format": {"tf": "channels_last", "th": "channels_first", "default": None}}

legacy_dense_support = generate_legacy_interface(["units"], _dense_names(("output_dim", "units")))
legacy_dropout_support = generate_legacy_interface(["rate", "noise_shape", "seed"], [("p", "rate")])
legacy_prelu_support = generate_legacy_interface(["alpha_initializer"], [("init", "alpha_initializer")])
legacy_gaussiannoise_support = generate_legacy_interface(["stddev"], [("sigma", "stddev")])
legacy_batchnorm_support = generate_legacy_interface(
    ["axis", "momentum", "epsilon"], [("beta_init", "beta_initializer"), ("gamma_init", "gamma_initializer")]
)
legacy_spatialdropout1d_support = generate_legacy_interface(["rate"], [("p", "rate")])
legacy_spatialdropoutNd_support = generate_legacy_interface(["rate"], [("p", "rate"), *_ORDERING], None, _ORDERINGS)
legacy_pooling1d_support = generate_legacy_interface(
    ["pool_size", "strides", "padding"],
    [("pool_length", "pool_size"), ("stride", "strides"), ("border_mode", "padding")],
)
legacy_pooling2d_support = generate_legacy_interface(
    ["pool_size", "strides", "padding"], [("border_mode", "padding"), *_ORDERING], None, _ORDERINGS
)
legacy_global_pooling_support = generate_legacy_interface(None, _ORDERING, None, _ORDERINGS)


def _reordered_updates(args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Sequence[Any], dict[str, Any], list[Any]]:
    """Return ``(loss, params)`` of arguments that were ``params, constraints, loss``."""
    if len(args) < 4:
        return args, kwargs, []
    me, params, constraints, loss, *rest = args
    if constraints:
        raise ValueError(
            "`get_updates` of Keras 2 takes no constraints: each weight has its own. Received:"
            f" {constraints!r}. Give `constraint=` to `add_weight`."
        )
    return (me, loss, params, *rest), kwargs, [("params, constraints, loss", "loss, params")]


legacy_get_updates_support = generate_legacy_interface(None, None, _reordered_updates, None, "method")
