"""What the system itself holds a process to; set by the process, before it runs a stranger's line.

They stop accidents and are no walls. On Windows there are none: there, only the clock and the
memory that is watched from outside stop a process.
"""

import contextlib

_MOST_OPEN_FILES = 256


def limit_this_process(*, memory_mib: int, cpu_s: int, file_mib: int, tasks: int) -> None:
    """Limit memory, processor time, the size of a file, open files and further processes.

    Parameters
    ----------
    memory_mib : for what the process writes to; libraries that are only read do not count
    cpu_s : processor time of all its threads
    file_mib : for each file that is written
    tasks : processes and threads of this user, all together
    """
    try:
        import resource
    except ImportError:
        return
    for name, most in {
        "RLIMIT_CORE": 0,
        "RLIMIT_DATA": memory_mib << 20,  # RLIMIT_AS would count what torch only maps
        "RLIMIT_CPU": cpu_s,
        "RLIMIT_FSIZE": file_mib << 20,
        "RLIMIT_NOFILE": _MOST_OPEN_FILES,
        "RLIMIT_NPROC": tasks,
    }.items():
        if (which := getattr(resource, name, None)) is not None:
            with contextlib.suppress(ValueError, OSError):  # not every system lets itself be asked
                hard = most + (name == "RLIMIT_CPU")  # the soft one has a signal of its own
                resource.setrlimit(which, (most, hard))
