import pytest

from course_lib import errors


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.ShapeError, ValueError),
        (errors.MaskError, ValueError),
        (errors.TokenError, ValueError),
        (errors.UnknownNameError, KeyError),
    ],
)
def test_an_error_can_be_caught_by_its_own_name_by_ours_and_by_pythons(error, builtin):
    assert issubclass(error, errors.CourseError)
    assert issubclass(error, builtin)


def test_an_unknown_name_speaks_without_the_quotation_marks_of_a_key_error():
    assert str(errors.UnknownNameError('did you mean "softmax"?')) == 'did you mean "softmax"?'
    assert str(errors.UnknownNameError()) == ""
