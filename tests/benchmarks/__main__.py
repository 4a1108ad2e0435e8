"""``python -m tests.benchmarks``: this package beside a plain PyTorch loop and real Keras, as a table."""

from __future__ import annotations

import argparse
import platform
import tempfile
import warnings
from pathlib import Path

import torch

from . import applications, augmentation, compiled, everyday, files, measure
from .models import CASES, Case

HEADER = """# Speed

Written by `python -m tests.benchmarks --write docs/explanation/speed.md`: medians of {repeats} epochs that took turns
with each other in one process, on {machine}, torch {torch}, {threads} threads. The plain loop is written by hand, with
torch's fused optimizer and the data on the device; see `tests/benchmarks/models.py`. Times depend on the machine; the
ratios are what to look at.

"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="part of a model's name, or `applications`, or `files`")
    parser.add_argument("--repeats", type=int, default=7, help="epochs of which the median is taken")
    parser.add_argument("--no-keras", action="store_true", help="leave out real Keras")
    parser.add_argument("--no-memory", action="store_true", help="leave out peak memory")
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the tables as a Markdown page")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.only == "applications":
        print(whole_applications(options.repeats, not options.no_keras))
        return
    if options.only == "files":
        print(saving_and_loading(options.repeats, not options.no_keras))
        return
    names = [name for name in CASES if options.only in name]
    page = HEADER.format(
        repeats=options.repeats,
        machine="an " + torch.cuda.get_device_name()
        if torch.cuda.is_available()
        else f"the CPU ({platform.machine()})",
        torch=torch.__version__,
        threads=torch.get_num_threads(),
    )
    page += training({name: CASES[name] for name in names}, options.repeats, not options.no_keras) + "\n"
    if not options.only:
        page += everyday_training(options.repeats, not options.no_keras) + "\n"
        page += compiling(options.repeats) + "\n"
        page += whole_applications(options.repeats, not options.no_keras)
        page += augmenting(options.repeats, not options.no_keras) + "\n"
        page += saving_and_loading(options.repeats, not options.no_keras) + "\n"
    page += prediction(not options.no_keras) + "\n"
    page += imports() + "\n"
    if not options.no_memory:
        page += memory(names)
    if options.write:
        options.write.write_text(page)


def table(title: str, columns: list[str], rows: list[list[str]]) -> str:
    lines = [f"## {title}", "", "| " + " | ".join(columns) + " |", "| --- |" + " ---: |" * (len(columns) - 1)]
    text = "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
    print(text, flush=True)
    return text


def training(cases: dict[str, Case], repeats: int, with_keras: bool, title: str = "A training step") -> str:
    rows = []
    for name, case in cases.items():
        ours = measure.keras_epoch(case, measure.package("ours"))
        epochs = {"plain": measure.plain_epoch(case), "ours": ours}
        if with_keras:
            epochs["keras"] = measure.keras_epoch(case, measure.package("keras"))
        times = measure.medians(epochs, repeats)
        steps = -(-len(case.data()[0]) // case.batch)
        row = [name, *(f"{times[who] / steps * 1e3:.3f}" for who in epochs)]
        rows.append([*row, *(f"{times[who] / times['plain']:.2f}" for who in epochs if who != "plain")])
        print(rows[-1], flush=True)
    columns = ["milliseconds a step", "plain PyTorch", "torchkeras_compat", *(["Keras 3"] if with_keras else [])]
    ratios = ["torchkeras_compat / plain", *(["Keras 3 / plain"] if with_keras else [])]
    return table(title, columns + ratios, rows)


def everyday_training(repeats: int, with_keras: bool) -> str:
    rows = []
    for name, case in everyday.cases().items():
        epochs = {"plain": everyday.plain_epoch(case), "ours": everyday.keras_epoch(case, measure.package("ours"))}
        if with_keras:
            epochs["keras"] = everyday.keras_epoch(case, measure.package("keras"))
        times = measure.medians(epochs, repeats)
        row = [name, *(f"{seconds * 1e3:.1f}" for seconds in times.values())]
        rows.append([*row, *(f"{times[who] / times['plain']:.2f}" for who in epochs if who != "plain")])
    columns = ["milliseconds an epoch", "plain PyTorch", "torchkeras_compat", *(["Keras 3"] if with_keras else [])]
    ratios = ["torchkeras_compat / plain", *(["Keras 3 / plain"] if with_keras else [])]
    title = "With two metrics, class weights, validation and callbacks"
    return table(title, columns + ratios, rows)


def compiling(repeats: int) -> str:
    rows = []
    for name in compiled.NAMES:
        case = CASES[name]
        steps = -(-len(case.data()[0]) // case.batch)
        plain_start, plain, ours_start, ours = compiled.figures(name, repeats)
        times = [f"{plain_start:.1f}", f"{ours_start:.1f}", f"{plain / steps * 1e3:.3f}", f"{ours / steps * 1e3:.3f}"]
        rows.append([name, *times, f"{ours / plain:.2f}"])
    columns = [
        "",
        "compiling plain, s",
        "compiling ours, s",
        "a step of plain, ms",
        "a step of ours, ms",
        "ours / plain",
    ]
    return table("Compiled: `torch.compile` and `jit_compile=True`", columns, rows)


def whole_applications(repeats: int, with_keras: bool) -> str:
    page = training(applications.cases(), repeats, with_keras, "A training step of an application") + "\n"
    rows, building = [], []
    everybody = ["ours", *(["keras"] if with_keras else [])]
    for name in ("MobileNetV2", "ResNet50"):
        times = applications.predictions(name, with_keras, repeats)
        ratios = [f"{seconds / times[0]:.2f}" for seconds in times[1:]]
        rows.append([f"{name}, {applications.BATCH} images", *(f"{seconds * 1e3:.1f}" for seconds in times), *ratios])
    for name in ("ResNet50", "DenseNet201"):
        building.append([name, *(f"{applications.seconds_to_build(name, who):.2f}" for who in everybody)])
    known = ["torchkeras_compat", *(["Keras 3"] if with_keras else [])]
    columns = ["milliseconds", "plain PyTorch", *known, *(f"{who} / plain" for who in known)]
    page += table("`predict` of an application", columns, rows) + "\n"
    return page + table("Building an application", ["seconds", *known], building) + "\n"


def augmenting(repeats: int, with_keras: bool) -> str:
    rows = []
    for name in augmentation.NAMES:
        rates = augmentation.images_per_second(name, repeats, with_keras)
        theirs = [rates.get(who) for who in ("keras", "torchvision")]
        shown = ["" if x is None else f"{x:.0f}" for x in theirs]
        rows.append(
            [name, f"{rates['ours']:.0f}", *shown, *("" if x is None else f"{rates['ours'] / x:.1f}" for x in theirs)]
        )
    columns = ["images per second", "torchkeras_compat", "Keras 3", "torchvision", "ours / Keras", "ours / torchvision"]
    return table(
        f"Augmentation: {augmentation.BATCH} images of {augmentation.SIZE} x {augmentation.SIZE}", columns, rows
    )


def saving_and_loading(repeats: int, with_keras: bool) -> str:
    rows = []
    everybody = ("ours", "keras") if with_keras else ("ours",)
    with tempfile.TemporaryDirectory() as folder:
        for name in files.NAMES:
            for ending in files.FORMATS:
                for action, *medians in files.in_turns(name, ending, folder, repeats, everybody):
                    row = [f"{name}: {action} `.{ending}`"]
                    for key, digits in (("seconds", 2), ("processor", 2), ("memory", 0)):
                        row += [f"{figures[key]:.{digits}f}" for figures in medians]
                    rows.append(row)
                    print(row, flush=True)
    known = ["torchkeras_compat", *(["Keras 3"] if with_keras else [])]
    columns = [f"{who}, {what}" for what in ("s", "s of the processor", "MiB more at the peak") for who in known]
    return table("Files of models", ["", *columns], rows)


def prediction(with_keras: bool) -> str:
    case = next(iter(CASES.values()))
    x, _ = case.data()
    row = ["`predict` of one sample, network of the notes"]
    for who in ["ours", *(["keras"] if with_keras else [])]:
        model = case.keras(measure.package(who))
        measure.prediction(model, x, 20)
        row.append(f"{measure.prediction(model, x) * 1e3:.3f}")
    return table("A prediction", ["milliseconds", "torchkeras_compat", *(["Keras 3"] if with_keras else [])], [row])


def imports() -> str:
    times = measure.import_times(7)
    row = ["import", f"{times['torch']:.2f}", f"+{times['torchkeras_compat']:.3f}"]
    return table("Start", ["seconds", "torch", "torchkeras_compat, above torch"], [row])


def memory(names: list[str]) -> str:
    rows = []
    for name in names:
        plain, ours = (measure.peak_memory(name, who) for who in ("plain", "ours"))
        rows.append([name, f"{plain:.0f}", f"{ours:.0f}", f"{ours / plain:.2f}"])
    return table("Peak memory", ["MiB that training adds", "plain PyTorch", "torchkeras_compat", "ratio"], rows)


if __name__ == "__main__":
    main()
