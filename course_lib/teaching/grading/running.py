"""All functions of all notebooks, each in its own process, a few at a time."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from course_lib.checking.registry import all_exercises
from course_lib.checking.verdict import Status
from course_lib.teaching.grading.folder import Submission
from course_lib.teaching.grading.process import Limits, Report, run_apart
from course_lib.teaching.grading.rows import Row, row_of
from course_lib.teaching.grading.sandbox import ProcessKeeper, adopting_children

Task = tuple[Submission, str]  # and the exercise, or "" where there is nothing to run


def grades(
    submissions: Sequence[Submission],
    *,
    seed: int,
    limits: Limits,
    workers: int,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Row]:
    """Yield a row for every exercise of every notebook, in the order of the submissions.

    Parameters
    ----------
    submissions : what was handed in
    seed : for the inputs that are drawn, the same for everybody
    limits : for each function
    workers : how many processes run at a time
    tell : is told how far it is
    """
    tasks = [(one, name) for one in submissions for name in one.exercises or [""]]
    _be_ready_to_judge([name for _, name in tasks])
    stop, keeper = threading.Event(), ProcessKeeper()

    def run(task: Task) -> Report:
        submission, exercise = task
        if submission.fault or stop.is_set():
            return Report(stopped="stopped by hand")
        return run_apart(
            exercise, submission.cells, seed=seed, limits=limits, keeper=keeper, stop=stop
        )

    with adopting_children(), ThreadPoolExecutor(workers) as pool:
        try:
            for i, (task, report) in enumerate(zip(tasks, pool.map(run, tasks), strict=True)):
                tell(f"{i + 1} of {len(tasks)}")
                yield _row(task, report, seed=seed, limits=limits)
        finally:
            stop.set()


def _be_ready_to_judge(names: Sequence[str]) -> None:
    """Load all that judging needs, so that nothing is read from the disk once strangers run."""
    for name in {name for name in names if name}:
        for module in all_exercises()[name].needs:
            import_module(module)


def _row(task: Task, report: Report, *, seed: int, limits: Limits) -> Row:
    submission, exercise = task
    if submission.fault:
        status: Status = "error" if submission.is_there else "not attempted"
        return Row(submission.learner, exercise, status, submission.fault)
    return row_of(submission.learner, exercise, report, seed=seed, limits=limits)
