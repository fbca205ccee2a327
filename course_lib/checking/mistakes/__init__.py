"""Known mistakes as text: lines that replace lines of the right answer."""
