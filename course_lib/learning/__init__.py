"""What models learn from, and how: sentences, tasks, tiny models."""
