"""What a learner reads after running one cell alone, before those above it."""

import json
import re

import pytest
from IPython.utils.capture import capture_output

from course_lib.missing_names import ADVICE, advise_in_notebook

CELLS = """
import numpy as np
import os.path
from course_lib import check, hint as tip
def meet(a, b): pass
class Own: pass
queries, (keys, values) = 1, (2, 3)
for row in []: pass
"""


@pytest.fixture
def said(shell, monkeypatch, tmp_path):
    """Run a cell of a notebook in which nothing has run; return its error and the traceback."""
    cells = [
        {"cell_type": "code", "source": "a cell that was never right ("},
        {"cell_type": "markdown", "source": ["my_own = 1"]},
        *({"cell_type": "code", "source": [line]} for line in CELLS.splitlines()),
    ]
    (tmp_path / "03_scores.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "03_scores.ipynb"))
    advise_in_notebook()

    def run(code):
        with capture_output() as captured:
            result = shell.run_cell(code)
        return result.error_in_exec, re.sub(r"\x1b\[[0-9;]*m", "", captured.stdout)

    return run


@pytest.mark.parametrize(
    "code",
    [
        "check('softmax', 1)",
        "np.zeros(3)",
        "os.path",
        "tip()",
        "meet(1, 2)",
        "Own()",
        "values + 1",
        "row",
        "def f():\n    return np.zeros(3)\nf()",
    ],
)
def test_a_missing_name_that_a_cell_defines_says_what_to_run(said, code):
    error, text = said(code)
    assert isinstance(error, NameError)
    assert "NameError: name" in text
    assert text.rstrip().endswith(ADVICE)
    assert text.count(ADVICE) == 1


@pytest.mark.parametrize("code", ["my_own", "hint()", "1 / 0", "import nothing_like", "[].np"])
def test_other_errors_are_shown_as_ever(said, shell, code):
    _, advised = said(code)
    shell.set_custom_exc((), None)
    _, plain = said(code)
    assert _without_cell_number(advised) == _without_cell_number(plain)
    assert "Error" in plain


@pytest.mark.parametrize("content", [None, "no notebook", "[]", '{"cells": [{"source": 3}]}'])
def test_where_the_file_cannot_be_read_the_error_is_shown_as_ever(said, tmp_path, content):
    file = tmp_path / "03_scores.ipynb"
    file.write_text(content, "utf-8") if content else file.unlink()
    error, text = said("check(1)")
    assert isinstance(error, NameError)
    assert "name 'check' is not defined" in text
    assert ADVICE not in text


def test_a_handler_of_the_learners_own_stays(shell):
    shell.set_custom_exc((ValueError,), lambda *_: None)
    advise_in_notebook()
    assert shell.custom_exceptions == (ValueError,)


def _without_cell_number(text):
    return re.sub(r"In\s?\[\d+\]|<ipython-input-[^>]*>", "", text)
