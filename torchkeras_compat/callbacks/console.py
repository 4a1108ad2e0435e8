"""Where messages go: to standard output, or to `logging` where interactive logging is switched off."""

from __future__ import annotations

import logging
import os
import sys

from torchkeras_compat import config


def write_message(text: str, line_break: bool = True) -> None:
    """Write a message for the user.

    Args:
        text: The message.
        line_break: Whether to end the line.
    """
    if not config.is_interactive_logging_enabled():
        logging.getLogger("torchkeras_compat").info(text.strip("\n\r\b"))
        return
    if line_break:
        text += "\n"
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:  # a console of one byte a character cannot show the bar
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.replace("━", "=").encode(encoding, errors="replace").decode(encoding))
    sys.stdout.flush()


def redraws_lines() -> bool:
    """Return whether a line can be drawn again, as a progress bar does: not where standard output is a file or a pipe.

    A stream that somebody put in its place gets the bar, as in Keras.
    """
    if "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ:
        return True
    try:
        return os.isatty(sys.stdout.fileno()) or sys.stdout.isatty()
    except (AttributeError, OSError, ValueError):
        return True
