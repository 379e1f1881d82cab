"""The one store: what came from the CRMs, what was decided, planned and written, and who is at work."""
