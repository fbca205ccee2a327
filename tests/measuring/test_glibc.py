"""Pages that the kernel has to hand out are counted; no test here depends on time."""

import ctypes
import sys

import numpy as np
import pytest

from course_lib.measuring import glibc, kept_memory

PAGE = 4096
LARGE = 64 * 2**20  # bytes: above every threshold of the library's own

needs_glibc = pytest.mark.skipif(glibc._glibc() is None, reason="there is no glibc here")


def pages_fetched(run) -> int:
    import resource  # not everywhere

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    run()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def fill():
    # Written byte by byte through malloc itself: NumPy might ask for large pages.
    library = glibc._glibc()
    block = ctypes.c_void_p(library.malloc(ctypes.c_size_t(LARGE)))
    ctypes.memset(block, 1, LARGE)
    library.free(block)


@needs_glibc
def test_left_alone_a_large_block_comes_from_the_kernel_at_every_call():
    fill()
    assert pages_fetched(fill) > 0.5 * LARGE / PAGE


@needs_glibc
def test_kept_memory_is_there_at_the_next_call():
    with kept_memory():
        fill()
        assert pages_fetched(fill) < 0.01 * LARGE / PAGE
    assert pages_fetched(fill) > 0.5 * LARGE / PAGE


@needs_glibc
def test_kept_memory_goes_back_after_an_error_too():
    with pytest.raises(ZeroDivisionError), kept_memory():
        1 / 0  # noqa: B018 (raising it is the test)
    assert pages_fetched(fill) > 0.5 * LARGE / PAGE


@needs_glibc
def test_with_fresh_pages_even_a_small_block_fits_into_no_gap():
    library = glibc._glibc()
    between = []
    with kept_memory():  # leaves gaps between the arrays that stay
        for _ in range(50):
            gap, kept = np.ones(2**16), np.ones(2**8)
            between.append(kept)
            del gap
    with glibc.fresh_pages():
        blocks = [
            ctypes.c_void_p(library.malloc(ctypes.c_size_t(n))) for n in (2**16, 2**19, 2**23)
        ]
        assert all(glibc._is_mapped(block.value) for block in blocks)
        for block in blocks:
            library.free(block)


@pytest.mark.parametrize("around", [glibc.kept_memory, glibc.fresh_pages])
def test_elsewhere_nothing_happens(around, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with around():
        assert glibc._glibc() is None


@needs_glibc
def test_another_allocator_is_left_alone(monkeypatch):
    class Other:
        malloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_size_t)(lambda size: None)

    monkeypatch.setattr(glibc, "_whole", Other)
    assert glibc._glibc() is None
