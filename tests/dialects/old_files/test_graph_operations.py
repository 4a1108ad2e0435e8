"""Operations of graphs in models of tf.keras 1.13 to 2.3, as functions of today.

`graph_operations.npz` holds models that tf.keras 2.15.1 saved without eager execution, which it writes as those did.
"""

from __future__ import annotations

import contextlib
import json
import resource

import pytest
import torch

import torchkeras_compat as keras
from tests.dialects.old_files.stored_models import check_outputs, model_json, specs_of, stored
from torchkeras_compat.errors import FileContentError

_CASES, _DATA = stored("graph_operations.npz")
_X = ("x", [4], "float32")


def _entry(name, op, attributes, constants, nodes):
    node = {"name": name, "op": op, "input": [], "attr": attributes}
    config = {"name": name, "trainable": True, "dtype": None, "node_def": node, "constants": constants}
    return {"class_name": "TensorFlowOpLayer", "config": config, "name": name, "inbound_nodes": nodes}


def _one(op, constants=None, **attributes):
    entry = _entry("f", op, attributes, constants, [[["x", 0, 0, {}]]])
    return model_json([_X], [entry], [["f", 0, 0]])


@pytest.mark.parametrize("case", _CASES, ids=[case[0] for case in _CASES])
def test_operations_give_the_numbers_of_tensorflow(case):
    _, names, layers, ends, *expected = case
    model = keras.models.model_from_json(model_json(specs_of(names, _DATA), [_entry(*layer) for layer in layers], ends))
    check_outputs(model, names, _DATA, *expected)


def test_constants_stand_where_the_file_says():
    x = torch.tensor([[1.0, 2.0, 4.0, 8.0]])
    for constants, expected in (({"0": 8.0}, [8.0, 4.0, 2.0, 1.0]), ({"1": 2.0}, [0.5, 1.0, 2.0, 4.0])):
        model = keras.models.model_from_json(_one("RealDiv", constants, T={"type": "DT_FLOAT"}))
        assert model(x).tolist() == [expected]
    with pytest.raises(FileContentError, match="Layer 'f' of the file has a constant as input 7"):
        keras.models.model_from_json(_one("RealDiv", {"7": 2.0}))


@pytest.mark.parametrize("op", ["PyFunc", "ReadFile", "WriteFile", "StatelessWhile", "ReadVariableOp", "SaveV2", "__x"])
def test_operations_that_act_or_call_others_are_refused(op):
    with pytest.raises(FileContentError, match=f"Layer 'f' of the file is the operation `{op}`.*not known here"):
        keras.models.model_from_json(_one(op))


@pytest.mark.parametrize("constant", [{"class_name": "Lambda", "config": {}}, "text", [["a"]], {"a": 1}])
def test_constants_without_numbers_are_refused(constant):
    with pytest.raises(FileContentError, match="neither a number nor lists of numbers"):
        keras.models.model_from_json(_one("Mul", {"1": constant}))


def test_too_many_inputs_and_unreadable_settings_are_refused():
    with pytest.raises(FileContentError, match="with 9 inputs"):
        keras.models.model_from_json(_one("Mul", {str(i): 1.0 for i in range(1, 9)}))
    with pytest.raises(FileContentError, match="setting `keep_dims` of the operation `Mean` of layer 'f'"):
        keras.models.model_from_json(_one("Mean", {"1": 1}, keep_dims={"shape": {}}))


@pytest.mark.parametrize("size", [10**8, 10**12])
@pytest.mark.parametrize("op", ["Tile", "OneHot", "Pad", "BroadcastTo", "Fill"])
def test_sizes_allocate_nothing(op, size):
    constants = {"Tile": {"1": [1, size]}, "OneHot": {"1": size}, "Pad": {"1": [[0, 0], [size, size]]}}
    constants |= {"BroadcastTo": {"1": [size, 1, 4]}, "Fill": {"0": [size, size]}}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(FileContentError):
        keras.models.model_from_json(_one(op, constants[op]))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_layers_keep_their_names():
    entry = _entry("tf_op_layer_mul", "Mul", {}, {"1": 2.0}, [[["x", 0, 0, {}]]])
    model = keras.models.model_from_json(model_json([_X], [entry], [["tf_op_layer_mul", 0, 0]]))
    assert model.get_layer("tf_op_layer_mul").output.shape == (None, 4)
    assert [e["class_name"] for e in model.get_config()["layers"]] == ["InputLayer", "Multiply"]
    assert json.loads(model.to_json())["config"]["layers"][1]["name"] == "tf_op_layer_mul"


@pytest.mark.parametrize("empty", [[], {"class_name": "__numpy__", "config": {"value": [], "dtype": "int32"}}])
def test_constants_without_elements_have_a_dtype(empty):
    size = _entry("s", "Shape", {}, {}, [[["x", 0, 0, {}]]])
    joined = _entry("f", "ConcatV2", {"T": {"type": "DT_INT32"}}, {"0": empty, "2": 0}, [[["s", 0, 0, {}]]])
    model = keras.models.model_from_json(model_json([_X], [size, joined], [["f", 0, 0]]))
    assert model(torch.zeros(3, 4)).tolist() == [3, 4]
