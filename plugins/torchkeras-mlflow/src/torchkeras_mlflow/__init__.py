"""Experiment tracking and model logging with MLflow. MLflow itself is imported when it is first used."""

from __future__ import annotations

from torchkeras_mlflow.autologging import autolog
from torchkeras_mlflow.flavor import load_model, log_model, save_model
from torchkeras_mlflow.mlflow_callback import MlflowCallback

__all__ = ["MlflowCallback", "autolog", "load_model", "log_model", "save_model"]
