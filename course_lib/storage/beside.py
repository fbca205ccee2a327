"""A free name beside a file, so that nothing is ever overwritten."""

import os
from datetime import datetime
from itertools import count
from pathlib import Path


def dated_beside(path: Path, label: str) -> Path:
    """Name a place beside a file that holds nothing yet: its name, a label and the time."""
    stem = f"{path.stem}.{label}{datetime.now():%Y%m%d-%H%M%S}"
    names = (path.with_stem(f"{stem}-{n}" if n > 1 else stem) for n in count(1))
    return next(name for name in names if not os.path.lexists(name))
