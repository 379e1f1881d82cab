"""The stand-in of the amoCRM REST API v4, as documents and users describe it."""
