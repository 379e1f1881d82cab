"""Joins numbers that edges connect: the smallest number of each connected group stands for it."""

from __future__ import annotations

from collections.abc import Iterable


def components(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each number in an edge the smallest one that it is connected with (union-find).

    Galler and Fischer, An improved equivalence algorithm, CACM 7 (1964); paths are halved. The order of the
    edges means nothing.
    """
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in edges:
        first, second = root(one), root(other)
        if first != second:
            parent[max(first, second)] = min(first, second)
    return {node: root(node) for node in list(parent)}
