"""Checks as items of pytest, one for each check of each object that a plugin registers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from torchkeras_compat.errors import PluginError
from torchkeras_compat.testing import check
from torchkeras_compat.testing.check import CheckFailure
from torchkeras_compat.testing.plugin import PlannedCheck, plan


class CheckItem(pytest.Item):
    """One check of one object."""

    def __init__(self, *, planned: PlannedCheck, plugin: str, **options: Any) -> None:
        super().__init__(**options)
        self.planned = planned
        self.plugin = plugin

    def runtest(self) -> None:
        """Run the check."""
        result = self.planned.run()
        if result.outcome == "skipped":
            pytest.skip(result.message)
        if result.error is not None:
            raise result.error

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Return the message of the check; what an object raised itself comes with its traceback."""
        if not isinstance(excinfo.value, CheckFailure):
            return super().repr_failure(excinfo, style)
        cause = excinfo.value.__cause__
        if cause is None:
            return str(excinfo.value)
        own = pytest.ExceptionInfo.from_exception(cause)
        return f"{excinfo.value}\n\n{own.getrepr(style='short')}"

    def reportinfo(self) -> tuple[str, None, str]:
        """Return where pytest says the item is: at its plugin."""
        return self.plugin, None, self.name


class PluginNode(pytest.Collector):
    """A plugin, as parent of its checks."""

    def __init__(self, *, checks: Iterable[PlannedCheck], **options: Any) -> None:
        super().__init__(**options)
        self.checks = checks

    def collect(self) -> list[CheckItem]:
        """Return the checks."""
        return [
            CheckItem.from_parent(
                self,
                name=f"{planned.subject_name}::{planned.check_name}",
                nodeid=f"{self.nodeid}::{planned.kind}::{planned.subject_name}::{planned.check_name}",
                planned=planned,
                plugin=self.name,
            )
            for planned in self.checks
        ]


class CheckCollection:
    """The plugin of pytest that adds the checks.

    Args:
        names: Plugins to check.
        draws: Whether to check with what Hypothesis draws, too.
    """

    def __init__(self, names: list[str], draws: bool) -> None:
        self.names = names
        self.draws = draws
        self._before = check.set_drawing(draws)

    @pytest.hookimpl(tryfirst=True)  # before `-k` chooses among the items
    def pytest_collection_modifyitems(self, session: Any, config: Any, items: list[Any]) -> None:
        """Add the checks behind the tests that were collected."""
        for name in self.names:
            try:
                checks = plan(name, hypothesis=self.draws)
            except PluginError as error:
                raise pytest.UsageError(str(error)) from error
            node = PluginNode.from_parent(session, name=name, nodeid=f"plugin {name}", checks=checks)
            items.extend(node.collect())

    def pytest_unconfigure(self) -> None:
        """Leave the switch as it was."""
        check.set_drawing(self._before)
