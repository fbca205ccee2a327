"""On how many threads libraries compute: the variables that they read when they are loaded.

One thread adds up in the same order on every machine, and it is what the course measures. What is
loaded already is limited by ``measuring.one_thread``.
"""

THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
ONE_THREAD = dict.fromkeys(THREADS, "1")
