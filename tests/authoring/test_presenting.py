import re
import shutil
from subprocess import CompletedProcess, TimeoutExpired

import pytest

from course_lib.authoring import presenting
from course_lib.authoring.lessons import ROOT, read_sources
from course_lib.authoring.presenting import SHOWING, page_of, put_showing_into
from course_lib.errors import CourseError


@pytest.fixture(scope="module")
def page():
    (lesson, *_) = read_sources(ROOT, ("05",))
    return page_of(lesson)


@pytest.fixture
def packages(tmp_path):
    """Pretend that npm has fetched everything that is pinned."""
    for name in SHOWING:
        (tmp_path / "node_modules" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "node_modules" / name).write_text(name)
    shutil.copyfile(presenting.WORKSHOP / "package.json", tmp_path / "package.json")
    return tmp_path


def npm_that(monkeypatch, answer):
    monkeypatch.setattr(presenting.shutil, "which", lambda name: name)
    monkeypatch.setattr(presenting.subprocess, "run", answer)


def test_a_page_loads_nothing_but_what_lies_beside_it(page):
    loaded = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]{1,99})', page)
    beside = [address for address in loaded if not address.startswith("data:image/png;base64,")]
    assert beside
    assert set(beside) <= set(SHOWING)


def test_a_page_has_slides_with_pictures_that_say_what_they_show(page):
    assert page.count("<section>") == page.count("</section>") >= 6
    pictures = re.findall(r"<img [^>]{0,400}", page)
    assert pictures
    assert all(re.search(r'alt="[^"]{20,}', picture) for picture in pictures)


def test_notes_are_for_the_teachers_eyes_only(page):
    for_the_room = re.sub(r"<aside.*?</aside>", "", page, flags=re.DOTALL)
    assert page.count("<strong>One idea.") == 1
    assert "One idea." not in for_the_room
    assert "Ask the room." not in for_the_room


def test_a_page_is_the_same_text_every_time(page):
    (lesson, *_) = read_sources(ROOT, ("05",))
    assert page_of(lesson) == page


def test_a_lesson_that_was_never_built_has_no_slides(tmp_path):
    (lesson, *_) = read_sources(ROOT, ("05",))
    with pytest.raises(CourseError, match=r"05_weighted_sum.*not there.*Build it first.*build 05"):
        page_of(lesson, tmp_path)


def refuse(*numbers):
    def page_of(lesson, root):
        if lesson.number in numbers:
            raise CourseError(f"{lesson.name}, slide [2]: too long")
        return "a page"

    return page_of


@pytest.fixture
def without_showing(monkeypatch):
    monkeypatch.setattr(presenting, "put_showing_into", lambda out: out.mkdir())


@pytest.mark.usefixtures("without_showing")
def test_a_lesson_that_is_refused_leaves_the_others_their_slides(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(presenting, "page_of", refuse("03"))
    assert presenting.build_slides(("03", "04", "05"), out=tmp_path / "out") == 1
    built = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert built == ["04_softmax.html", "05_weighted_sum.html"]
    said = capsys.readouterr().out
    assert "left out 03: lessons/03_scores.py, slide [2]: too long" in said
    assert "python3 course.py slides 04 05" in said


@pytest.mark.usefixtures("without_showing")
def test_where_no_lesson_has_slides_nothing_is_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(presenting, "page_of", refuse("03"))
    with pytest.raises(CourseError, match="too long"):
        presenting.build_slides(("03",), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_was_fetched_before_is_copied_without_asking_npm(packages, tmp_path, monkeypatch):
    npm_that(monkeypatch, lambda *args, **options: pytest.fail("npm was asked"))
    put_showing_into(tmp_path / "out", packages=packages)
    assert [(tmp_path / "out" / name).read_text() for name in SHOWING] == list(SHOWING)


@pytest.mark.parametrize("change", ["another version", "a file is gone"])
def test_npm_is_asked_again_when_what_is_pinned_is_not_there(
    packages, tmp_path, monkeypatch, change
):
    if change == "another version":
        (packages / "package.json").write_text("{}")
    else:
        (packages / "node_modules" / SHOWING[0]).unlink()
    asked = []

    def answer(command, *, cwd, **options):
        asked.append((command[1], cwd))
        (cwd / "node_modules" / SHOWING[0]).write_text(SHOWING[0])
        return CompletedProcess(command, 0, "", "")

    npm_that(monkeypatch, answer)
    put_showing_into(tmp_path / "out", packages=packages)
    assert asked == [("install", packages)]
    pinned = (presenting.WORKSHOP / "package.json").read_text()
    assert (packages / "package.json").read_text() == pinned


def test_without_npm_it_says_where_else_slides_can_be_made(tmp_path, monkeypatch):
    monkeypatch.setattr(presenting.shutil, "which", lambda name: None)
    with pytest.raises(CourseError, match=r"come through npm.*no npm here.*Install Node\.js"):
        put_showing_into(tmp_path / "out", packages=tmp_path)


def fails(command, **options):
    return CompletedProcess(command, 1, "", "getaddrinfo EAI_AGAIN\n")


def never_ends(command, *, timeout, **options):
    raise TimeoutExpired(command, timeout)


@pytest.mark.parametrize(("answer", "said"), [(fails, "EAI_AGAIN"), (never_ends, "no end after")])
def test_without_a_network_it_says_what_npm_said(tmp_path, monkeypatch, answer, said):
    npm_that(monkeypatch, answer)
    with pytest.raises(CourseError, match=rf"(?s)should have fetched.*{said}.*Is there a network"):
        put_showing_into(tmp_path / "out", packages=tmp_path)
