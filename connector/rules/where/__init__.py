"""The small language of conditions: read, checked against known fields and types, compiled to Polars."""
