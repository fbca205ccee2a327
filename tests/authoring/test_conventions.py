from base64 import b64encode
from random import Random

import pytest
from nbformat.v4 import new_output

from course_lib.authoring.conventions import broken_conventions, page_of
from course_lib.authoring.notebooks import dumps, targets

GOOD = """
# ---
# jupyter:
#   course:
#     number: "03"
#     title: Scores
#     question: How alike are two words?
#     proves: scores grow with the width
#     minutes: {teaching: 30, exercises: 15}
#     must: raw_scores
#     cut: What a score is not
#     exercises: [raw_scores]
#     notation:
#       - {name: queries, symbol: $Q$, shape: "(n_queries, d_head)", meaning: what is looked for}
#     claims:
#       - {claim: words are compared by dot products, heading: A dot product, number: "0.42"}
# ---

# %% [markdown]
# # 03 · Scores
#
# *How alike are two words?*
#
# - compute a score
# - say what it means

{idea}
# %%
import numpy as np

# %% [markdown]
# ## A dot product
#
# We multiply and add.

{ask}{ask}{stumble}{stumble}
# %%
predict("How large?", ["small", "large"])

# %%
print(np.array([0.6]) @ np.array([0.7]))

# %% [markdown]
# **What you saw.** The score is 0.42 (arXiv 1706.03762, section 3.2).

# %%
display(figure)

# %% [markdown]
# ## What a score is not
#
# Now the [exercises](../exercises/03_scores.ipynb).

{late}
# %%
quiz("03")
"""
NOTES = {
    "idea": "**One idea.** Compare.",
    "ask": "**Ask the room.** How large?\n#\n# *Expect:* small.",
    "stumble": "**Stumble.** The cosine.\n#\n# *Say:* look.",
    "late": "**If time runs out.** Skip it.",
}
for name, text in NOTES.items():
    said = f"{text} {'to be read aloud while standing ' * 5}"
    GOOD = GOOD.replace(f"{{{name}}}", f'# %% [markdown] tags=["instructor"]\n# {said}\n\n')
EXERCISE = '''
# %% [markdown]
# # Exercises

# %%
def raw_scores(queries, keys):
    """Compare."""
    # BEGIN SOLUTION
    return queries @ keys.T
    # END SOLUTION
'''
FIGURE = '<figure><img alt="A map of {words}" src="data:image/png;base64,{picture}"></figure>'
LIGHT = "iVBORw0KGgoAAAA="
OUTPUTS = {
    "predict": [new_output("display_data", {"text/plain": "Predict: How large?"})],
    "print": [new_output("stream", name="stdout", text="0.42\n")],
    "display": [
        new_output("display_data", {"text/html": FIGURE.format(words="2.5", picture=LIGHT)})
    ],
    "quiz": [new_output("display_data", {"text/plain": "1. Is it?"})],
}


def faults_in(source, course, **outputs):
    """Pretend that a source was built with these outputs, and look at both."""
    target = targets(source, course.root)[-1]
    for cell in target.blank.cells:
        word = cell.source.split("(")[0]
        if cell.cell_type == "code":
            cell.outputs = outputs.get(word, OUTPUTS.get(word, []))
    target.path.parent.mkdir(exist_ok=True)
    target.path.write_text(dumps(target.blank), encoding="utf-8")
    return [str(fault) for fault in broken_conventions(source, course.root)]


