"""Moves data: pull from the plugins into the store, push approved changes back through the one write path."""
