import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_lib.authoring.folding import SUMMARY, fold_what_was_seen, only_asks
from course_lib.authoring.prose_rules import count_words

BEGIN = f"<details><summary>{SUMMARY}</summary>\n\n"
END = "\n\n</details>"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("**What you saw.** Two.", f"{BEGIN}Two.{END}"),
        ("**What you saw.** Two.\n\n*cat* is one.", f"{BEGIN}Two.\n\n*cat* is one.{END}"),
        (
            "**What you saw.** Two, **bold**.\n\n**Your turn:** three?\n\n<details>…</details>",
            f"{BEGIN}Two, **bold**.{END}\n\n**Your turn:** three?\n\n<details>…</details>",
        ),
        ("Before. **What you saw.** Two.", "Before. **What you saw.** Two."),
        ("**What you see.** Two.", "**What you see.** Two."),
    ],
)
def test_what_was_seen_is_folded_up_to_the_next_thing_to_do(written, folded):
    assert fold_what_was_seen(written) == folded


def test_what_is_folded_is_still_markdown():
    text = "**What you saw.** $e^0 = 1$, *cat* and `sat`.\n\n* one\n* two"
    html = markdown2html_mistune(fold_what_was_seen(text))
    for part in ("<em>cat</em>", "<code>sat</code>", "<li>", "$e^0 = 1$"):
        assert part in html
    assert html.index("<summary>") < html.index("<li>") < html.index("</details>")


def test_the_words_of_the_fold_itself_are_not_counted():
    assert count_words(fold_what_was_seen("**What you saw.** Two *words*.")) == 2


def test_only_a_cell_that_does_nothing_else_only_asks():
    asking = ['quiz("03")', 'predict("Why?", ["a"])\nquiz("before")']
    others = ["", "1", "quiz", 'x = quiz("03")', 'progress()\nquiz("03")', "it.quiz(3)", "quiz("]
    assert all(only_asks(new_code_cell(code)) for code in asking)
    assert not any(only_asks(new_code_cell(code)) for code in others)
    assert not only_asks(new_markdown_cell('quiz("03")'))
