"""The section of layers of images."""

from __future__ import annotations

from ..augmentation import ARGUMENTS, BATCH, SIZE
from ..bench import Bench
from ..engines.table import ENGINES
from ..measurement import Measurement
from ..spread import spread
from ..tables import NOTHING, engines_of, section, table


def augmentation(bench: Bench) -> str:
    """Images per second of each layer; the plain column is torchvision's, one image at a time."""
    rows = []
    for name in list(ARGUMENTS)[:3] if bench.quick else ARGUMENTS:
        if bench.wanted(name):
            found = bench.living(Measurement("augment", {"name": name, "batch": BATCH}))
            rows.append((name, {who: [BATCH / each["seconds"] for each in rounds] for who, rounds in found.items()}))
    names = engines_of(rows)
    titles = ["torchvision" if name == "torch" else ENGINES[name].title for name in names]
    cells = [
        [name, *(spread(values[who]).text(0) if who in values else NOTHING for who in names)] for name, values in rows
    ]
    shown = table(["images per second", *titles], cells) if names else ""
    return section(f"Augmentation: {BATCH} images of {SIZE} x {SIZE}", shown)
