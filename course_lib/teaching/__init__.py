"""For teachers: schedules, catching up, grading a folder, the board of a class."""
