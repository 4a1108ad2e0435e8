"""Words of `StringLookup`, `IntegerLookup` and `TextVectorization` in configs, of formats without a place for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LOOKUPS = ("IntegerLookup", "StringLookup", "TextVectorization")


def settings_of_lookups(config: Any) -> Iterator[dict[str, Any]]:
    """Yield the settings of the layers that look up words, in nested models, too.

    Args:
        config: Config of a model or layer.

    Example:
        >>> layer = {"class_name": "StringLookup", "config": {"name": "words", "vocabulary": None}}
        >>> list(settings_of_lookups({"class_name": "Sequential", "config": {"layers": [layer]}}))
        [{'name': 'words', 'vocabulary': None}]
    """
    if isinstance(config, dict):
        settings = config.get("config")
        if config.get("class_name") in LOOKUPS and isinstance(settings, dict):
            yield settings
    for value in config.values() if isinstance(config, dict) else config if isinstance(config, list) else ():
        yield from settings_of_lookups(value)


def give_learned_words(config: dict[str, Any], model: Any) -> None:
    """Put words that layers learned by ``adapt`` into their configs, as if they had been given to the constructor.

    Args:
        config: Config of the model, which is changed.
        model: The model.

    Example:
        >>> from torchkeras_compat import Input, Sequential
        >>> from torchkeras_compat.layers import StringLookup
        >>> layer = StringLookup(name="words")
        >>> model, config = Sequential([Input((1,), dtype="string"), layer]), {"class_name": "StringLookup"}
        >>> layer.adapt(["a", "b", "a"])
        >>> config["config"] = layer.get_config()
        >>> give_learned_words(config, model)
        >>> config["config"]["vocabulary"]
        ['[UNK]', 'a', 'b']
    """
    without = [settings for settings in settings_of_lookups(config) if settings.get("vocabulary") is None]
    layers = {layer.name: layer for layer in model._flatten_layers() if type(layer).__name__ in LOOKUPS}
    for settings in without:
        layer = layers.get(settings.get("name"))
        lookup = getattr(layer, "_lookup_layer", layer)
        if lookup is not None and lookup._words is not None:
            settings["vocabulary"] = lookup.get_vocabulary()
            if lookup._idf is not None:
                settings["idf_weights"] = lookup._idf.tolist()
