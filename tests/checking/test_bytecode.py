import numpy as np
import pytest

from course_lib.checking.bytecode import ready_made_products


@pytest.mark.parametrize(
    ("function", "products"),
    [
        (lambda a, b: a @ b, ["@"]),
        (lambda a, b: np.dot(a, b), ["dot"]),
        (lambda a, b: a.dot(b), ["dot"]),
        (lambda a, b: np.einsum("i,i", a, b), ["einsum"]),
        (lambda a, b: np.inner(a, b) + np.vdot(a, b), ["inner", "vdot"]),
        (lambda a, b: sum(row @ b for row in a[None]), ["@"]),
        (np.matmul, ["matmul"]),
    ],
)
def test_ready_made_products_are_found_wherever_they_stand(function, products):
    assert ready_made_products(function) == products


def test_a_name_that_only_looks_like_one_is_left_alone():
    def written_out(a, b):
        dot = 0
        for x, y in zip(a, b, strict=True):
            dot += x * y
        return dot

    assert ready_made_products(written_out) == []
    assert ready_made_products(max) == []
