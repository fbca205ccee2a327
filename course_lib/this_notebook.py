"""The notebook that a kernel works for: where its file is, as its editor says."""

import os
import sys
from pathlib import Path
from typing import Any


def shell_here() -> Any:
    """Return IPython's shell, or None where no IPython is; it is not imported for that."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def notebook_file() -> Path | None:
    """Return the file of this notebook: JupyterLab and VS Code tell; None elsewhere."""
    shell = shell_here()
    in_vscode = shell.user_ns.get("__vsc_ipynb_file__") if shell else None
    told = os.environ.get("JPY_SESSION_NAME") or in_vscode
    return Path(told) if isinstance(told, str) and told else None
