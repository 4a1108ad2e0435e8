"""The command ``torchkeras-compat``: one sub-command a file."""
