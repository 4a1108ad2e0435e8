from __future__ import annotations

from torchkeras_compat.legacy.utils.progbar import Progbar


def test_old_arguments(capsys):
    bar = Progbar(4, interval=1000)
    bar.update(1, [("loss", 1.0)])
    first = capsys.readouterr().out
    assert first.count("━") == 30 and "1/4" in first
    bar.update(2, [("loss", 3.0)])
    assert capsys.readouterr().out == ""
    bar.update(3, [("loss", 5.0)], force=True)
    assert "loss: 3.0000" in capsys.readouterr().out
    bar.add(1)
    assert "4/4" in capsys.readouterr().out
    assert Progbar(-1).target is None and Progbar(3, 10, 2, 0.1, ["a"]).stateful_metrics == {"a"}
