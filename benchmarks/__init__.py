"""Measures the product beside other clients on one stand-in; from the root: `python -m benchmarks.NAME`."""
