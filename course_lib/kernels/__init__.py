"""The kernel that lessons run in, as Jupyter finds it: `python3`, described in kernel.json.

It takes no file beside a notebook for a library, and still imports a module of one's own from
there. Its Python is the one that starts it.
"""

from pathlib import Path

KERNELS = Path(__file__).parent
JUPYTER_PATH = KERNELS.parent  # below which Jupyter looks for kernels
