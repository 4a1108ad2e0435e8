"""Checks of everything that a plugin registers."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from torchkeras_compat import kinds, public_names, registry
from torchkeras_compat.errors import PluginError, PluginWarning, nearest
from torchkeras_compat.plugins import hookspecs, manager
from torchkeras_compat.plugins.file_safety import check_safe
from torchkeras_compat.plugins.info import CONFIG_KINDS, OFFERED_KINDS
from torchkeras_compat.testing.check import Check, CheckFailure, Result, Results, check, checks_of, fail, run_check
from torchkeras_compat.testing.making import missing_arguments

# Kind, as hooks name it -> class of what is checked. Loaded when a plugin registers one.
SUBJECTS = {
    "layers": "testing.layer.LayerSubject",
    "losses": "testing.loss.LossSubject",
    "metrics": "testing.metric.MetricSubject",
    "callbacks": "testing.callback.CallbackSubject",
    "optimizers": "testing.optimizer.OptimizerSubject",
    "data_adapters": "testing.data_adapter.DataAdapterSubject",
    "initializers": "testing.initializer.InitializerSubject",
    "activations": "testing.activation.ActivationSubject",
}
EXAMPLES_HOOK, SAFE_HOOK = "torchkeras_examples", "torchkeras_file_safe"


def check_plugin(plugin: Any, *, hypothesis: bool | None = None) -> Results:
    """Run all checks of all that a plugin registers, and return what they said.

    A class whose constructor needs arguments, or that wants other inputs than its check takes by itself, has an example
    in the plugin's hook ``torchkeras_examples``.

    Args:
        plugin: Name of an installed plugin or of its package, name of a module with hooks, or an object with hooks.
        hypothesis: Whether to try shapes and values that Hypothesis draws, too; None for what pytest received.

    Returns:
        What each check said; ``raise_failures()`` of it raises if one failed.

    Raises:
        PluginError: there is no such plugin, or it cannot be loaded.

    Example:
        >>> class Empty:
        ...     @staticmethod
        ...     def torchkeras_layers():
        ...         return {}
        >>> [result.outcome for result in check_plugin(Empty)]
        ['passed', 'passed']
    """
    return Results(planned.run() for planned in plan(plugin, hypothesis=hypothesis))


def all_checks() -> dict[str, list[Check]]:
    """Return the checks of every kind, those that draw shapes and values included."""
    kinds = [_subject_class(kind).kind for kind in SUBJECTS]
    return {kind: list(checks_of(kind, hypothesis=True)) for kind in [*kinds, "plugin"]}


def _subject_class(kind: str) -> Any:
    return public_names.named(SUBJECTS[kind])


@dataclass(frozen=True)
class PlannedCheck:
    """One check of one object, or the reason why the object cannot be checked.

    Args:
        kind: ``"layer"``, ...
        subject_name: Name under which the plugin registers the object.
        check_name: Name of the check.
        scope: What has to be open while it runs: the plugin, in use.
        subject: What is checked.
        check: The check.
        skip: Names of checks to leave out, and reasons.
        problem: Why there is nothing to check.
    """

    kind: str
    subject_name: str
    check_name: str
    scope: Callable[[], Any] = field(repr=False)
    subject: Any = field(default=None, repr=False)
    check: Check | None = None
    skip: Any = ()
    problem: str = ""

    def run(self) -> Result:
        """Run the check."""
        if self.check is None:
            failure = CheckFailure(f"{self.kind} {self.subject_name}, check 'example': {self.problem}")
            return Result(self.kind, self.subject_name, self.check_name, "failed", str(failure), failure)
        with self.scope():
            return run_check(self.check, self.subject, self.skip)


def plan(plugin: Any, *, hypothesis: bool | None = None) -> list[PlannedCheck]:
    """Return the checks of all that a plugin registers; see :func:`check_plugin`."""
    name, found, is_installed = _resolve(plugin)

    @contextlib.contextmanager
    def scope() -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            if not is_installed:
                stack.enter_context(manager.isolated_plugins()).register(found, name)
            yield

    whole = PluginSubject(name, found)
    planned = [PlannedCheck("plugin", name, one.name, scope, whole, one) for one in checks_of("plugin")]
    with scope(), warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # the check `hooks` reports it
        examples = _examples(found)
        offers = [(kind, o) for kind in OFFERED_KINDS for o in manager.offers(kind) if o.plugin == name]
    custom = {getattr(offer.value, "__name__", offer.name): offer.value for _, offer in offers}
    for kind, offer in offers:
        if kind in SUBJECTS:
            planned += _plan_object(kind, offer, examples.get(offer.name, {}), custom, scope, hypothesis)
    return planned


def _plan_object(
    kind: str, offer: Any, example: Any, custom: dict[str, Any], scope: Callable[[], Any], hypothesis: bool | None
) -> list[PlannedCheck]:
    subject_class = _subject_class(kind)
    several = isinstance(example, (list, tuple))
    planned = []
    for i, options in enumerate(example if several else [example]):
        label = f"{offer.name}[{i}]" if several else offer.name
        problem = _problem(offer, options)
        subject = None
        if not problem:
            options = dict(options)
            skip = options.pop("skip", ())
            try:
                with scope():
                    subject = subject_class(offer.value, **options, **_custom_objects(subject_class, custom, options))
                    subject.name = label
            except Exception as error:
                problem = f"its example does not fit: {type(error).__name__}: {error}"
        if problem:
            planned.append(PlannedCheck(subject_class.kind, label, "example", scope, problem=problem))
        else:
            planned += [
                PlannedCheck(subject_class.kind, label, one.name, scope, subject, one, skip)
                for one in checks_of(subject_class.kind, hypothesis=hypothesis)
            ]
    return planned


def _custom_objects(subject_class: Any, custom: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    return {"custom_objects": custom} if subject_class.takes_custom_objects and "custom_objects" not in options else {}


def _problem(offer: Any, options: Any) -> str:
    if not isinstance(options, Mapping):
        return (
            f"`{EXAMPLES_HOOK}` gives a {type(options).__name__}. Received: {options!r:.80}. Give a dict of the"
            " arguments of its check function, or a list of such dicts."
        )
    missing = missing_arguments(offer.value, options.get("arguments") or {}) if isinstance(offer.value, type) else []
    if not missing:
        return ""
    return (
        f"its constructor needs {', '.join(f'`{name}`' for name in missing)}, and the plugin gives no example. Add a"
        f" hook `{EXAMPLES_HOOK}` that returns {{{offer.name!r}: {{'arguments': {{{missing[0]!r}: ...}}}}}}."
    )


def _examples(plugin: Any) -> Mapping[str, Any]:
    hook = getattr(plugin, EXAMPLES_HOOK, None)
    answer = hook() if hook is not None else None
    return answer if isinstance(answer, Mapping) else {}


def _resolve(plugin: Any) -> tuple[str, Any, bool]:
    """Return name and object of a plugin, and whether it is in use already."""
    if not isinstance(plugin, str):
        in_use = {id(found): name for name, found in manager.installed().items()}
        if id(plugin) in in_use:
            return in_use[id(plugin)], plugin, True
        return getattr(plugin, "__name__", type(plugin).__name__).rpartition(".")[2], plugin, False
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", PluginWarning
        )  # if it is this plugin that does not load, an error says so below
        installed = manager.installed()
    entries = {entry.name: entry for entry in importlib.metadata.entry_points(group=hookspecs.PROJECT)}
    by_package = {entry.dist.name: name for name, entry in entries.items() if entry.dist is not None}
    name = by_package.get(plugin.replace("_", "-"), plugin)
    if name in installed:
        return name, installed[name], True
    try:
        if name in entries:
            return name, entries[name].load(), False
        if _is_module(plugin):
            return plugin.rpartition(".")[2], importlib.import_module(plugin), False
    except Exception as error:
        raise PluginError(f"Plugin {plugin!r} cannot be loaded: {type(error).__name__}: {error}") from error
    raise PluginError(
        f"There is no plugin {plugin!r}.{nearest(plugin, [*installed, *by_package])} Installed are "
        f"{', '.join(sorted({*installed, *entries})) or 'none'}. Give the name of one of them, of its package, or of a "
        "module with hooks."
    )


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


class PluginSubject:
    """A plugin as a whole."""

    kind = "plugin"

    def __init__(self, name: str, plugin: Any) -> None:
        self.name = name
        self.plugin = plugin


@check(
    "plugin", "Return a dict of names and classes from each registration hook, and of names and dicts from examples."
)
def hooks(subject: PluginSubject) -> None:
    """Every registration hook answers, and every example is one of something that is registered."""
    offered: dict[str, dict[str, Any]] = {}
    for kind in OFFERED_KINDS:
        hook = getattr(subject.plugin, hookspecs.PREFIX + kind, None)
        answer = hook() if hook is not None else None
        if answer is None:
            continue
        if not isinstance(answer, Mapping) or not all(isinstance(k, str) and callable(v) for k, v in answer.items()):
            fail(f"`{hookspecs.PREFIX}{kind}` does not return names and classes", repr(answer)[:200])
        offered[kind] = {name.removeprefix(">"): value for name, value in answer.items()}
    hook = getattr(subject.plugin, EXAMPLES_HOOK, None)
    given = hook() if hook is not None else {}
    if not isinstance(given, Mapping):
        fail(f"`{EXAMPLES_HOOK}` does not return a dict", repr(given)[:200])
    unknown = sorted(set(given) - {name for names in offered.values() for name in names})
    if unknown:
        fail(f"`{EXAMPLES_HOOK}` has examples of what the plugin does not register", unknown)
    hook = getattr(subject.plugin, SAFE_HOOK, None)
    safe = hook() if hook is not None else None
    try:
        unknown = _unknown_safe(check_safe([] if safe is None else safe), offered)
    except TypeError as error:
        fail(f"`{SAFE_HOOK}` does not return names by kind, or objects", str(error))
    if unknown:
        fail(f"`{SAFE_HOOK}` names what the plugin does not register", unknown)


def _unknown_safe(safe: Any, offered: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is declared safe and not offered."""
    if isinstance(safe, Mapping):
        return sorted(f"{kind}: {name}" for kind in safe for name in safe[kind] if name not in offered.get(kind, ()))
    values = {id(value) for kind in CONFIG_KINDS for value in offered.get(kind, {}).values()}
    return sorted(repr(one) for one in safe if id(one) not in values)


@check("plugin", "Choose a name that is neither built in nor another plugin's, or one that begins with `>`.")
def names(subject: PluginSubject) -> None:
    """Every registered name leads to the object that the plugin registers under it."""
    with contextlib.ExitStack() as stack:
        if not any(found is subject.plugin for found in manager.installed().values()):
            stack.enter_context(manager.isolated_plugins()).register(subject.plugin, subject.name)
        for kind in OFFERED_KINDS:
            for offer in manager.offers(kind):
                if offer.plugin == subject.name:
                    _check_name(kind, offer)


def _check_name(kind: str, offer: Any) -> None:
    has_namespace = kind in kinds.KINDS and offer.has_bare_name
    found = registry.lookup(kind, offer.name) if has_namespace else offer.value
    if found is not offer.value:
        fail(f"the name {offer.name!r} in {kind} leads to something else", f"{found!r:.120}")
    found = manager.find(kind, offer.qualified)
    if found is not offer.value:
        fail(f"the name {offer.qualified!r} does not lead to the object", f"{found!r:.120}")
