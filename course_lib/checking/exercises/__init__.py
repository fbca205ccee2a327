"""The exercises, a module or more for each lesson: reference, inputs that can tell, mistakes."""
