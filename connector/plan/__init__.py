"""Decisions become a plan: with reasons, expected old values and a fingerprint; rendering decides nothing."""
