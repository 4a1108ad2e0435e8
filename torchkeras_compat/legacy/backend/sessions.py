"""Sessions, which Keras 1 and 2 run their graph in, and a fresh start for names."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

from torchkeras_compat import naming
from torchkeras_compat.legacy.backend.graph.evaluation import evaluate, forget_plans
from torchkeras_compat.legacy.backend.learning_phase import forget_learning_phase
from torchkeras_compat.legacy.backend.random_numbers import restart_streams


class Session:
    """Runs recorded tensors, as ``K.get_session()`` gives it.

    Example:
        >>> from torchkeras_compat.legacy.backend.placeholders import placeholder
        >>> x = placeholder((2,))
        >>> get_session().run(x + 1, feed_dict={x: [1.0, 2.0]}).tolist()
        [2.0, 3.0]
    """

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Return the values of recorded tensors and make updates; see `evaluate`.

        Args:
            fetches: Recorded tensors, Variables and updates, in any nesting.
            feed_dict: Values of placeholders and inputs.
            options: Kept for TensorFlow's signature.
            run_metadata: Kept for TensorFlow's signature.
        """
        return evaluate(fetches, feed_dict)

    def close(self) -> None:
        """Nothing to close: a session holds nothing."""

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


_session: list[Any] = []


def get_session(op_input_list: Any = ()) -> Any:
    """Return the session that :func:`set_session` was given, else one of this package.

    Args:
        op_input_list: Kept for Keras's signature.

    Example:
        >>> get_session() is get_session()
        True
    """
    if not _session:
        _session.append(Session())
    return _session[-1]


def set_session(session: Any) -> None:
    """Set what :func:`get_session` returns. Models do not run in it.

    Args:
        session: The session, whose settings of devices and memory torch has no need of.

    Example:
        >>> set_session(Session())
    """
    _session[:] = [session]


def clear_session() -> None:
    """Begin as after the start: names are numbered from the start, seeds and the learning phase are as at first.

    Example:
        >>> clear_session()

    Source: Keras 2.3 API, backend.clear_session.
    """
    naming.reset_names()
    _session.clear()
    forget_learning_phase()
    restart_streams()
    forget_plans()
    gc.collect()


def reset_uids() -> None:
    """Number names from the start again.

    Example:
        >>> reset_uids()
    """
    naming.reset_names()


def manual_variable_initialization(value: bool) -> None:
    """Accept whether variables are initialized by hand: here they have values from the start, either way.

    Example:
        >>> manual_variable_initialization(True)
    """
    if not isinstance(value, (bool, int)):
        raise ValueError(f"`manual_variable_initialization` takes True or False. Received: {value!r}")


@contextlib.contextmanager
def control_dependencies(control_inputs: Any) -> Iterator[None]:
    """Run code as it stands: functions here are run in the order in which they are written.

    Args:
        control_inputs: What TensorFlow would run before.

    Example:
        >>> with control_dependencies([]):
        ...     1 + 1
        2
    """
    yield


def run_as_it_is(func: Any) -> Any:
    """Return a function itself: what the decorators ``symbolic`` and ``eager`` of Keras 2.3 are here.

    Example:
        >>> run_as_it_is(abs) is abs
        True
    """
    return func
