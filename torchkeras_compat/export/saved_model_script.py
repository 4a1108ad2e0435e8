"""Run by Keras on TensorFlow, in a process without this package: `.keras` files to a SavedModel."""

from __future__ import annotations

import functools
import json
import sys
from typing import Any

if __name__ == "__main__":
    import keras

    def spec_of(described: Any) -> Any:
        """Return the nested `InputSpec`s that the request describes."""
        if isinstance(described, list):
            return [spec_of(part) for part in described]
        if "entries" in described:
            return {key: spec_of(part) for key, part in described["entries"].items()}
        return keras.InputSpec(described["dtype"], tuple(described["shape"]), name=described["name"])

    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    models = [keras.saving.load_model(path, compile=False) for path in request["models"]]
    archive = keras.export.ExportArchive()
    for model in models:
        archive.track(model)
    for endpoint in request["endpoints"]:
        call = models[endpoint["model"]].__call__
        if endpoint["training"] is not None:
            call = functools.partial(call, training=endpoint["training"])
        archive.add_endpoint(endpoint["name"], call, [spec_of(part) for part in endpoint["signature"]])
    for name, places in request["collections"].items():
        archive.add_variable_collection(name, [models[model].variables[i].value for model, i in places])
    archive.write_out(request["output"], verbose=False)
