"""`initialize`: one process is fine, several are refused with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from torchkeras_compat.distribution import initialize


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID"):
        monkeypatch.delenv(f"KERAS_DISTRIBUTION_{name}", raising=False)


def test_one_process_is_fine() -> None:
    initialize()
    initialize("10.0.0.1:1234", 1, 0)
    initialize(job_addresses="10.0.0.1:1234", num_processes=1, process_id=0)


@pytest.mark.parametrize("arguments", [(None, 2, 0), ("10.0.0.1:1,10.0.0.2:1",), ("10.0.0.1:1", 2, 1)])
def test_several_are_refused(arguments: Any) -> None:
    with pytest.raises(NotImplementedError, match=r"connects no processes.*torchrun --nproc-per-node"):
        initialize(*arguments)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_DISTRIBUTION_NUM_PROCESSES", "2")
    with pytest.raises(NotImplementedError, match="num_processes=2"):
        initialize()
    initialize(num_processes=1)
    monkeypatch.setenv("KERAS_DISTRIBUTION_NUM_PROCESSES", "two")
    with pytest.raises(ValueError, match="KERAS_DISTRIBUTION_NUM_PROCESSES must be an int. Received: 'two'"):
        initialize()


@pytest.mark.parametrize(("arguments", "text"), [((None, 0), "=0"), ((None, 1, 1), "=1"), ((None, 1.5), "1.5")])
def test_wrong_numbers_are_refused(arguments: Any, text: str) -> None:
    with pytest.raises(ValueError, match=rf"Received: .*{text}"):
        initialize(*arguments)
