"""The only code that talks to a network: sessions, credentials, limits, retries, errors without secrets."""