def test_a_good_lesson_has_no_fault(course):
    assert faults_in(course.lesson(GOOD), course) == []
    assert faults_in(course.exercise(EXERCISE), course) == []


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("import numpy as np", "\n".join(f"a{n} = {n}" for n in range(16)), ["16 lines", "15"]),
        ("import numpy as np", "%matplotlib inline", ["magic"]),
        ("import numpy as np", "!ls", ["magic or a shell"]),
        ("import numpy as np", "import numpy as", ["not valid Python"]),
        ("import numpy as np", "import numpy as np;", ["';'"]),
        ("import numpy as np", "import numpy as np  # NBVAL_SKIP", ["nbval comment"]),
        ("import numpy as np", "from urllib.request import urlopen", ["network"]),
        ("import numpy as np", 'address = "https://example.org/a"', ["network"]),
        ("import numpy as np", 'path = "/home/me/data.txt"', ["absolute path"]),
        ("import numpy as np", 'path = "C:/data.txt"', ["absolute path"]),
        ("import numpy as np", "import warnings", ["warning filters"]),
        ("# %%\nimport", '# %% tags=["raises-exception"]\nimport', ["raises-exception"]),
        ("# %%\nimport", '# %% tags=["hide-input"]\nimport', ["hide-input"]),
        ("# %%\nimport", '# %% jupyter={"source_hidden": true}\nimport', ["jupyter"]),
        ("multiply and add", "add " * 90, ["9", "words", "80"]),
        ("multiply and add.", "add.\n#\n# | a |\n# |---|\n#\n# " + "word " * 90, ["95 words"]),
        ("multiply and add", "![a map](https://example.org/a.png)", ["network"]),
        ("multiply and add", "[go](/home/me/a.ipynb)", ["relative link"]),
        ("multiply and add", "add as in lesson 02", ["by its number: lesson 02", "§softmax"]),
        ("multiply and add", "add as in lesson §sums", ["§sums, and no lesson", "scores"]),
        ("multiply and add", "add [here](notebooks:sums)", ["§sums, and no lesson", "scores"]),
        ("# # 03 · Scores", "# # 03 · Numbers", ["title"]),
        ("# *How alike", "# *How unlike", ["question"]),
        ("# - say what it means\n", "", ["two to four objectives"]),
        ("is 0.42", "is 0.43", ["quotes 0.43", "no output beside it"]),
        ("is 0.42", "is 0.42, not 2.6", ["quotes 2.6"]),
        ("**What you saw.** The", "So: **What you saw.** The", ["**What you saw.** in its middle"]),
        ("**What you saw.** The", "The", ["may tell the result", "**What you saw.**"]),
        ("(../exercises/03_scores.ipynb)", "(03_scores.ipynb)", ["link its exercises"]),
        ('number: "03"', "number: 3", ["calls itself 3", "begins 03"]),
        ("#     proves: scores grow with the width\n", "", ["lacks proves"]),
        ("shape:", "form:", ["entry in notation", "form"]),
        ("exercises: 15}", "exercises: a few}", ["minutes as", "whole numbers"]),
        ("exercises: 15}", "exercise: 15}", ["minutes as", "'exercise': 15"]),
        ("must: raw_scores", "must: cooked", ["must exercise", "raw_scores"]),
        ("heading: A dot product", "heading: A sum", ["'A sum'", "The lesson has"]),
        ("cut: What a score is not", "cut: Nothing", ["'Nothing'"]),
        ("predict(", "answer = 3\n\npredict(", ["more than ask"]),
        ("print(np.array([0.6]) @ np.array([0.7]))", 'predict("Again?", ["a"])', ["no result"]),
        ('quiz("03")', "print(1)", ["0 cells with quiz"]),
        ('quiz("03")', 'quiz("03")\n\n# %%\nprint(1)', ["1 cells with quiz", "last"]),
        ('quiz("03")', 'quiz("03")\n\n# %%\nquiz("before")\n\n# %%\n1', ["1 cells with quiz"]),
    ],
)
def test_a_broken_convention_is_named_with_its_place(course, good, bad, words):
    assert good in GOOD
    said = "\n".join(faults_in(course.lesson(GOOD.replace(good, bad)), course))
    assert "lessons/03_scores.py" in said
    assert [word for word in words if word not in said] == []


def test_questions_that_frame_the_course_may_stand_after_the_closing_ones(course):
    framed = GOOD.replace('quiz("03")', 'quiz("03")\n\n# %%\nquiz("before")')
    assert list(faults_in(course.lesson(framed), course)) == []


def test_an_empty_lesson_is_one_fault(course):
    (said,) = faults_in(course.lesson(""), course)
    assert "no cells" in said


def test_a_fault_in_a_cell_names_the_cell_and_how_it_begins(course):
    (said,) = faults_in(course.lesson(GOOD.replace("is 0.42", "is 0.43")), course)
    assert said.startswith("lessons/03_scores.py, cell 6 (**What you saw.** The score is 0.43")


@pytest.mark.parametrize("quoted", ["0.42", "0.4", "2.5", "−0.42"])
def test_a_quoted_number_may_be_rounded_signed_or_stand_in_alt_text(course, quoted):
    assert faults_in(course.lesson(GOOD.replace("is 0.42", f"is {quoted}")), course) == []


def test_a_number_shown_in_another_section_does_not_count(course):
    said = faults_in(course.lesson(GOOD.replace("Now the", "It was 0.42. Now the")), course)
    assert len(said) == 1
    assert "quotes 0.42" in said[0]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (new_output("display_data", {"image/png": LIGHT, "text/plain": "x"}), "without alt text"),
        (new_output("display_data", {"text/html": '<img src="a.png">'}), "without alt text"),
        (new_output("display_data", {"text/html": '<img alt="" src="a.png">'}), "without alt text"),
        (new_output("stream", name="stderr", text="DeprecationWarning"), "stderr"),
    ],
)
def test_outputs_that_would_not_be_fit_to_read_are_named(course, output, words):
    (said,) = faults_in(course.lesson(GOOD), course, display=[output])
    assert words in said


def test_a_heavy_picture_is_named_with_its_weight(course):
    noise = LIGHT[:12] + b64encode(Random(0).randbytes(120_000)).decode()
    output = new_output("display_data", {"text/html": FIGURE.format(words="noise", picture=noise)})
    (said,) = faults_in(course.lesson(GOOD), course, display=[output])
    assert "120 kB" in said


def test_a_prediction_without_a_visible_result_is_named(course):
    said = faults_in(course.lesson(GOOD.replace("0.42 (arXiv", "here (arXiv")), course, print=[])
    assert len(said) == 1
    assert "next code cell shows nothing" in said[0]


def test_a_solution_that_imports_what_it_should_compute_is_named(course):
    text = EXERCISE.replace(
        "    return", "    from course_lib.attention import reference\n    return"
    )
    (said,) = faults_in(course.exercise(text), course)
    assert "lessons/exercises/03_scores.py, cell 2" in said
    assert "imports what it should compute" in said


def test_outputs_of_an_older_source_are_not_looked_at(course):
    source = course.lesson(GOOD)
    assert not page_of(source, course.root).is_executed
    assert list(broken_conventions(source, course.root)) == []
    faults_in(source, course)
    assert page_of(source, course.root).is_executed
    assert not page_of(course.lesson(GOOD + "\n\n# %%\n1\n"), course.root).is_executed
