from course_lib.authoring.lessons import ROOT, read_sources
from course_lib.authoring.links import broken_links
from course_lib.authoring.notebooks import targets
from course_lib.authoring.ways_on import with_link_to_next
from course_lib.numbering import NAMES, after, path_of


def notebooks():
    return {
        target.name: target for source in read_sources(ROOT) for target in targets(source, ROOT)
    }


def test_every_notebook_leads_to_the_lessons_around_it_and_to_its_exercises():
    built = notebooks()
    for name in NAMES:
        for folder in ("notebooks", "exercises", "solutions"):
            links = built[path_of(name, folder)[3:]].blank.cells[-1].source
            around = [after(name, -1), after(name), name if folder != "notebooks" else None]
            wanted = [path_of(lesson) for lesson in around if lesson]
            wanted += [path_of(name, "exercises")] if folder != "exercises" else []
            assert sorted(wanted) == sorted(
                part.partition(")")[0] for part in links.split("](")[1:-1]
            )
            assert links.endswith("[All lessons and symbols](../notebooks/README.md)")


def test_each_paragraph_on_what_comes_next_links_that_lesson():
    built = notebooks()
    for name in NAMES[:-1]:
        prose = "\n\n".join(cell.source for cell in built[path_of(name)[3:]].blank.cells)
        _, is_there, rest = prose.partition("**Next:**")
        assert not is_there or f"]({path_of(after(name))})" in rest.partition("\n\n")[0], name


def test_only_the_next_lesson_is_linked_and_only_if_there_is_one():
    assert with_link_to_next("In lesson 04.\n\n**Next:** lesson 99.") == (
        "In lesson 04.\n\n**Next:** lesson 99."
    )
    assert with_link_to_next("**Next:** more. Lesson 04 and lesson 05.") == (
        "**Next:** more. [Lesson 04](../notebooks/04_softmax.ipynb) and lesson 05."
    )


def test_links_lead_only_to_lessons_that_are_written(course):
    alone = course.lesson("# %% [markdown]\n# # Scores\n")
    (target,) = targets(alone, course.root)
    assert len(target.blank.cells) == 1
    course.lesson("# %% [markdown]\n# # Softmax\n", stem="04_softmax")
    (target,) = targets(alone, course.root)
    links = target.blank.cells[-1].source
    assert "04_softmax" in links
    assert "02_queries" not in links


def test_the_links_of_the_built_course_lead_somewhere():
    assert not list(broken_links(ROOT))
