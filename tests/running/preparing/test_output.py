import io
import subprocess
import sys

import pytest

from course_lib.running.preparing.output import STAND_INS, let_every_character_out

ENCODINGS = ["ascii", "cp437", "cp1252", "gbk", "utf-8"]


@pytest.fixture
def written(monkeypatch):
    """Write to an output of an encoding, and return the bytes."""

    def write(text, encoding):
        bytes_ = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_, encoding=encoding))
        let_every_character_out()
        print(text, end="", flush=True)
        return bytes_.getvalue()

    return write


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_can_be_encoded_stays_as_it_is(written, encoding):
    kept = "".join(sign for sign in STAND_INS if sign.encode(encoding, "ignore"))
    assert written(kept, encoding) == kept.encode(encoding)


def test_what_cannot_is_written_with_its_stand_in_or_its_escape(written):
    assert written("✓ ≤ 1.05, Świątek", "ascii") == rb"+ <= 1.05, \u015awi\u0105tek"
    assert written("Jürgen ✓", "cp1252") == b"J\xfcrgen +"
    assert written("J\udcfcrgen", "utf-8") == rb"J\udcfcrgen"  # a name that is no UTF-8


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_encoding_of_the_output_ends_a_verb(tmp_path, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "Świątek ✓"))
    board = tmp_path / "Łódź 班 ✓"
    board.mkdir()
    for words in (["progress", "--share", board, "--as", "Ada"], ["board", "--once", board]):
        command = [sys.executable, "-m", "course_lib", *words]
        ran = subprocess.run(command, capture_output=True)
        assert ran.returncode == 0, ran.stderr.decode()
