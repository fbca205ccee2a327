"""What was answered is shown after a kernel restart, and when the lab is opened again."""

from asking import Asked, ask_again
from browsing import MARKS, ROOT, Notebook, silent_page
from serving import copy_of_course, jupyterlab

pytestmark = MARKS

PATH, PREDICT = "notebooks/00_start_here.ipynb", "predict("
NOT_KEPT = "Not kept: run this cell"


def test_what_was_answered_is_there_after_restarts_and_on_the_next_evenings(tmp_path):
    clone, own = copy_of_course(ROOT, tmp_path / "course"), tmp_path / "jupyter"
    with jupyterlab(clone, own) as lab, silent_page() as page:
        notebook = Notebook(page, lab, PATH)
        notebook.open()
        asked = Asked(notebook, notebook.run_down_to(PREDICT))
        asked.choose(1)
        asked.says("Now run the next cell.")
        notebook.saved_code_cells()
        notebook.restart()
        assert asked.marked() == [1]
        assert "Now run the next cell." in asked.words()
        assert not asked.cell.locator(".jupyter-widgets-disconnected").count()  # broken chains
        asked.choose(2)
        asked.says("You expected (c) “1 and 0”. Open “What you saw” to compare.", NOT_KEPT)
        notebook.saved_code_cells()
        notebook.run_first_cell()
        assert ask_again(notebook, PREDICT).marked() == [1]  # what was kept
        notebook.saved_code_cells()
    for _ in range(2):  # evenings on which nothing is run, and the lesson is saved
        with jupyterlab(clone, own) as lab, silent_page() as page:
            notebook = Notebook(page, lab, PATH)
            notebook.open()
            asked = Asked(notebook, notebook.cell(PREDICT))
            assert asked.marked() == [1]
            assert "You expect (b) “0 and 1”." in asked.words()
            assert NOT_KEPT not in asked.words()
            notebook.saved_code_cells()
