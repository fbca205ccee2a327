import re

from course_lib.storage.beside import dated_beside


def test_a_name_beside_is_dated_and_free(tmp_path):
    taken = []
    for _ in range(3):
        taken.append(dated_beside(tmp_path / "a.b.txt", "old-"))
        taken[-1].touch()
    assert len(set(taken)) == 3
    for path in taken:
        assert re.fullmatch(r"a\.b\.old-\d{8}-\d{6}(-\d)?\.txt", path.name)
