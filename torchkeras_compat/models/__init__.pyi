from ..saving.saving_and_loading import load_model as load_model, save_model as save_model
from .cloning import clone_model as clone_model
from .from_json import model_from_json as model_from_json
from .model import Model as Model
from .sequential import Sequential as Sequential

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]
