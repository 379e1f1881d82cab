"""The 1C stand-in: the standard OData interface of one information base behind IIS."""
