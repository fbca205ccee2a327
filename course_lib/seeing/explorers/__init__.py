"""Views to move through: a Python class, and plain ES modules that compute and draw."""
