"""What tests of explorers ask for: what the browser computes, and what is drawn."""

from drawing import contrast, is_drawn, lists_are_arrays_too
from in_node import node, node_call

__all__ = ["contrast", "is_drawn", "lists_are_arrays_too", "node", "node_call"]
