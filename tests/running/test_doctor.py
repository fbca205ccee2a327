import pytest

from course_lib.running import doctor
from course_lib.running.examination import Finding

FINE = Finding("Memory", True, "8 GiB")
NOTE = Finding("Disk", False, "little [room] is left", "Make room.")
FAULT = Finding("Python", False, "too old", "Install another.", prevents=True)


@pytest.fixture
def report(monkeypatch, capsys):
    def run(*findings):
        monkeypatch.setattr(doctor, "examine", lambda: iter(findings))
        return doctor.report(), capsys.readouterr().out

    return run


def test_a_healthy_machine_is_told_so(report):
    code, said = report(FINE)
    assert code == 0
    assert "All is well" in said


def test_a_note_says_what_to_do_and_prevents_nothing(report):
    code, said = report(FINE, NOTE)
    assert code == 0
    assert "little [room] is left" in said
    assert "Make room." in said
    assert "can run the course" in said


def test_a_fault_says_what_to_do_and_fails(report):
    code, said = report(FINE, FAULT, NOTE)
    assert code == 1
    assert "FAULT  Python: too old" in said
    assert "Install another." in said
    assert "cannot run the course yet" in said
