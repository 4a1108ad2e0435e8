"""Models in MLflow's format, as the flavor ``torchkeras_compat``: one `.keras` file and what describes it."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from torchkeras_compat.saving import load_model as load_keras_model
from torchkeras_mlflow.keras_file import packages_of, plugins_of
from torchkeras_mlflow.pyfunc_model import PyfuncModel

FLAVOR = "torchkeras_compat"
LOADER = "torchkeras_mlflow.pyfunc_model"
DATA = "data/model.keras"


def save_model(
    model: Any,
    path: str | os.PathLike[str],
    *,
    mlflow_model: Any = None,
    signature: Any = None,
    input_example: Any = None,
    pip_requirements: Sequence[str] | str | None = None,
    extra_pip_requirements: Sequence[str] | str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Write a model into a new folder in MLflow's format.

    Args:
        model: Model, or the name of a `.keras` file.
        path: Folder, which must not exist or be empty.
        mlflow_model: ``mlflow.models.Model`` to fill in; MLflow gives it when it logs.
        signature: ``mlflow.models.ModelSignature``: what inputs must look like, which MLflow then insists on; None for
            that of ``input_example``, if there is one.
        input_example: Input of ``predict``, an array, a DataFrame or a dict of arrays, to be kept with the model.
        pip_requirements: What an environment needs, in place of what is found: this package, PyTorch, and the packages
            of the plugins whose objects the model has, each in the version installed.
        extra_pip_requirements: What it needs beyond that.
        metadata: Anything to keep with the model.

    Raises:
        FileExistsError: there is something in the folder.
        TypeError: ``model`` is neither a model nor the name of a file.
        ValueError: the name of the file does not end in ``.keras``.
        FileNotFoundError: there is no such file.
    """
    import yaml
    from mlflow.models import Model, infer_signature
    from mlflow.models.model import MLMODEL_FILE_NAME
    from mlflow.models.utils import _save_example
    from mlflow.utils.environment import _process_pip_requirements, _PythonEnv

    folder = Path(path)
    _check(model)
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{str(folder)!r} is not empty. Choose a new folder for the model.")
    mlflow_model = Model() if mlflow_model is None else mlflow_model
    file = folder / DATA
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(model, (str, os.PathLike)):
        shutil.copyfile(model, file)
    else:
        model.save(file)
    if input_example is not None:
        _save_example(mlflow_model, input_example, str(folder))
        if signature is None:
            loaded = load_keras_model(file, compile=False) if isinstance(model, (str, os.PathLike)) else model
            signature = infer_signature(input_example, PyfuncModel(loaded).predict(input_example))
    if signature is not None:
        mlflow_model.signature = signature
    if metadata is not None:
        mlflow_model.metadata = dict(metadata)
    versions = {f"{name}_version": version(name.replace("_", "-")) for name in ("torchkeras_compat", "torch")}
    mlflow_model.add_flavor(FLAVOR, data=DATA, plugins=plugins_of(file), **versions)
    _pyfunc().add_to_model(
        mlflow_model, loader_module=LOADER, data=DATA, conda_env="conda.yaml", python_env="python_env.yaml"
    )
    mlflow_model.save(str(folder / MLMODEL_FILE_NAME))
    conda, needed, constraints = _process_pip_requirements(packages_of(file), pip_requirements, extra_pip_requirements)
    (folder / "conda.yaml").write_text(yaml.safe_dump(conda, default_flow_style=False))
    (folder / "requirements.txt").write_text("\n".join(needed) + "\n")
    if constraints:
        (folder / "constraints.txt").write_text("\n".join(constraints) + "\n")
    _PythonEnv.current().to_yaml(str(folder / "python_env.yaml"))


def log_model(
    model: Any,
    name: str = "model",
    *,
    signature: Any = None,
    input_example: Any = None,
    registered_model_name: str | None = None,
    pip_requirements: Sequence[str] | str | None = None,
    extra_pip_requirements: Sequence[str] | str | None = None,
    metadata: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    run_id: str | None = None,
    step: int = 0,
    await_registration_for: int | None = 300,
) -> Any:
    """Log a model to MLflow.

    Args:
        model: Model, or the name of a `.keras` file.
        name: Name of the model in the run.
        signature: See :func:`save_model`, as for the arguments that follow.
        input_example: See there.
        registered_model_name: Registered model, made if there is none, to add it to as a version.
        pip_requirements: See there.
        extra_pip_requirements: See there.
        metadata: See there.
        params: Parameters of the model.
        tags: Tags of the model.
        run_id: Run it belongs to; None for the active one, if any.
        step: Epoch it is of: the metrics of the run at this step become those of the model, too.
        await_registration_for: Seconds to wait for the registered version to be ready; 0 not to wait.

    Returns:
        ``mlflow.models.model.ModelInfo``; its ``model_uri`` is what :func:`load_model` and
        ``mlflow.pyfunc.load_model`` take.

    Raises:
        TypeError: as :func:`save_model`; ``ValueError`` and ``FileNotFoundError`` too.
    """
    from mlflow.models import Model

    import torchkeras_mlflow.flavor as this_flavor

    _check(model)
    return Model.log(
        artifact_path=None,
        flavor=this_flavor,
        name=name,
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        run_id=run_id,
        params=params,
        tags=tags,
        step=step,
        model=model,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
    )


def load_model(
    model_uri: str,
    dst_path: str | None = None,
    *,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Return the model, as ``torchkeras_compat.saving.load_model`` does.

    Args:
        model_uri: ``"models:/NAME/1"``, ``"models:/NAME@ALIAS"``, ``"models:/m-..."``, ``"runs:/RUN/model"``, or a
            folder.
        dst_path: Existing folder to copy the model into; None for a temporary one.
        custom_objects: Classes and functions by name, for those that no plugin has.
        compile: Whether to compile it as it was.
        safe_mode: Whether to refuse lambdas, which could do anything.

    Raises:
        ValueError: the model is of another flavor; the file cannot be loaded without what the message names.
    """
    import mlflow
    from mlflow.models import Model

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=str(model_uri), dst_path=dst_path or temporary))
        flavors = Model.load(str(folder)).flavors
        if FLAVOR not in flavors:
            raise ValueError(
                f"{model_uri!r} holds no model of the flavor {FLAVOR!r}, but of {', '.join(sorted(flavors))}. Load it "
                "with the part of MLflow that wrote it, or with `mlflow.pyfunc.load_model`."
            )
        file = folder / flavors[FLAVOR]["data"]
        objects = None if custom_objects is None else dict(custom_objects)
        return load_keras_model(file, custom_objects=objects, compile=compile, safe_mode=safe_mode)


def _pyfunc() -> Any:
    """Import ``mlflow.pyfunc`` without the warning of MLflow's about a class of its own."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*Any type hint is inferred as AnyType")
        return importlib.import_module("mlflow.pyfunc")


def _check(model: Any) -> None:
    if isinstance(model, (str, os.PathLike)):
        if not os.fspath(model).endswith(".keras"):
            raise ValueError(f"The file of a model ends in `.keras`. Received: {os.fspath(model)!r}")
        if not os.path.isfile(model):
            raise FileNotFoundError(f"There is no file {os.fspath(model)!r}.")
    elif not (hasattr(model, "save") and hasattr(model, "predict")):
        raise TypeError(
            f"`model` must be a model of torchkeras_compat, or the name of its `.keras` file. Received: {model!r:.80} "
            f"of type {type(model).__name__}. For a plain `torch.nn.Module` there is `mlflow.pytorch`."
        )
