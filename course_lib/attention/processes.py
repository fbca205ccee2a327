"""Several processes on this one machine, as a stand-in for several devices.

They share nothing and know each other through `torch.distributed`, as they would on a cluster. On a
laptop this shows who holds what and what is sent; it does not show speed, since all of them compute
on the same cores.
"""

import pickle
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from traceback import extract_tb
from typing import Any

import torch
import torch.distributed as dist
from torch.multiprocessing import start_processes

from course_lib.errors import CourseError

LIMIT_S = 60.0


def run_on_processes(
    worker: Callable[..., Any], n_processes: int, *arguments: Any, limit_s: float = LIMIT_S
) -> list[Any]:
    """Let several processes, each with a rank, run one function together.

    Parameters
    ----------
    worker : called as ``worker(rank, *arguments)`` in each process, within a process group; it has
        to stand in a module, where the other processes can import it
    n_processes : how many; each is a Python with torch, over 200 MB of memory and seconds to start
    arguments : the same for all; pickled
    limit_s : after so many seconds, starting included, all of them are ended

    Returns
    -------
    What the workers returned, in the order of their ranks.

    Raises
    ------
    CourseError
        If the worker cannot be imported elsewhere, raises an error, dies, or is not done in time.

    Notes
    -----
    Each process has one thread. They find each other through a file in a temporary folder, and talk
    over this machine's own loopback (torch's backend "gloo"): nothing leaves the machine. In a
    script, call this below ``if __name__ == "__main__":``.
    """
    if n_processes < 1:
        raise CourseError(f"expected at least one process; got {n_processes}. Try 2.")
    with TemporaryDirectory(prefix="course-processes-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "task").write_bytes(_packed(worker, arguments))
        given = n_processes, folder, limit_s
        processes: list[BaseProcess] = start_processes(
            _take_part, given, n_processes, join=False, daemon=True, start_method="spawn"
        ).processes
        try:
            _wait(processes, limit_s)
            _refuse_failures(folder, processes, limit_s)
        finally:
            for process in processes:
                process.kill()
                process.join()
        results = [(folder / f"result {rank}").read_bytes() for rank in range(n_processes)]
    return [pickle.loads(result) for result in results]


# --- in each process


def _take_part(rank: int, n_processes: int, folder: Path, limit_s: float) -> None:
    """Run the worker, and leave its result, or what went wrong, in the folder."""
    torch.set_num_threads(1)
    try:
        worker, arguments = pickle.loads((folder / "task").read_bytes())
        with _process_group(rank, n_processes, folder, limit_s):
            result = pickle.dumps(worker(rank, *arguments))
            (folder / f"unfinished {rank}").write_bytes(result)
            (folder / f"unfinished {rank}").rename(folder / f"result {rank}")
    except Exception as error:
        (folder / f"failure {rank}").write_text(_told(error), "utf-8")
        raise SystemExit(1) from None


@contextmanager
def _process_group(rank: int, n_processes: int, folder: Path, limit_s: float) -> Iterator[None]:
    """Be one of several processes that know each other; leave only when all are done."""
    loopback = {"lo", "lo0"}.intersection(name for _, name in socket.if_nameindex())
    if loopback:
        environ["GLOO_SOCKET_IFNAME"] = loopback.pop()
    dist.init_process_group(
        "gloo",
        store=dist.FileStore(str(folder / "meeting point"), n_processes),
        rank=rank,
        world_size=n_processes,
        timeout=timedelta(seconds=limit_s),
    )
    yield
    dist.barrier()
    dist.destroy_process_group()


def _told(error: Exception) -> str:
    """Say what went wrong, and at which line of the worker."""
    frames = extract_tb(error.__traceback__)
    frame = frames[min(1, len(frames) - 1)]  # 0 is here, 1 the worker, the rest what it calls
    last_line = (str(error).strip().splitlines() or ["without a word"])[-1]
    return f"{type(error).__name__}: {last_line} ({Path(frame.filename).name}, line {frame.lineno})"


# --- in the process that waits for them


def _packed(worker: Callable[..., Any], arguments: Sequence[Any]) -> bytes:
    try:
        if worker.__module__ == "__main__":
            raise AttributeError("it is defined in this notebook or script itself")
        return pickle.dumps((worker, arguments))
    except (AttributeError, TypeError, pickle.PicklingError) as error:
        name = getattr(worker, "__qualname__", repr(worker))
        raise CourseError(
            f"expected a worker, and arguments, that other processes can import; got {name}, and "
            f"{error}. Put the function into a module beside the notebook, `my_workers.py`, and "
            "import it: `from my_workers import …`."
        ) from None


def _wait(processes: Sequence[BaseProcess], limit_s: float) -> None:
    """Return when all are done, when one has failed, or when the time is over."""
    deadline = monotonic() + limit_s
    running = {process.sentinel: process for process in processes}
    while running:
        ended = wait(list(running), timeout=max(0.0, deadline - monotonic()))
        if not ended or any(_failed(running.pop(sentinel)) for sentinel in ended):  # type: ignore
            return


def _failed(process: BaseProcess) -> bool:
    process.join()  # it has ended: this fetches how
    return process.exitcode != 0


def _refuse_failures(folder: Path, processes: Sequence[BaseProcess], limit_s: float) -> None:
    """Say which process raised an error, died, or was not done in time."""
    wanted = f"expected the worker to return in each of {len(processes)} processes"
    failures = sorted(folder.glob("failure *"), key=lambda path: path.stat().st_mtime_ns)
    if failures:
        first = failures[0]  # the others may have failed because this one was gone
        raise CourseError(
            f"{wanted}; in process {first.name.split()[-1]} it raised {first.read_text('utf-8')}. "
            "Try it in one process alone: `run_on_processes(worker, 1, …)`."
        )
    without = [rank for rank in range(len(processes)) if not (folder / f"result {rank}").exists()]
    for rank in without:
        if not processes[rank].is_alive():
            raise CourseError(
                f"{wanted}; process {rank} died with exit code {processes[rank].exitcode}. Is "
                "there too little memory for so many? In a script, call this below "
                '`if __name__ == "__main__":`.'
            )
    if without:
        raise CourseError(
            f"{wanted} within {limit_s:g} seconds; still at work, and now ended: "
            f"{', '.join(map(str, without))}. Does each of them take part in each exchange? Else "
            "allow more: `limit_s=…`."
        )
