import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from course_lib.authoring.build import build
from course_lib.authoring.notebooks import dumps, targets
from course_lib.authoring.staleness import should_show, stale_files, stale_notebook

LESSON = """
    # %% [markdown]
    # # Scores

    # %%
    print(1)

    # %%
    x = 2
"""
EXERCISE = """
    # %%
    def one():
        # BEGIN SOLUTION
        return 1
        # END SOLUTION

    # %%
    check("one", one)
"""


@pytest.fixture
def built(course):
    """A lesson with exercises, as if it had been built: every first code cell shows 1."""
    for source in (course.lesson(LESSON), course.exercise(EXERCISE)):
        for target in targets(source, course.root):
            code = [cell for cell in target.blank.cells if cell.cell_type == "code"]
            for count, cell in enumerate(code * target.executed, start=1):
                cell.execution_count = count
                cell.outputs = [new_output("stream", text="1\n")] * (cell.source != "x = 2")
            target.path.parent.mkdir(exist_ok=True)
            target.path.write_text(dumps(target.blank), encoding="utf-8")
    return course


def stale(course, source) -> str:
    (target, *_) = targets(source, course.root)
    return "\n".join(str(fault) for fault in stale_notebook(target))


def change(course, name, do):
    notebook = course.notebook(name)
    do(notebook)
    (course.root / name).write_text(dumps(notebook), encoding="utf-8")


def test_what_was_just_built_is_fresh(built):
    assert stale(built, built.lesson(LESSON)) == ""
    assert stale(built, built.exercise(EXERCISE)) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LESSON.replace("print(1)", "print(2)"), "cell 03-scores-002, says something else"),
        (LESSON.replace("# # Scores", "# # Score"), "cell 03-scores-001, says something else"),
        (LESSON.replace("# %%\n    x", '# %% tags=["a"]\n    x'), "003, has other tags"),
        (LESSON + "\n    # %%\n    y = 3\n", "cell 03-scores-004, is missing"),
        (LESSON.split("    # %%\n    x")[0], "cell 03-scores-003, is not in the source"),
    ],
)
def test_a_source_that_went_on_is_named_with_its_cell_and_the_command(built, text, words):
    said = stale(built, built.lesson(text))
    assert words in said
    assert said.endswith("Run: python3 course.py build 03")


@pytest.mark.parametrize(
    ("do", "words"),
    [
        (lambda notebook: notebook.cells[1].update(outputs=[]), "no output is stored"),
        (lambda notebook: notebook.cells[2].update(execution_count=None), "never executed"),
        (lambda notebook: notebook.cells[0].update(id="other"), "has another id"),
        (lambda notebook: notebook.metadata.update(widgets={}), "metadata"),
    ],
)
def test_a_built_file_that_someone_touched_is_named(built, do, words):
    change(built, "notebooks/03_scores.ipynb", do)
    assert words in stale(built, built.lesson(LESSON))


def test_a_notebook_whose_outputs_were_cleared_is_stale(built):
    nothing_to_show = built.lesson("# %%\nx = 1\n")
    target = targets(nothing_to_show, built.root)[0]
    target.blank.cells[0].execution_count = 1
    target.path.write_text(dumps(target.blank), encoding="utf-8")
    assert "no outputs at all" in stale(built, nothing_to_show)


def test_an_exercise_with_outputs_is_stale(built):
    def answer(notebook):
        notebook.cells[1].outputs = [new_output("stream", text="correct")]

    change(built, "exercises/03_scores.ipynb", answer)
    assert "a blank exercise has none" in stale(built, built.exercise(EXERCISE))


def test_a_missing_and_a_broken_notebook_are_named(built):
    path = built.root / "notebooks/03_scores.ipynb"
    path.write_text("{", encoding="utf-8")
    assert "not a notebook any more" in built.faults()
    assert "not a notebook any more" in stale(built, built.lesson(LESSON))
    path.unlink()
    assert "is not built" in stale(built, built.lesson(LESSON))


def test_a_notebook_without_a_source_is_a_leftover(built):
    lost = built.root / "solutions/09_lost.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), lost)
    said = [str(fault) for fault in stale_files(built.root, [])]
    assert any("git rm solutions/09_lost.ipynb" in line for line in said)


def test_the_check_says_everything_at_once_and_executes_nothing(built, capsys):
    assert build(check=True, root=built.root) == 1
    said = capsys.readouterr().out
    assert "README.md has tables that differ" in said  # tables
    assert "does not have the title" in said  # conventions
    assert "to mend" in said


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("print(1)", True),
        ("for n in range(3):\n    print(n)", True),
        ("x = 1\nx", True),
        ("scores[0]", True),
        ('check("one", one)', True),
        ("plt.show()", True),
        ("def f():\n    print(1)", False),
        ("if x:\n    print(1)", False),
        ("np.testing.assert_allclose(a, b)", False),
        ("x = 1", False),
        ('"""words"""', False),
        ("", False),
    ],
)
def test_it_is_known_which_cells_surely_show_something(code, shows):
    assert should_show(new_code_cell(code)) is shows
