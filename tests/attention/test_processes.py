import multiprocessing
from pathlib import Path

import nbformat
import pytest
import workers
from nbclient import NotebookClient

from course_lib.attention.processes import run_on_processes
from course_lib.errors import CourseError

TESTS = Path(__file__).resolve().parents[1]
IN_A_NOTEBOOK = [
    """
import workers
from course_lib.attention.processes import run_on_processes
print([rank for rank, *_ in run_on_processes(workers.echo, 2)])
""",
    """
def mine(rank):
    return rank
try:
    run_on_processes(mine, 2)
except Exception as error:
    print(type(error).__name__, error)
""",
]


@pytest.fixture(autouse=True)
def nobody_is_left_behind():
    yield
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_results_come_back_in_the_order_of_the_ranks():
    found = run_on_processes(workers.echo, 2, {"a": [1, 2]}, "b")
    assert found == [(rank, rank, 2, 1, ({"a": [1, 2]}, "b")) for rank in range(2)]


@pytest.mark.slow
def test_an_error_in_one_process_is_told_with_its_rank_and_its_last_line():
    with pytest.raises(CourseError) as caught:
        run_on_processes(workers.raise_in_one, 2, 1)
    said = str(caught.value)
    assert "each of 2 processes; in process 1 it raised ValueError: and its end" in said
    assert "(workers.py, line " in said
    assert "run_on_processes(worker, 1, …)" in said
    assert "\n" not in said


@pytest.mark.slow
def test_a_process_that_dies_is_told_with_its_exit_code():
    with pytest.raises(CourseError, match=r"process 0 died with exit code 3\..*memory.*__main__"):
        run_on_processes(workers.die, 1)


@pytest.mark.slow
def test_a_result_that_cannot_travel_is_told_like_any_error():
    with pytest.raises(CourseError, match=r"in process 0 it raised \w+Error: .*pickle"):
        run_on_processes(workers.return_what_cannot_travel, 1)


def test_after_the_time_limit_all_are_ended_with_the_ranks_that_were_late():
    with pytest.raises(CourseError, match=r"within 0\.2 seconds; still at work.*: 0, 1\..*limit_s"):
        run_on_processes(workers.sleep, 2, limit_s=0.2)


def test_a_function_of_a_test_or_a_notebook_is_refused_with_a_place_for_it():
    def mine(rank):
        return rank

    for worker in (mine, lambda rank: rank):
        with pytest.raises(CourseError, match=r"can import; got .*module beside the notebook"):
            run_on_processes(worker, 2)


def test_what_cannot_be_handed_over_is_refused_in_the_same_words():
    with pytest.raises(CourseError, match=r"arguments, that other processes can import.*pickle"):
        run_on_processes(workers.echo, 2, iter_that_runs())


def iter_that_runs():
    yield 1


@pytest.mark.parametrize("n_processes", [0, -1])
def test_there_has_to_be_a_process(n_processes):
    with pytest.raises(CourseError, match=rf"at least one process; got {n_processes}\. Try 2"):
        run_on_processes(workers.echo, n_processes)


@pytest.mark.slow
def test_it_works_from_a_notebook_and_says_why_its_own_functions_cannot():
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in IN_A_NOTEBOOK]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(
        notebook, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(TESTS)}}
    ).execute()
    (ranks,), (refusal,) = (cell.outputs for cell in cells)
    assert (ranks.name, ranks.text) == ("stdout", "[0, 1]\n")
    assert refusal.name == "stdout"
    assert refusal.text.startswith("CourseError expected a worker")
    assert "got mine, and it is defined in this notebook" in refusal.text
