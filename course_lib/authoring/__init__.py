"""Lessons into notebooks: build them, keep them current, hold them to the conventions."""
