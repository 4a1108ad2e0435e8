"""``python -m torchkeras_compat``: the command ``torchkeras-compat``."""

from __future__ import annotations

from torchkeras_compat.cli.main import main

raise SystemExit(main())
