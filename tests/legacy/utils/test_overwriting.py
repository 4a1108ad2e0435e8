from __future__ import annotations

import builtins

import pytest

from torchkeras_compat.legacy.utils.overwriting import ask_to_proceed_with_overwrite


@pytest.mark.parametrize(("answers", "expected"), [(["y"], True), (["what", "", "N "], False), (["Y"], True)])
def test_answers(monkeypatch, answers, expected):
    asked = []
    monkeypatch.setattr(builtins, "input", lambda question: asked.append(question) or answers.pop(0))
    assert ask_to_proceed_with_overwrite("model.h5") is expected
    assert "model.h5 already exists" in asked[0] and not answers


def test_nobody_to_ask(monkeypatch, capsys):
    def end(question):
        raise EOFError

    monkeypatch.setattr(builtins, "input", end)
    assert ask_to_proceed_with_overwrite("model.h5") is False
    assert "overwrite=True" in capsys.readouterr().out
