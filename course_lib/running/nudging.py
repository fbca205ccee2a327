"""Nudge the first weights of every model by the rounding of their dtype.

A trained number that changes with such a nudge depends on how one processor rounds. The nudge
happens when an optimizer is created, so training loops written in cells are reached too. It runs
in a notebook's kernel, as a start-up file of IPython; torch is not imported before the notebook
imports it.
"""

import importlib.util
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

MODULE = "torch.optim.optimizer"
RELATIVE_SIZE = {"torch.float32": 1e-7, "torch.float64": 1e-14}
_STARTUP = "__import__('course_lib.running.nudging', fromlist=['install']).install()\n"


def write_startup(ipython_folder: Path) -> None:
    """Let every kernel that has this IPYTHONDIR install the nudge when it starts."""
    startup = ipython_folder / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00_nudge.py").write_text(_STARTUP, encoding="utf-8")


def install() -> None:
    """Nudge the weights of every optimizer that is created in this process from now on."""
    if MODULE in sys.modules:
        _patch(sys.modules[MODULE])
    else:
        sys.meta_path.insert(0, _PatchingFinder())


class _PatchingFinder(MetaPathFinder):
    """Finds torch's optimizers as everybody does, and patches them once they are loaded."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_patch(module: Any) -> None:
            load(module)
            _patch(module)

        setattr(spec.loader, "exec_module", load_and_patch)  # noqa: B010  mypy: a method
        return spec


def _patch(module: Any) -> None:
    create = module.Optimizer.__init__

    def create_and_nudge(self: Any, *args: Any, **kwargs: Any) -> None:
        create(self, *args, **kwargs)
        nudge(parameter for group in self.param_groups for parameter in group["params"])

    module.Optimizer.__init__ = create_and_nudge


def nudge(parameters: Any) -> None:
    """Multiply each number by 1 plus noise of its rounding; leave torch's random state alone."""
    import torch

    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in parameters:
            size = RELATIVE_SIZE.get(str(parameter.dtype), 0.0)
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.mul_((1 + size * noise).to(parameter))
