"""``tox -e plugin``: a plugin from ``plugins new`` to a saved model, with wheels in an environment of their own.

Runs where the wheel of the core is installed and nothing of this repository is on the path: writes a plugin, builds and
installs its wheel, uses its names in one process, loads the file in another, and validates it with the testing kit.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TRAIN = """\
import numpy as np
import torchkeras_compat as keras

assert "site-packages" in keras.__file__, keras.__file__
keras.utils.set_random_seed(0)
x = np.random.normal(size=(64, 4)).astype("float32")
y = x.sum(1, keepdims=True)
model = keras.Sequential([keras.Input((4,)), keras.layers.SparkleGate(sharpness=2.0), keras.layers.Dense(1)])
model.compile("adam", loss="sparkle_pinball")
losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
assert losses[-1] < losses[0], losses
model.save("model.keras")
np.savez("data.npz", x=x, y=y, predictions=model.predict(x, verbose=0))
print("trained: loss", *(f"{loss:.4f}" for loss in losses))
"""
LOAD = """\
import numpy as np
import torchkeras_compat as keras

data = np.load("data.npz")
model = keras.models.load_model("model.keras")
np.testing.assert_array_equal(model.predict(data["x"], verbose=0), data["predictions"])
print("loaded:", *(type(layer).__name__ for layer in model.layers), model.loss)
model.fit(data["x"], data["y"], verbose=0)
"""
LOAD_WITHOUT = """\
import torchkeras_compat as keras

try:
    keras.models.load_model("model.keras")
except ValueError as error:
    assert "pip install torchkeras-sparkle" in str(error), error
    print("refused without the plugin:", str(error).partition("The file uses ")[2])
else:
    raise SystemExit("the file loads without its plugin")
"""


def run(*command: str, folder: Path) -> str:
    """Run a command, show what it prints, and return that; stop at a failure."""
    print("$", *(word if "\n" not in word else "..." for word in command), flush=True)
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout, flush=True)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def main() -> None:
    """Go all the way in a temporary folder."""
    python, command = sys.executable, str(Path(sys.executable).with_name("torchkeras-compat"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(command, "plugins", "new", "sparkle", folder=folder)
        source = str(folder / "torchkeras-sparkle")
        run(python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", "dist", source, folder=folder)
        (wheel,) = (folder / "dist").glob("torchkeras_sparkle-*.whl")
        run(python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", str(wheel), folder=folder)
        try:
            run(command, "plugins", "list", folder=folder)
            run(python, "-c", TRAIN, folder=folder)
            run(python, "-c", LOAD, folder=folder)
            validated = run(python, "-m", "pytest", "--torchkeras-plugin", "sparkle", folder=folder)
            assert " passed" in validated and "failed" not in validated
        finally:
            run(python, "-m", "pip", "uninstall", "-q", "-y", "torchkeras-sparkle", folder=folder)
        run(python, "-c", LOAD_WITHOUT, folder=folder)


if __name__ == "__main__":
    main()
