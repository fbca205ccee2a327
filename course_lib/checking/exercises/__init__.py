"""The exercises, a module or two a lesson: reference, inputs that can tell, and mistakes by name."""
