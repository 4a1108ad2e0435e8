"""Losses of torch in `compile`, beside the same loss called by hand."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from torchkeras_compat import Sequential, layers
from torchkeras_compat.training.loss_function import loss_function
from torchkeras_compat.training.torch_loss import module_of, torch_loss

RNG = np.random.default_rng(0)
PREDICTIONS = torch.tensor(RNG.random((6, 1)), dtype=torch.float32)
CLASSES = torch.tensor(RNG.normal(size=(6, 3)), dtype=torch.float32)
LABELS = torch.tensor([0, 2, 1, 1, 0, 2])
ELEMENTWISE = [
    *(nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss, nn.BCELoss, nn.BCEWithLogitsLoss, nn.PoissonNLLLoss),
    *(nn.SoftMarginLoss, nn.KLDivLoss, nn.MultiLabelSoftMarginLoss, nn.HingeEmbeddingLoss),
]


def named(loss):
    return getattr(loss, "__name__", None) or str(loss)


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
@pytest.mark.parametrize("make", ELEMENTWISE, ids=lambda c: c.__name__)
@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.int32, torch.bool], ids=str)
def test_targets_of_a_column_may_have_one_axis_and_any_dtype(make: Any, dtype: torch.dtype) -> None:
    targets = torch.tensor([1, 0, 1, 1, 0, 1]).to(dtype)
    expected = make()(PREDICTIONS, targets[:, None].float())
    loss = loss_function(make())
    for given in (targets, targets[:, None], targets[:, None, None]):
        if given.ndim == 3:
            torch.testing.assert_close(loss(given, PREDICTIONS[:, None], None), expected)
            torch.testing.assert_close(loss(given[:, 0], PREDICTIONS[:, None], None), expected)
        else:
            torch.testing.assert_close(loss(given, PREDICTIONS, None), expected)
    if make is not nn.MultiLabelSoftMarginLoss:
        torch.testing.assert_close(loss(targets[:, None], PREDICTIONS[:, 0], None), expected)


@pytest.mark.parametrize("make", [nn.CrossEntropyLoss, nn.NLLLoss, nn.MultiMarginLoss], ids=lambda c: c.__name__)
def test_labels_may_have_one_axis_more_and_any_dtype(make: Any) -> None:
    expected = make()(CLASSES, LABELS)
    for dtype in (torch.int64, torch.int32, torch.float32, torch.uint8):
        for given in (LABELS, LABELS[:, None]):
            torch.testing.assert_close(loss_function(make())(given.to(dtype), CLASSES, None), expected)


def test_labels_of_images_and_probabilities_of_classes() -> None:
    images, labels = torch.rand(2, 3, 4, 5), torch.randint(0, 3, (2, 4, 5))
    loss = loss_function(nn.CrossEntropyLoss())
    expected = nn.CrossEntropyLoss()(images, labels)
    for given in (labels, labels[:, None], labels[..., None].float()):
        torch.testing.assert_close(loss(given, images, None), expected)
    shares = torch.softmax(torch.rand(6, 3), -1)
    torch.testing.assert_close(loss(shares, CLASSES, None), nn.CrossEntropyLoss()(CLASSES, shares))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("make", [*ELEMENTWISE[:6], nn.CrossEntropyLoss, nn.NLLLoss], ids=lambda c: c.__name__)
def test_sample_weights_count_each_sample(make: Any, reduction: str) -> None:
    of_labels = make in (nn.CrossEntropyLoss, nn.NLLLoss)
    predictions = CLASSES if of_labels else PREDICTIONS
    targets = LABELS if of_labels else torch.tensor([1, 0, 1, 1, 0, 1])
    loss = loss_function(make(reduction=reduction))
    ones, two = torch.ones(6), torch.tensor([2.0, 0, 0, 1, 0, 0])
    torch.testing.assert_close(loss(targets, predictions, ones), loss(targets, predictions, None))
    each = make(reduction="none")(predictions, targets if of_labels else targets[:, None].float()).reshape(6)
    expected = (each * two).sum() / (1 if reduction == "sum" else 6)
    torch.testing.assert_close(loss(targets, predictions, two), expected)


def test_class_weights_and_labels_that_are_ignored_divide_as_in_torch() -> None:
    for module in (
        nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 5.0])),
        nn.CrossEntropyLoss(ignore_index=1),
        nn.NLLLoss(weight=torch.tensor([1.0, 2.0, 5.0]), ignore_index=2),
        nn.CrossEntropyLoss(label_smoothing=0.2),
    ):
        torch.testing.assert_close(
            torch_loss(module)(LABELS, CLASSES, torch.ones(6)), module(CLASSES, LABELS), msg=str(module)
        )


@pytest.mark.parametrize(
    ("module", "y_true", "y_pred", "text"),
    [
        (nn.MSELoss(), (6,), (6, 3), r"MSELoss compares values of one shape.*\(6,\).*\(6, 3\)"),
        (nn.L1Loss(), (6, 1), (6, 3), r"L1Loss compares values of one shape.*\(6, 1\).*\(6, 3\)"),
        (nn.CrossEntropyLoss(), (2, 4), (2, 5, 3), r"labels of shape \(2, 3\) for predictions of shape \(2, 5, 3\)"),
        (nn.NLLLoss(), (6, 3), (6, 3), r"labels of shape \(6,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_and_not_broadcast(module: Any, y_true: Any, y_pred: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        torch_loss(module)(torch.zeros(y_true), torch.zeros(y_pred), None)


OF_MORE = [nn.GaussianNLLLoss(), nn.CTCLoss(), nn.TripletMarginLoss()]


@pytest.mark.parametrize("module", [*OF_MORE, F.ctc_loss, F.cosine_embedding_loss, F.margin_ranking_loss], ids=named)
def test_losses_of_more_tensors_say_so_in_compile(module: Any) -> None:
    model = Sequential([layers.Dense(1)])
    with pytest.raises(
        ValueError, match=f"{type(module_of(module)).__name__} takes more than a prediction and a target"
    ):
        model.compile("sgd", module)


def test_a_module_of_ones_own_gets_what_there_is() -> None:
    seen = []

    class Own(nn.Module):
        def forward(self, prediction: Any, target: Any) -> Any:
            seen.append((tuple(prediction.shape), tuple(target.shape), target.dtype))
            return prediction.mean()

    torch_loss(Own())(LABELS, CLASSES, None)
    assert seen == [((6, 3), (6,), torch.int64)]
    with pytest.raises(ValueError, match="Own gives one number for all samples"):
        torch_loss(Own())(LABELS, CLASSES, torch.ones(6))


def test_functions_of_torch_are_called_prediction_first() -> None:
    assert module_of(F.cross_entropy).__class__ is nn.CrossEntropyLoss
    torch.testing.assert_close(loss_function(F.cross_entropy)(LABELS, CLASSES, None), F.cross_entropy(CLASSES, LABELS))
    found = loss_function(F.binary_cross_entropy)(LABELS[:, None] // 2, PREDICTIONS, None)
    torch.testing.assert_close(found, F.binary_cross_entropy(PREDICTIONS, (LABELS[:, None] // 2).float()))
    assert module_of(len) is len


def test_functions_with_settings_are_modules_with_them() -> None:
    smooth = functools.partial(F.cross_entropy, label_smoothing=0.1)
    expected = F.cross_entropy(CLASSES, LABELS, label_smoothing=0.1)
    torch.testing.assert_close(loss_function(smooth)(LABELS.int(), CLASSES, None), expected)
    with pytest.raises(ValueError, match=r"mse_loss with \['no_such'\]"):
        loss_function(functools.partial(F.mse_loss, no_such=1))


@pytest.mark.parametrize("loss", [nn.MultiLabelMarginLoss(), F.multilabel_margin_loss], ids=named)
def test_indices_of_labels_may_have_any_dtype(loss: Any) -> None:
    indices = torch.tensor([[0, -1, -1], [2, 1, -1]] * 3)
    for dtype in (torch.int64, torch.int32, torch.float32):
        expected = F.multilabel_margin_loss(CLASSES, indices)
        torch.testing.assert_close(loss_function(loss)(indices.to(dtype), CLASSES, None), expected)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("y", [np.arange(8.0), np.arange(8), np.arange(8.0)[:, None]], ids=["(n,)", "int", "(n, 1)"])
def test_training_is_that_of_a_plain_loop(y: np.ndarray) -> None:
    x = RNG.random((8, 3)).astype("float32")
    model = Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile(torch.optim.SGD(model.parameters(), 0.1), nn.MSELoss())
    plain = nn.Linear(3, 1)
    plain.load_state_dict({k.rpartition(".")[2]: v.clone() for k, v in model.state_dict().items()})
    optimizer = torch.optim.SGD(plain.parameters(), 0.1)
    losses = []
    for _ in range(3):
        loss = nn.MSELoss()(plain(torch.tensor(x)), torch.tensor(y, dtype=torch.float32).reshape(8, 1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    history = model.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(history, losses, rtol=1e-5)
