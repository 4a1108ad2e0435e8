"""Every measure runs, in this process, on engines of this environment."""

from __future__ import annotations

import pytest

from tests.benchmarks.clock import Unsupported
from tests.benchmarks.engines import keras_api, plain_loop
from tests.benchmarks.measures import MEASURES, prepare

NOTES = {"workload": "seven:network of the notes, 4-200-200-3, batch 20", "steps": 2}
ARGUMENTS = {
    "predict_all": {"workload": "predicted:64-1024, 65,536 samples, batch 256", "rows": 300},
    "augment": {"name": "RandomFlip", "batch": 2},
    "started": {},
}
ON_FILES = ("write_model", "load", "file")
ENGINES = {"torch": (plain_loop.Engine, "logits"), "ours": (keras_api.Engine, "ours")}


@pytest.fixture(params=list(ENGINES))
def engine(request):
    kind, variant = ENGINES[request.param]
    return kind(variant)


@pytest.mark.parametrize("measure", [name for name in MEASURES if name not in ON_FILES])
def test_each_measure_has_figures(engine, measure):
    try:
        once = prepare(engine, measure, ARGUMENTS.get(measure, NOTES))
    except Unsupported:
        assert measure == "augment" and isinstance(engine, plain_loop.Engine)  # where torchvision is absent
        return
    figures = once()
    assert all(value >= 0 for value in figures.values())
    expected = {
        "started": set() if isinstance(engine, plain_loop.Engine) else {"package"},
        "from_scratch": {"build", "epoch"},
        "training_memory": {"memory"},
    }
    expected["predict_all"] = {"seconds", "memory"}
    assert set(figures) == expected.get(measure, {"seconds"})


def test_models_are_written_and_loaded(engine, tmp_path):
    path = str(tmp_path / "model.keras")
    assert prepare(engine, "write_model", {**NOTES, "path": path})()["seconds"] > 0
    assert prepare(engine, "load", {**NOTES, "path": path})()["seconds"] > 0


@pytest.mark.parametrize("ending", ["keras", "h5", "weights.h5"])
def test_files_of_large_models_have_seconds_and_memory(tmp_path, ending):
    engine, path = keras_api.Engine("ours"), str(tmp_path / f"model.{ending}")
    for action in ("save", "load"):
        figures = prepare(engine, "file", {"name": "small", "action": action, "path": path})()
        assert set(figures) == {"seconds", "processor", "memory"} and figures["seconds"] > 0


@pytest.mark.filterwarnings("ignore")  # Lightning's advice on loaders
def test_lightning_trains_where_it_is_installed():
    pytest.importorskip("lightning")
    from tests.benchmarks.engines.lightning_trainer import Engine

    for measure in ("step", "first_step", "training_memory"):
        assert prepare(Engine(""), measure, NOTES)()
    with pytest.raises(Unsupported):
        prepare(Engine(""), "predict_one", NOTES)


def test_the_loops_differ_in_their_losses_alone_so_one_predicts():
    engine = plain_loop.Engine("probabilities")
    assert prepare(engine, "step", NOTES)()["seconds"] > 0
    for measure in ("predict_one", "everyday"):
        with pytest.raises(Unsupported):
            prepare(engine, measure, NOTES)


def test_the_loop_of_logits_and_that_of_probabilities_learn_the_same():
    import torch

    from tests.benchmarks.workloads import ALL, shortened

    workload, weights = shortened(ALL[NOTES["workload"]], steps=3), []
    for variant in ("logits", "probabilities"):
        engine = plain_loop.Engine(variant)
        torch.manual_seed(0)
        model = engine.model(workload)
        engine.fitting(model, workload, workload.data())()
        weights.append(torch.cat([p.detach().flatten() for p in model[0].parameters()]))
    torch.testing.assert_close(*weights, rtol=1e-4, atol=1e-5)  # of Adam's first steps, which enlarge roundings
