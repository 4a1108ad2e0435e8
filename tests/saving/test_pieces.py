import pytest
import torch

from torchkeras_compat.saving.pieces import PIECE, bytes_of, pieces

TENSORS = {
    "a row": torch.arange(700_000.0),
    "a matrix": torch.rand(3000, 200),
    "a permuted matrix": torch.rand(200, 3000).t(),
    "a kernel of a convolution": torch.rand(96, 64, 3, 3).to(memory_format=torch.channels_last).permute(2, 3, 1, 0),
    "a small one": torch.rand(2, 3, 4).permute(2, 0, 1),
    "a number": torch.tensor(3.0),
    "wide rows": torch.rand(2, 2, 300_000),
    "none": torch.rand(0, 3),
}


@pytest.mark.parametrize("name", TENSORS)
def test_pieces_follow_each_other_as_in_a_file(name):
    tensor = TENSORS[name]
    found = list(pieces(tensor))
    together = torch.cat([p.reshape(-1) for p in found]) if found else torch.empty(0)
    assert torch.equal(together, tensor.reshape(-1))
    assert all(p.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr() for p in found)
    assert all(p.numel() * 4 <= max(PIECE, tensor.shape[-1] * 4) for p in found if p.dim())


def test_bytes_are_those_of_the_tensor():
    tensor = torch.tensor([[1, 2], [3, 4]], dtype=torch.bfloat16)
    view = bytes_of(tensor)
    view[:2] = torch.tensor([9.0], dtype=torch.bfloat16).view(torch.uint8).numpy().tobytes()
    assert tensor.tolist() == [[9, 2], [3, 4]]
    assert bytes_of(tensor.t()) is None
    assert bytes_of(torch.empty(3, device="meta")) is None
