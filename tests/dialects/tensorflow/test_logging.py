from __future__ import annotations

import logging as python_logging

import pytest

from torchkeras_compat.dialects.tensorflow import logging


def test_one_logger(caplog: pytest.LogCaptureFixture) -> None:
    before = logging.get_logger().level
    try:
        logging.set_verbosity("ERROR")
        assert logging.get_verbosity() == python_logging.ERROR
        logging.warning("quiet")
        logging.error("loud %s", 3)
    finally:
        logging.get_logger().setLevel(before)
    assert [record.message for record in caplog.records] == ["loud 3"]
    logging.set_autograph_verbosity(0)
    with pytest.raises(ValueError, match="Received: -1"):
        logging.set_autograph_verbosity(-1)
