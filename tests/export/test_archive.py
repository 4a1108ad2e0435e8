"""Archives with several functions, run by torch alone. Oracle: the functions themselves."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch
from torch.export.pt2_archive._package import load_pt2

import torchkeras_compat as ours
from tests.export.models_of_all_kinds import several, stack
from torchkeras_compat import layers
from torchkeras_compat.export import ExportArchive

THREE = [ours.InputSpec(shape=(None, 3))]


def model():
    return stack(ours.Input((3,)), layers.Dense(4, "relu"), layers.Dropout(0.5), layers.Dense(2))


def run(path, name):
    return load_pt2(path).exported_programs[name].module()


def test_endpoints_compute_what_the_functions_do(tmp_path, capsys):
    net, path, x = model(), tmp_path / "a.pt2", torch.rand(5, 3)
    archive = ExportArchive()
    archive.track(net)
    serve = archive.add_endpoint("serve", net.call, THREE)
    archive.add_endpoint("scaled", lambda x, y: {"sum": net(x) * 2 + y}, [(None, 3), (None, 1)])
    archive.add_endpoint("chained", lambda x: serve(x) + 1, THREE, jit_compile=True)
    archive.write_out(path)
    expected = net(x, training=False).detach()
    torch.testing.assert_close(torch.export.load(path).module()(x), expected)  # the first endpoint
    torch.testing.assert_close(run(path, "serve")(x), expected)
    torch.testing.assert_close(run(path, "scaled")(x, torch.ones(5, 1))["sum"], expected * 2 + 1)
    torch.testing.assert_close(run(path, "chained")(x), expected + 1)
    torch.testing.assert_close(serve(x), expected)
    said = capsys.readouterr().out
    assert "* Endpoint 'scaled'\n    input_0: (None, 3), float32\n    input_1: (None, 1), float32" in said


def test_weights_are_those_of_the_time_of_writing(tmp_path):
    net = model()
    archive = ExportArchive()
    archive.track_and_add_endpoint("serve", net)
    net.set_weights([w * 0 + 1 for w in net.get_weights()])
    archive.write_out(tmp_path / "a.pt2", verbose=False)
    x = torch.rand(5, 3)
    torch.testing.assert_close(run(tmp_path / "a.pt2", "serve")(x), net(x, training=False).detach())


def test_modules_are_found_without_tracking():
    net = model()

    def function(x):
        return net(x)

    for fn in (
        net,
        net.call,
        net.__call__,
        function,
        functools.partial(net.call, training=False),
        lambda x: function(x),
    ):
        archive = ExportArchive()
        endpoint = archive.add_endpoint("serve", fn, THREE)
        in_state = len(endpoint.program().state_dict)
        assert in_state == 4 or fn.__name__ == "<lambda>", fn


def test_a_training_endpoint_drops_out(tmp_path):
    net = stack(ours.Input((1000,)), layers.Dropout(0.5))
    archive = ExportArchive()
    archive.add_endpoint("call_inference", lambda x: net.call(x, training=False), [(None, 1000)])
    archive.add_endpoint("call_training", lambda x: net.call(x, training=True), [(None, 1000)])
    archive.write_out(tmp_path / "a.pt2", verbose=False)
    x = torch.ones(1, 1000)
    assert float((run(tmp_path / "a.pt2", "call_training")(x) == 0).float().mean()) == pytest.approx(0.5, abs=0.1)
    torch.testing.assert_close(run(tmp_path / "a.pt2", "call_inference")(x), x)


def test_variables_and_collections(tmp_path):
    net = model()
    net.compile("adam", "mse")
    net.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    archive = ExportArchive()
    assert archive.variables == []
    archive.track(net)
    archive.track(net)
    assert [v.path for v in archive.variables] == [v.path for v in net.variables]
    assert len(archive.trainable_variables) == 4
    assert archive.non_trainable_variables == net.non_trainable_variables
    archive.add_endpoint("serve", net.call, THREE)
    archive.add_variable_collection("optimizer_variables", net.optimizer.variables)
    archive.write_out(tmp_path / "a.pt2", verbose=False)
    found = run(tmp_path / "a.pt2", "optimizer_variables")()
    for value, variable in zip(found, net.optimizer.variables, strict=True):
        np.testing.assert_array_equal(value.numpy(), variable.numpy())


def test_a_torch_module_is_a_resource():
    module = torch.nn.Linear(3, 2)
    archive = ExportArchive()
    archive.track(module)
    assert len(archive.variables) == len(archive.trainable_variables) == 2
    archive.add_endpoint("serve", module, THREE)


def test_several_inputs_come_as_one_argument(tmp_path):
    net = several()
    archive = ExportArchive()
    archive.add_endpoint("serve", net.call, [[(None, 3), (None, 4)]])
    archive.write_out(tmp_path / "a.pt2", verbose=False)
    data = [torch.rand(5, 3), torch.rand(5, 4)]
    torch.testing.assert_close(run(tmp_path / "a.pt2", "serve")(data), [y.detach() for y in net(data)])


def test_onnx_holds_one_endpoint(tmp_path):
    net = model()
    archive = ExportArchive()
    archive.add_endpoint("serve", net.call, THREE)
    archive.add_endpoint("other", net.call, THREE)
    with pytest.raises(ValueError, match=r"holds one function.*\['serve', 'other'\]"):
        archive.write_out(tmp_path / "a.onnx")
    pytest.importorskip("onnxscript")
    runtime = pytest.importorskip("onnxruntime")
    archive = ExportArchive()
    archive.add_endpoint("serve", lambda x: net(x) * 3, [ours.InputSpec(shape=(None, 3), name="x")])
    archive.write_out(tmp_path / "a.onnx", verbose=False)
    x = np.ones((4, 3), "float32")
    found = runtime.InferenceSession(tmp_path / "a.onnx", providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
    np.testing.assert_allclose(found, net.predict(x, verbose=0) * 3, atol=1e-5)


def test_a_saved_model_holds_models_only(tmp_path, monkeypatch):
    monkeypatch.setattr("torchkeras_compat.export.saved_model_format.is_installed", lambda _: True)
    archive = ExportArchive()
    archive.add_endpoint("double", lambda x: x * 2, THREE)
    with pytest.raises(ValueError, match="Endpoint 'double' is a function of its own"):
        archive.write_out(tmp_path / "a")
    archive = ExportArchive()
    archive.add_endpoint("serve", model(), THREE)
    archive.add_variable_collection("others", [ours.Variable(1.0)])
    with pytest.raises(ValueError, match="'others' has the variable 'variable'"):
        archive.write_out(tmp_path / "a")


def test_what_does_not_fit_is_refused(tmp_path):
    archive, net = ExportArchive(), model()
    with pytest.raises(ValueError, match="No endpoints"):
        archive.write_out(tmp_path / "a.pt2")
    with pytest.raises(ValueError, match="has not yet been built"):
        archive.track(ours.Sequential([layers.Dense(2)]))
    with pytest.raises(ValueError, match="Invalid resource type.*'x' of type str"):
        archive.track("x")
    with pytest.raises(ValueError, match="pass `input_signature`"):
        archive.add_endpoint("serve", lambda x: x)
    with pytest.raises(ValueError, match="name='a b'"):
        archive.add_endpoint("a b", net, THREE)
    with pytest.raises(ValueError, match="`is_static` is for functions of JAX"):
        archive.add_endpoint("serve", net, THREE, is_static=True)
    with pytest.raises(ValueError, match=r"Unrecognized keyword.*\['speed'\]"):
        archive.add_endpoint("serve", net, THREE, speed=1)
    with pytest.raises(ValueError, match="fn=3"):
        archive.add_endpoint("serve", 3, THREE)
    archive.add_endpoint("serve", net, THREE)
    with pytest.raises(ValueError, match="'serve' is already taken"):
        archive.add_endpoint("serve", net, THREE)
    with pytest.raises(ValueError, match="'serve' is already taken"):
        archive.add_variable_collection("serve", [])
    with pytest.raises(ValueError, match="list/tuple/set.*'int'"):
        archive.add_variable_collection("v", 3)
    with pytest.raises(ValueError, match=r"types: \['int'\]"):
        archive.add_variable_collection("v", [3])
    with pytest.raises(ValueError, match="`options` is not supported"):
        archive.write_out(tmp_path / "a.pt2", options=1)
    with pytest.raises(ValueError, match="Unsupported format: 'zip'"):
        ExportArchive(format="zip")
    with pytest.raises(NotImplementedError, match="neptune_model"):
        ExportArchive(format="neptune_model")
    assert not list(tmp_path.iterdir())
