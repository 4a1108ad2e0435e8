import pytest

from torchkeras_compat.training.tracing import traced_step


@pytest.fixture
def early(monkeypatch):
    """Record from the fourth step of a form on."""
    monkeypatch.setattr(traced_step, "_STEPS_TO_PAY", 6)
    monkeypatch.setattr(traced_step, "_EAGER_STEPS", 2)
