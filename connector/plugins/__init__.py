"""Connectors: facts about vendors and mappings into the canonical model, one folder each."""
