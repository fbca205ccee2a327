import json
import os

import pytest

LESSON = """
    # %% [markdown]
    # # Scores

    # %%
    import os
    import sys

    print("one")
    print("stderr", file=sys.stderr)
    print("two")
    os.environ["COURSE_HOME"].split("-")[0] != os.environ.get("OUTSIDE")

    # %%
    from IPython.display import display

    import course_lib.errors

    open(course_lib.__path__[0] + "/checking/solutions.json").close()
    display({"text/plain": "twin", "application/vnd.jupyter.widget-view+json": {}}, raw=True)
    os.environ["OMP_NUM_THREADS"]
"""
EXERCISE = """
    # %%
    def one():
        # BEGIN SOLUTION
        return 1
        # END SOLUTION

    one()
"""


def test_two_builds_give_the_same_bytes(course, capsys):
    course.lesson(LESSON)
    course.exercise(EXERCISE)
    names = ["notebooks/03_scores.ipynb", "exercises/03_scores.ipynb", "solutions/03_scores.ipynb"]
    assert course.build() == 0
    first = [(course.root / name).read_bytes() for name in names]
    others = ["README.md", "notebooks/README.md", "solutions.json"]
    assert capsys.readouterr().out.count("built") == len(names + others)

    assert course.build() == 0
    assert capsys.readouterr().out.count("kept") == len(names)

    (course.root / ".build-cache.json").unlink()
    assert course.build() == 0
    assert [(course.root / name).read_bytes() for name in names] == first
    assert all(text.endswith(b"}\n") for text in first)


@pytest.fixture
def built(course):
    course.lesson(LESSON)
    assert course.build() == 0
    return course.notebook("notebooks/03_scores.ipynb")


def test_outputs_are_kept_in_one_form(built):
    _, first, second = built.cells
    assert [cell.execution_count for cell in (first, second)] == [1, 2]
    assert [(each.name, each.text) for each in first.outputs[:2]] == [
        ("stdout", "one\ntwo\n"),
        ("stderr", "stderr\n"),
    ]
    assert second.outputs[0].data == {"text/plain": "twin"}
    assert second.outputs[1].data == {"text/plain": "'1'"}
    assert not any(cell.metadata for cell in built.cells)
    assert set(built.metadata) == {"kernelspec", "language_info"}


def test_new_prose_is_written_around_the_outputs_without_executing(built, course, monkeypatch):
    monkeypatch.setattr("course_lib.authoring.build.execute", None)
    course.lesson(LESSON.replace("# # Scores", "# # Scores\n\n    # %% [markdown]\n    # More."))
    for _ in range(2):
        assert course.build() == 0
        renewed = course.notebook("notebooks/03_scores.ipynb")
        assert [cell.source for cell in renewed.cells[:2]] == ["# Scores", "More."]
        assert [c.outputs for c in renewed.cells[2:]] == [c.outputs for c in built.cells[1:]]
        assert "says something else" not in course.faults()


def test_what_the_kernel_read_of_the_course_is_remembered(built, course):
    entry = json.loads((course.root / ".build-cache.json").read_text())["notebooks/03_scores.ipynb"]
    read = {name.partition("course_lib/")[2] for name in entry["files"]}
    modules = {"__init__.py", "errors.py", "missing_names.py", "this_notebook.py"}
    assert read == modules | {"checking/solutions.json"}


def test_a_failing_cell_names_itself_and_leaves_the_old_notebook(course, capsys):
    course.lesson('# %%\nprint("fine")\n')
    assert course.build() == 0
    before = (course.root / "notebooks/03_scores.ipynb").read_bytes()
    course.lesson('# %%\nprint("fine")\n\n# %%\nprint("before")\n1 / 0\n')
    assert course.build() == 1
    said = capsys.readouterr().out
    for words in ("notebooks/03_scores.ipynb", "cell 03-scores-002", "1 / 0", "ZeroDivisionError"):
        assert words in said
    assert (course.root / "notebooks/03_scores.ipynb").read_bytes() == before


def test_a_build_leaves_the_learners_progress_alone(course):
    course.lesson('# %%\nimport os\nprint(os.environ["COURSE_HOME"])\n')
    course.build()
    home = course.notebook("notebooks/03_scores.ipynb").cells[0].outputs[0].text.strip()
    assert home != os.environ["COURSE_HOME"]
    assert not os.path.exists(home)  # noqa: PTH110 (a path that another process wrote)


def test_nothing_of_the_authors_own_settings_reaches_a_notebook(course, tmp_path, monkeypatch):
    theirs = tmp_path / "theirs"
    (theirs / "profile_default/startup").mkdir(parents=True)
    (theirs / "matplotlibrc").write_text("font.size: 22\ntext.usetex: True\n")
    (theirs / "profile_default/startup/0.py").write_text("print = None")
    (theirs / "runtime").write_text("a home that cannot be written")
    for name in ("MPLCONFIGDIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(theirs))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(theirs / "runtime"))
    monkeypatch.delenv("MATPLOTLIBRC")
    course.lesson("""
        # %%
        from matplotlib import rcParams, rcParamsDefault

        print(rcParams["font.size"] == rcParamsDefault["font.size"], rcParams["text.usetex"])
    """)
    assert course.build() == 0
    (cell,) = course.notebook("notebooks/03_scores.ipynb").cells
    assert cell.outputs[0].text == "True False\n"


def test_an_unknown_lesson_is_said_in_one_sentence(course, capsys):
    assert course.build("42") == 1
    assert "No lesson has the number 42" in capsys.readouterr().out
