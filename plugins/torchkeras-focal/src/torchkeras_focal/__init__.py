"""Training on rare classes with torchkeras_compat."""
