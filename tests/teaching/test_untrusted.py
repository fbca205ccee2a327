import pytest

from course_lib.teaching.untrusted import RefusedError, no_formula, plain, read_bytes


def test_a_plain_file_is_read_up_to_its_limit(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_bytes(path, 5) == b"12345"
    with pytest.raises(RefusedError, match="larger than 0 KiB"):
        read_bytes(path, 4)


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(RefusedError, match="cannot be read: No such file"):
        read_bytes(tmp_path / "nowhere", 5)


@pytest.mark.parametrize("text", ["Zoë √d מרים 猫", "a b"])
def test_ordinary_text_is_shown_as_it_is(text):
    assert plain(text) == text


@pytest.mark.parametrize("character", "\n\r\t\x00\x1b\x7f\x85\u2028\u202e\u200b\ud800")
def test_a_character_that_cannot_be_seen_is_written_out(character):
    shown = plain(f"a{character}b")
    assert shown.startswith("a\\")
    assert shown.isprintable()


def test_a_long_text_is_cut():
    assert plain("x" * 10**6, most=3) == "xxx…"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_a_formula_becomes_text(cell):
    assert no_formula(cell) == f"'{cell}"
    assert no_formula(f"x{cell}") == f"x{cell}"
