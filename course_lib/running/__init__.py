"""The command line and what stands behind it: lab, working copy, doctor, tests."""
