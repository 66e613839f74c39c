"""Making folders for what is written."""

import os

from runbook_lint.model import UserError


def make(path: str) -> None:
    """Makes a folder, and those that it lies in."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {path}: {(error.strerror or str(error)).lower()}") from None
