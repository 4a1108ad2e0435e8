"""Policies by name and by path, beside real Keras."""

from __future__ import annotations

import copy
import pickle

import pytest

from torchkeras_compat import config, dtype_policies, layers, models
from torchkeras_compat.dtypes.identifiers import set_dtype_policy

NAMES = ["float32", "float64", "bfloat16", "float16", "mixed_bfloat16", "mixed_float16", "int32"]
QUANTIZED = ["int8_from_float32", "float8_from_mixed_float16", "int4_from_bfloat16"]
SPELLED = ["int4/128_from_float32", "gptq/4/128_from_mixed_bfloat16", "awq/4/-1_from_float32"]


@pytest.fixture(autouse=True)
def the_policy_before():
    before = config.dtype_policy()
    yield
    set_dtype_policy(before)


@pytest.mark.parametrize("name", [*NAMES, *QUANTIZED, *SPELLED])
def test_policies_are_those_of_keras(real_keras, name):
    mine, other = dtype_policies.get(name), real_keras.dtype_policies.get(name)
    for attribute in ("name", "compute_dtype", "variable_dtype", "quantization_mode"):
        assert getattr(mine, attribute) == getattr(other, attribute)
    assert repr(mine) == repr(other)
    assert dtype_policies.serialize(mine) == real_keras.dtype_policies.serialize(other)
    for again in (
        dtype_policies.deserialize(dtype_policies.serialize(mine)),
        pickle.loads(pickle.dumps(mine)),
        copy.deepcopy(mine),
    ):
        assert again == mine and hash(again) == hash(mine)
    assert mine != dtype_policies.get("uint8")


def test_maps_find_the_policy_of_a_path():
    policies = dtype_policies.DTypePolicyMap("float16", {"a/.*": "bfloat16", "a/b": "float64"})
    assert [policies[path].name for path in ("a/b", "a/c", "d")] == ["float64", "bfloat16", "float16"]
    assert "a/b" in policies and "d" not in policies and len(policies) == 2
    again = dtype_policies.deserialize(dtype_policies.serialize(policies))
    assert dict(again) == dict(policies) and again.default_policy == policies.default_policy
    policies["a/c.*"] = "float32"
    with pytest.raises(ValueError, match="'a/cc' matches multiple"):
        policies["a/cc"]
    with pytest.raises(ValueError, match="a/b already exist"):
        policies["a/b"] = "float32"
    assert policies.pop("a/b").name == "float64"
    with pytest.raises(ValueError, match="assigned value"):
        policies["e"] = 3


def test_a_map_without_default_follows_the_global_policy(real_keras):
    def stored(space) -> dict:
        policies = space.DTypePolicyMap()
        policies["a"] = space.DTypePolicy("bfloat16")
        policies["b"] = space.QuantizedDTypePolicy("int8", "float32")
        return policies.get_config()

    assert stored(dtype_policies) == stored(real_keras.dtype_policies)
    saved = stored(dtype_policies)
    set_dtype_policy("mixed_bfloat16")
    again = dtype_policies.DTypePolicyMap.from_config(saved)
    assert [again[path].name for path in "abc"] == ["mixed_bfloat16", "int8_from_mixed_bfloat16", "mixed_bfloat16"]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: dtype_policies.get(3), ValueError, "dtype=3"),
        (lambda: dtype_policies.get("int8_abc"), ValueError, "policy=int8_abc"),
        (lambda: dtype_policies.DTypePolicyMap(policy_map=3), TypeError, "policy_map=3"),
        (lambda: dtype_policies.DTypePolicyMap(dtype_policies.DTypePolicyMap()), ValueError, "cannot be"),
        (lambda: dtype_policies.deserialize({"class_name": "X", "config": {}}), ValueError, "'X'"),
    ],
)
def test_bad_names_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_map_may_be_the_global_policy(real_keras):
    seen = []
    for K in (dtype_policies, real_keras.dtype_policies):
        policies = K.DTypePolicyMap(K.DTypePolicy("float32"), {"a": K.DTypePolicy("mixed_bfloat16")})
        assert isinstance(policies, K.DTypePolicy)
        seen.append([getattr(policies, n) for n in ("name", "compute_dtype", "variable_dtype", "quantization_mode")])
    assert seen[0] == seen[1]
    policies = dtype_policies.DTypePolicyMap("float64", {".*/a": "mixed_bfloat16", "b": "float16"})
    config.set_dtype_policy(policies)
    assert config.dtype_policy() is policies
    assert dtype_policies.DTypePolicy().name == "float64"
    model = models.Sequential([layers.Input((2,)), layers.Dense(1, name="a"), layers.Dense(1, name="b")], name="m")
    assert [x.compute_dtype for x in model.layers] == ["bfloat16", "float64"]
    assert layers.Dense(1, name="b").compute_dtype == "float16"
    without_default = dtype_policies.DTypePolicyMap()
    assert without_default.compute_dtype == "float64"
    config.set_dtype_policy(without_default)
    assert without_default.compute_dtype == config.floatx()


def test_files_keep_the_policies_that_a_map_chose(real_keras, tmp_path):
    policies = dtype_policies.DTypePolicyMap("float32", {"m/.*": "mixed_bfloat16"})
    model = models.Sequential([layers.Input((2,)), layers.Dense(1, dtype=policies)], name="m")
    model.save(tmp_path / "m.keras")
    for K in (models, real_keras.models):
        assert K.load_model(tmp_path / "m.keras").layers[0].compute_dtype == "bfloat16"


@pytest.mark.parametrize("config", [5, [], {"class_name": ["a"]}, {"class_name": "DTypePolicy"}, {"config": {}}])
def test_a_config_that_describes_no_policy_is_refused(config):
    with pytest.raises(ValueError, match="of a dtype policy is a dict"):
        dtype_policies.deserialize(config)
