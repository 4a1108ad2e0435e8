from .model import Model as Model, model_from_json as model_from_json
from .sequential import Sequential as Sequential

__all__ = [
    "Model",
    "Sequential",
    "model_from_json",
]
