import platform
from datetime import date

import torch

from course_lib.measuring import Provenance


def test_it_names_the_machine_the_versions_the_threads_and_the_day():
    here = Provenance.of_this_run(n_threads=3)
    assert here.machine.startswith(f"{platform.system()} {platform.machine()}")
    assert here.torch == torch.__version__
    assert here.n_threads == 3
    assert date.fromisoformat(here.date).year >= 2024
    for part in (here.machine, here.python, here.torch, "threads: 3", here.date):
        assert part in str(here)
