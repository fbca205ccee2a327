"""Grading a folder of notebooks: strangers' functions, each run in a process of its own."""
