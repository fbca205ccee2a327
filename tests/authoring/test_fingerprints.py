import pytest

from course_lib.authoring.fingerprints import BuildCache
from course_lib.authoring.notebooks import targets


@pytest.fixture
def made(course):
    """A target whose making is remembered, with what its kernel read."""
    (course.root / "questions").mkdir()
    for name in ("module.py", "questions/03.toml", "constraints.txt"):
        (course.root / name).write_text("before")
    target = targets(course.lesson("# %%\n1\n"), course.root)[0]
    target.path.write_text("built")
    read = [course.root / "module.py", course.root / "questions/03.toml"]
    BuildCache(course.root).remember(target, read)
    return target


def test_what_was_made_is_current_for_the_next_run(made, course):
    assert BuildCache(course.root).is_current(made)


@pytest.mark.parametrize(
    "name",
    [
        *("module.py", "questions/03.toml", "constraints.txt"),
        "notebooks/03_scores.ipynb",
    ],
)
def test_a_change_anywhere_that_it_was_made_from_makes_it_stale(made, course, name):
    (course.root / name).write_text("after")
    assert not BuildCache(course.root).is_current(made)


def test_changed_code_makes_it_stale(made, course):
    changed = targets(course.lesson("# %%\n2\n"), course.root)[0]
    assert not BuildCache(course.root).is_current(changed)


def test_changed_prose_does_not_make_it_stale(made, course):
    changed = targets(course.lesson("# %% [markdown]\n# New\n\n# %%\n1\n"), course.root)[0]
    assert BuildCache(course.root).is_current(changed)


@pytest.mark.parametrize("text", ["", "not json", "{}", '{"notebooks/03_scores.ipynb": 3}'])
def test_without_a_readable_cache_everything_is_stale(made, course, text):
    (course.root / ".build-cache.json").write_text(text)
    assert not BuildCache(course.root).is_current(made)
