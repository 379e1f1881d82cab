"""Runs the steps on the connection that `connector.store.migrate` hands over; there is no alembic.ini."""

from alembic import context

from connector.store.ledgers import RUN

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=RUN.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
