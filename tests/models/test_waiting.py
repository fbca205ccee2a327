from contextlib import contextmanager

from course_lib.models import waiting


def test_every_step_is_counted_and_told(monkeypatch):
    told = []

    @contextmanager
    def line():
        yield told.append
        told.append("wiped")

    monkeypatch.setattr(waiting, "progress_line", line)
    assert list(waiting.counted(2, "reading")) == [0, 1]
    assert told == ["reading: 0 of 2 steps", "reading: 1 of 2 steps", "wiped"]
