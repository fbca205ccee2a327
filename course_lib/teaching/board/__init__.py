"""The board of a class: who has passed which exercise, of those who want to be seen."""
