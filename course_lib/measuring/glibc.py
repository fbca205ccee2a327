"""What Linux's C library does with free memory, and how to have it done otherwise.

Left alone, it stands in the way of two measurements. *Time*: it hands large blocks back to the
kernel as soon as they are free and asks for them again at the next call, and the kernel fills
every page with zeros. At 32 MiB a block a time suddenly grows twice as large, and an exponent of
2 looks like one of 2.7. *Memory*: it keeps smaller blocks, and blocks between others, although
they are free; pages are then in use that nobody needs.

Where there is no glibc, nothing here does anything.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Names and numbers from malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX = -1, -3, -4
_NEVER = -1
_MOST_MAPPINGS = 65536  # the library's own
_LARGE = 32 * 2**20  # what the library's own threshold grows to, and twice as much for trimming
_SMALL = 64 * 2**10
_IS_MAPPED = 2  # a bit of the word before a block


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep freed memory for the next call, so that a time is that of the computation.

    Afterwards the free memory goes back, and the thresholds stand where glibc's own come to
    stand after a while.
    """
    library = _glibc()
    if library is None:
        yield
        return
    library.mallopt(_MMAP_MAX, 0)
    library.mallopt(_TRIM_THRESHOLD, _NEVER)
    try:
        yield
    finally:
        _as_usual(library)
        library.malloc_trim(0)


@contextmanager
def fresh_pages() -> Iterator[None]:
    """Have every block of 64 KiB or more come from the kernel, and go back once it is free.

    The pages in use are then those of the blocks in use. The gaps that earlier calls left are
    taken meanwhile, without being touched, so that no block can be placed in them.
    """
    library = _glibc()
    if library is None:
        yield
        return
    library.malloc_trim(0)
    library.mallopt(_MMAP_MAX, _MOST_MAPPINGS)
    library.mallopt(_MMAP_THRESHOLD, _SMALL)
    fillings = list(_fill_gaps(library))
    try:
        yield
    finally:
        for filling in fillings:
            library.free(filling)
        _as_usual(library)


def _as_usual(library: Any) -> None:
    library.mallopt(_MMAP_MAX, _MOST_MAPPINGS)
    library.mallopt(_MMAP_THRESHOLD, _LARGE)
    library.mallopt(_TRIM_THRESHOLD, 2 * _LARGE)


def _fill_gaps(library: Any) -> Iterator[ctypes.c_void_p]:
    """Take blocks, the greatest first, until none fits into a gap: a new mapping says so.

    None is larger than all that is free: a request that cannot be met would send this thread to
    another arena for good, where the thresholds above mean something else.
    """
    size = 2 ** (_free_bytes(library).bit_length() - 1) if _free_bytes(library) else 0
    while size >= _SMALL:
        block = ctypes.c_void_p(library.malloc(ctypes.c_size_t(size)))
        if block.value and not _is_mapped(block.value):
            yield block
        else:
            library.free(block)
            size //= 2


class _Counts(ctypes.Structure):
    """What mallinfo2 tells; ``fordblks`` is all that is free within the heap."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def _free_bytes(library: Any) -> int:
    """Ask how much is free; 0 from a library too old to tell, whose gaps then stay."""
    if not hasattr(library, "mallinfo2"):
        return 0
    library.mallinfo2.restype = _Counts
    return int(library.mallinfo2().fordblks)


def _is_mapped(address: int) -> bool:
    word = ctypes.sizeof(ctypes.c_size_t)
    return bool(ctypes.c_size_t.from_address(address - word).value & _IS_MAPPED)


def _glibc() -> Any:
    """Return glibc, where that is the C library and no other allocator was loaded before it."""
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL("libc.so.6")
        in_use = [ctypes.cast(one.malloc, ctypes.c_void_p).value for one in (library, _whole())]
    except (OSError, AttributeError):
        return None
    if in_use[0] != in_use[1] or not hasattr(library, "gnu_get_libc_version"):
        return None
    library.malloc.restype = ctypes.c_void_p
    return library


def _whole() -> Any:
    """Return everything that this process has loaded; the first of each name counts."""
    return ctypes.CDLL(None)
