"""The environment that the course runs in, made with the standard library alone."""
