"""Stand-ins of the vendors' APIs on loopback, strict and nasty: for the demo, rehearsals and tests."""
