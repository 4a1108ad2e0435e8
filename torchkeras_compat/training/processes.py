"""Training in several processes of a `torch.distributed` group, which `fit` does not synchronize by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from torchkeras_compat.user_warnings import warn_user

if TYPE_CHECKING:
    from torchkeras_compat.training.own_steps import ModelWithSteps

# Classes of torch that exchange gradients, or parts of modules, among processes: DDP, FSDP 1 and 2, `replicate`.
_SYNCHRONIZING = {"DistributedDataParallel", "FullyShardedDataParallel", "FSDPModule", "ReplicateModule"}


def warn_of_separate_models(model: ModelWithSteps) -> None:
    """Warn where each process of a group would train a model of its own.

    Nothing is said where something may synchronize them: modules of torch in the model that do, distributed tensors,
    hooks on its parameters or on its optimizer.
    """
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return
    number = torch.distributed.get_world_size()
    if number > 1 and not _may_synchronize(model):
        warn_user(
            f"`fit` runs in a process group of {number} and exchanges no gradients: each process trains a model of its"
            " own. For one model, wrap it in torch.nn.parallel.DistributedDataParallel and write the loop by hand, call"
            " torch.distributed.fsdp.fully_shard on it, or average the gradients in a `train_step` of your own."
        )


def _may_synchronize(model: ModelWithSteps) -> bool:
    if any(base.__name__ in _SYNCHRONIZING for module in model.modules() for base in type(module).__mro__):
        return True
    if getattr(model.optimizer, "_optimizer_step_pre_hooks", None):
        return True
    hooks = ("_backward_hooks", "_post_accumulate_grad_hooks")  # private to torch, which offers no question
    return any(
        type(p).__name__ == "DTensor" or any(getattr(p, name, None) for name in hooks) for p in model.parameters()
    )
