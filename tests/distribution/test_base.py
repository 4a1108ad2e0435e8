"""What every distribution has: scopes, the layout of data, parts of datasets."""

from __future__ import annotations

from unittest import mock

import pytest

from torchkeras_compat import Variable
from torchkeras_compat.distribution import DeviceMesh, TensorLayout, distribution
from torchkeras_compat.distribution.base import Distribution


def test_scopes_nest(one: DeviceMesh) -> None:
    first, second = Distribution(one), Distribution(one)
    with first.scope():
        with pytest.raises(KeyError), second.scope():
            assert distribution() is second
            raise KeyError
        assert distribution() is first
    assert distribution() is None


def test_the_first_axis_of_data_is_split(mesh: DeviceMesh) -> None:
    found = Distribution(mesh, "data").get_data_layout((4, None, 2))
    assert (found.axes, found.device_mesh) == (("data", None, None), mesh)
    assert Distribution(mesh, "data").get_data_layout(()).axes == ()


def test_a_layout_attached_to_a_variable_wins(mesh: DeviceMesh) -> None:
    own = TensorLayout(["x"], DeviceMesh((1,), ["x"], ["cpu:0"]))
    variable = Variable([1.0, 2.0], layout=own)
    assert Distribution(mesh).get_variable_layout(variable) is own
    assert Distribution(mesh).get_variable_layout(Variable([1.0, 2.0])).axes == (None,)
    assert "layout=('x',)" in repr(variable)
    with pytest.raises(ValueError, match=r"names 1 axes, \('x',\), but its shape is \(\)"):
        Variable(1.0, layout=own)


@pytest.mark.parametrize(
    ("replicas", "processes", "parts"), [(8, 4, [0, 1, 2, 3]), (2, 4, [0, 0, 1, 1]), (1, 2, [0, 0])]
)
def test_processes_of_one_copy_read_the_same(replicas: int, processes: int, parts: list[int]) -> None:
    mesh = DeviceMesh((replicas,), ["data"], ["cpu:0"] * replicas)
    where = "torchkeras_compat.distribution.base"
    with mock.patch(f"{where}.process_count", return_value=processes):
        found = []
        for index in range(processes):
            with mock.patch(f"{where}.process_index", return_value=index):
                found.append(Distribution(mesh, "data").data_shard_id)
    assert found == parts


def test_a_dataset_is_shared_out_by_torch(mesh: DeviceMesh) -> None:
    data = [1, 2, 3]
    assert Distribution(mesh).distribute_dataset(data) is data
    assert Distribution(mesh).distribute_tf_dataset(data) is data
    with mock.patch("torchkeras_compat.distribution.base.process_count", return_value=2):
        with pytest.raises(NotImplementedError, match=r"list is not supported for auto-sharding.*DistributedSampler"):
            Distribution(mesh).distribute_dataset(data)
        assert Distribution(mesh, auto_shard_dataset=False).distribute_dataset(data) is data


def test_wrong_arguments_are_refused(mesh: DeviceMesh) -> None:
    with pytest.raises(TypeError, match="must be a DeviceMesh. Received: 3"):
        Distribution(3)
    with pytest.raises(ValueError, match=r"one of \['data', 'model'\]. Received: 'rows'"):
        Distribution(mesh, "rows")
