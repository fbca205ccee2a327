"""Pictures of arrays: matplotlib displays with alt text."""
