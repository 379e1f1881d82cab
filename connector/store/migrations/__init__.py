"""The steps that brought the tables to what they are; Alembic runs them when a store is opened."""

HEAD = "0004"
"""The revision that `connector.store.tables` and `connector.store.ledgers` describe."""
