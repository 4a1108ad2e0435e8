"""Config: named values."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from torchkeras_compat.utils.config import Config


def test_values_are_attributes_and_items():
    config = Config(rate=0.1)
    config.seed = 3
    config["name"] = "a"
    assert (config.rate, config["seed"], config.name, len(config)) == (0.1, 3, "a", 3)
    assert list(config) == list(config.keys()) == ["rate", "seed", "name"]
    assert "seed" in config and "other" not in config
    assert json.loads(config.to_json()) == config.as_dict() == dict(config.items())
    assert list(config.values()) == [0.1, 3, "a"]
    assert (config.get("other"), config.get("other", 5), config.pop("seed"), config.pop("seed", 9)) == (None, 5, 3, 9)
    del config.name
    del config["rate"]
    config.update({"a": 1}, Config(b=2), c=3)
    assert repr(config) == "<Config {'a': 1, 'b': 2, 'c': 3}>"


def test_a_missing_name_offers_the_nearest():
    config = Config(learning_rate=0.1)
    with pytest.raises(AttributeError, match=r"'learning_rat'. Did you mean 'learning_rate'\?"):
        config.learning_rat  # noqa: B018
    with pytest.raises(AttributeError, match="'other'"):
        del config.other
    with pytest.raises(KeyError, match="other"):
        config["other"]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: setattr(c, "a", 2),
        lambda c: c.__setitem__("a", 2),
        lambda c: c.pop("a"),
        lambda c: c.update(b=1),
        lambda c: delattr(c, "a"),
        lambda c: c.__delitem__("a"),
    ],
)
def test_a_frozen_config_refuses_changes(change):
    config = Config(a=1)
    config.freeze()
    assert config.frozen
    with pytest.raises(ValueError, match="frozen"):
        change(config)
    assert config.as_dict() == {"a": 1}
    config.unfreeze()
    change(config)
    assert not config.frozen


def test_copies_and_pickles_are_independent():
    config = Config(a=[1])
    config.freeze()
    for other in (copy.deepcopy(config), pickle.loads(pickle.dumps(config))):
        assert other.as_dict() == {"a": [1]} and other.frozen
        other.unfreeze()
        other.a.append(2)
    assert config.a == [1] and config.frozen
