"""What a lesson says to its teachers: read, held to its form, and put into the guide."""

import pytest
from nbformat.v4 import new_output

from course_lib.authoring.conventions import page_of
from course_lib.authoring.guide import guide_text
from course_lib.authoring.note_rules import NOTE_RULES
from course_lib.authoring.notebooks import dumps, targets
from course_lib.authoring.notes import notes_of
from course_lib.authoring.workshop import stale_workshop, write_workshop
from course_lib.teaching.schedule import ClassPath

WORDS = "one two three four five six seven eight nine ten " * 3


def note(text):
    return f'# %% [markdown] tags=["instructor"]\nr"""\n{text} {WORDS}\n"""\n'


IDEA = note("**One idea.** Compare.")
ASK = note("**Ask the room.** How large is 0.42?\n\n*Expect:* small.")
STUMBLE = note("**Stumble.** The cosine.\n\n*Say:* look.")
LATE = note("**If time runs out.** Skip it.")
LESSON = f'''\
# ---
# jupyter:
#   course:
#     number: "03"
#     title: Scores
#     question: How alike are two words?
#     proves: scores grow
#     minutes: {{teaching: 30, exercises: 15, shown: 5}}
#     must: raw_scores
#     cut: "What a score is not: a chance"
#     exercises: [raw_scores, scaled_scores]
# ---

# %% [markdown]
r"""
# 03 · Scores

Text.
"""

{IDEA}
# %%
print(0.42)

# %% [markdown] tags=["instructor", "slide"]
r"""
# For a slide
"""

{ASK}
# %% [markdown]
r"""
## A dot product
"""

{ASK}{STUMBLE}
# %% [markdown]
r"""
## What a score is not: a chance
"""

{LATE}{STUMBLE}'''


def faults_in(source, course):
    """Pretend that a source was built, and look at its notes."""
    (target,) = targets(source, course.root)
    code = [cell for cell in target.blank.cells if cell.cell_type == "code"]
    code[-1].outputs = [new_output("stream", name="stdout", text="0.42\n")]
    target.path.write_text(dumps(target.blank), encoding="utf-8")
    page = page_of(source, course.root)
    return "\n".join(str(fault) for rule in NOTE_RULES for fault in rule(page))


def test_notes_know_their_label_and_where_they_stand(course):
    found = [(each.label, each.heading) for each in notes_of(course.lesson(LESSON))]
    assert found == [
        ("One idea", "03 · Scores"),
        ("Ask the room", "03 · Scores"),
        ("Ask the room", "A dot product"),
        ("Stumble", "A dot product"),
        ("If time runs out", "What a score is not: a chance"),
        ("Stumble", "What a score is not: a chance"),
    ]


def test_good_notes_have_no_fault(course):
    assert faults_in(course.lesson(LESSON), course) == ""


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("**One idea.**", "**An idea.**", ["'**An idea.** Compare.", "begins with no label"]),
        ("**One idea.**", "**An idea.**", ["0 notes **One idea.**, and 1 are wanted"]),
        (LATE, "", ["0 notes **If time runs out.**"]),
        (LATE, LATE + LATE, ["2 notes **If time runs out.**"]),
        (ASK, "", ["0 notes **Ask the room.**, and 2 to 4 are wanted"]),
        (STUMBLE, STUMBLE * 3, ["6 notes **Stumble.**"]),
        ("*Expect:*", "Expect:", ["has no line that begins with *Expect:*", "answer"]),
        ("*Say:*", "*Expect:*", ["has no line that begins with *Say:*"]),
        (IDEA, "", ["comes first", "Begin with **One idea.**"]),
        (IDEA, "# %%\n1\n\n" + IDEA, ["stands elsewhere", "right after the title"]),
        ('cut: "What a score is not: a chance"', "cut: A dot product", ["header cuts at 'A dot"]),
        (f"Compare. {WORDS}", "Compare.", ["has 3 words, and 30 to 90 are wanted"]),
        (f"Compare. {WORDS}", WORDS * 4, ["has 122 words"]),
        ("is 0.42?", "is 0.43?", ["quotes 0.43, which no output of the lesson shows"]),
        (
            '# %% [markdown] tags=["instructor"]\nr"""\n**One',
            '# %% tags=["instructor"]\nr"""\n**One',
            ["the note that begins 'r", "is code"],
        ),
        ('tags=["instructor"]', 'tags=["instructor", "draft"]', ["is markdown draft"]),
    ],
)
def test_a_note_that_is_not_in_form_is_named(course, good, bad, words):
    assert good in LESSON
    said = faults_in(course.lesson(LESSON.replace(good, bad)), course)
    assert "lessons/03_scores.py" in said
    assert [word for word in words if word not in said] == []


def test_the_guide_has_each_lesson_with_its_minutes_its_places_and_its_notes(course):
    guide = guide_text([course.lesson(LESSON)])
    place = "../notebooks/03_scores.ipynb#What-a-score-is-not:-a-chance"
    cut = f"[What a score is not: a chance]({place})"
    for line in (
        f"| 03 | [Scores](#03--scores) | 30 | 15 | `raw_scores` | {cut} |",
        "|  | All | 30 | 15 |  |  |",
        "## 03 · Scores",
        "*How alike are two words?*\n\nWhat the lesson shows: scores grow.",
        "### [A dot product](../notebooks/03_scores.ipynb#A-dot-product)",
        f"### {cut}",
    ):
        assert f"\n{line}\n" in guide
    assert "**30 minutes**, and 15 for the exercises; shown 5." in guide
    assert "**`raw_scores`** (must), `scaled_scores`" in guide
    assert guide.index("**One idea.**") < guide.index("### [A dot") < guide.index("**Stumble.**")
    assert "For a slide" not in guide


@pytest.fixture
def workshop(course, monkeypatch):
    short = ClassPath("short", 20, "Little.", (("03 shown", "Pause: 7"),))
    monkeypatch.setattr("course_lib.authoring.workshop.PATHS", (short,))
    (course.root / "workshop").mkdir()
    marks = "<!-- schedules: begin -->\nold\n<!-- schedules: end -->"
    (course.root / "workshop/README.md").write_text(f"# Class\n\n{marks}\n\nBy hand.\n", "utf-8")
    return course


def test_a_build_writes_what_teachers_read_and_a_check_finds_it_stale(workshop):
    lessons = [workshop.lesson(LESSON)]
    pages = ["workshop/guide.md", "workshop/README.md"]
    assert stale_workshop(workshop.root, lessons) == pages
    assert write_workshop(workshop.root, lessons) == pages
    assert stale_workshop(workshop.root, lessons) == []
    page = (workshop.root / "workshop/README.md").read_text("utf-8")
    assert "\n### Short\n\nLittle. **12 minutes**.\n" in page
    assert "| 09:00 | 09:05 | 5 | [03 Scores](../notebooks/03_scores.ipynb), shown |" in page
    assert "| 09:05 | 09:12 | 7 | Pause |" in page
    assert page.startswith("# Class\n")
    assert page.endswith("By hand.\n")
    (workshop.root / "workshop/guide.md").write_text("mine", "utf-8")
    assert "workshop/guide.md says something else than the lessons" in workshop.faults()


def test_a_course_without_a_class_has_no_guide(course):
    assert write_workshop(course.root, [course.lesson(LESSON)]) == []
    assert not (course.root / "workshop").exists()
