"""What was measured on other machines, and is shown as recorded.

One file a study and device, ``recorded/DEVICE/STUDY.json``, as ``course.py record`` writes it. No
such file is written or changed by hand. (A recording is called a recording; this file is called
otherwise, since a module of the name of its function would hide it.)
"""

import re
from pathlib import Path

from course_lib.errors import UnknownNameError
from course_lib.measuring.curves import Sweep
from course_lib.measuring.provenance import Provenance

RECORDED = Path(__file__).with_name("recorded")
STUDIES = ("lstm and attention", "matrix products", "plain and fused", "dilated and dense")


def recordings(study: str, *, folder: Path = RECORDED) -> list[Sweep]:
    """Return all that was recorded of a study: GPUs first, then by day, then by device.

    Parameters
    ----------
    study : "lstm and attention", "matrix products", "plain and fused" or "dilated and dense"
    folder : where the recordings lie; those of the course if left

    Returns
    -------
    Empty where nobody has recorded anything.

    Raises
    ------
    UnknownNameError
        If there is no such study.

    Examples
    --------
    >>> recorded = recordings("matrix products")
    >>> [is_gpu(sweep) for sweep in recorded] == sorted(map(is_gpu, recorded), reverse=True)
    True
    """
    refuse_unknown(study)
    found = [Sweep.load(path) for path in folder.glob(f"*/{as_file_name(study)}.json")]
    return sorted(found, key=_gpus_first)


def is_gpu(sweep: Sweep) -> bool:
    """Say whether a sweep was measured on a GPU: it has a driver, and a processor has none."""
    return sweep.provenance.driver != Provenance.driver


def place_of(study: str, provenance: Provenance, *, folder: Path = RECORDED) -> Path:
    """Return where a recording of a study belongs: a device has one, the latest."""
    refuse_unknown(study)
    return folder / as_file_name(provenance.device) / f"{as_file_name(study)}.json"


def refuse_unknown(study: str) -> None:
    """Say which studies there are."""
    if study not in STUDIES:
        named = ", ".join(f'"{name}"' for name in STUDIES)
        raise UnknownNameError(
            f"expected a study that the course records; got {str(study)[:40]!r}. There are {named}."
        )


def as_file_name(title: str) -> str:
    """Write a title so that it can be a file's name everywhere.

    Examples
    --------
    >>> as_file_name("Intel(R) Core(TM) i7-1165G7 CPU @ 2.80GHz")
    'intel-core-i7-1165g7-cpu-2.80ghz'
    """
    bare = re.sub(r"\((r|tm)\)", "", title.lower())
    return re.sub(r"[^a-z0-9.]+", "-", bare).strip("-.")


def _gpus_first(sweep: Sweep) -> tuple[bool, str, str]:
    return not is_gpu(sweep), sweep.provenance.date, sweep.provenance.device
