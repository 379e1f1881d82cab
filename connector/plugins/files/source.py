"""The connector to files: a stream for each table that the folder has, and an outbox for what we write."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from connector.changes import AddNote, Change, ChangeOwner, CreateTask, PlanContact, SetField, SetFlag, Value
from connector.errors import AccessError, MissingRecordError, RecordError, SourceError
from connector.model import Client
from connector.plugins.base import Check, Cursor, Source, Stream, writes
from connector.plugins.files.doctor import look
from connector.plugins.files.folder import OUTBOX, Folder
from connector.plugins.files.outbox import CsvOutbox, Outbox, outbox_row
from connector.plugins.files.reading import Table
from connector.plugins.files.settings import FilesConfig
from connector.plugins.files.tables import CLIENTS, OWNERSHIP, SHAPES


class Files(Source[FilesConfig]):
    """A folder of CSV files, or a workbook with a sheet for each table, as an export leaves them."""

    name = "files"
    title = "CSV and Excel files"
    config_model = FilesConfig
    batch_size = 500

    def setup(self) -> None:
        """Remember where the tables are; nothing is opened before the first read."""
        self._path = (self.context.folder / Path(self.config.path).expanduser()).absolute()
        self._clients = Table(CLIENTS, self._look, self.context.name, self.context.zone)

    def streams(self) -> Sequence[Stream]:
        """List a stream for each table of the format.

        The history of owners is one only where the folder has it: without it the engine keeps its own.
        """
        shapes = [shape for shape in SHAPES if shape is not OWNERSHIP or self._has_history]
        tables = [Table(shape, self._look, self.context.name, self.context.zone) for shape in shapes]
        return [table.stream() for table in tables]

    def check(self) -> Iterator[Check]:
        """Look at the folder and at the header of each table."""
        return look(self._look(), writes=bool(self.config.write))

    def current(self, target: str, names: Sequence[str]) -> Mapping[str, Value]:
        """Return the client's values as the file has them now; MissingRecordError without such a row."""
        found = self.current_many([target], names)
        if target not in found:
            raise MissingRecordError(f"no client {target!r} in the file", where=self.context.name)
        return found[target]

    def current_many(self, targets: Sequence[str], names: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """Return the same for many clients, in one reading of their table."""
        wanted = set(targets)
        rows = (row for page in self._clients.read(Cursor()) for row in page.rows if row["name"] in wanted)
        clients = (client for row in rows for client in self._readable(row))
        return {client.ref.external_id: {name: _value(client, name) for name in names} for client in clients}

    def find_written(self, changes: Sequence[Change]) -> Mapping[str, str]:
        """Return change key -> place in the outbox for those that stand there already."""
        keys = self._outbox().keys()
        return {change.key: self._place(keys[change.key]) for change in changes if change.key in keys}

    def send(self, changes: Sequence[Change]) -> Mapping[str, str | SourceError]:
        """Add the changes to the outbox that are not there yet, all in one write."""
        outbox = self._outbox()
        known = outbox.keys()
        outbox.add([outbox_row(change) for change in changes if change.key not in known])
        now = outbox.keys()
        return {change.key: self._place(now[change.key]) for change in changes}

    @writes(CreateTask)
    def create_task(self, change: CreateTask) -> str:
        """Ask for a task; return its place in the outbox."""
        return self._one(change)

    @writes(PlanContact)
    def plan_contact(self, change: PlanContact) -> str:
        """Ask for a planned call or meeting; return its place in the outbox."""
        return self._one(change)

    @writes(SetField)
    def set_field(self, change: SetField) -> str:
        """Ask for a new value of a field; return its place in the outbox."""
        return self._one(change)

    @writes(SetFlag)
    def set_flag(self, change: SetFlag) -> str:
        """Ask for a mark to be set or cleared; return its place in the outbox."""
        return self._one(change)

    @writes(ChangeOwner)
    def change_owner(self, change: ChangeOwner) -> str:
        """Ask for another responsible; return its place in the outbox."""
        return self._one(change)

    @writes(AddNote)
    def add_note(self, change: AddNote) -> str:
        """Ask for a note; return its place in the outbox."""
        return self._one(change)

    def _one(self, change: Change) -> str:
        written = self.send([change])[change.key]
        if isinstance(written, SourceError):
            raise written
        return written

    @property
    def _has_history(self) -> bool:
        try:
            return OWNERSHIP.name in self._look().sheets
        except (AccessError, OSError):
            return False  # the streams will tell

    def _readable(self, row: Mapping[str, object]) -> list[Client]:
        try:
            return [client for client in self._clients.parse(row) if isinstance(client, Client)]
        except (RecordError, ValueError):
            return []

    def _outbox(self) -> Outbox:
        folder = self._look()
        if folder.workbook is None:
            return CsvOutbox(folder.root / f"{OUTBOX}.csv")
        # Loaded here, as the reader of workbooks is: few firms keep one
        written = importlib.import_module("connector.plugins.files.workbook_outbox")
        outbox: Outbox = written.WorkbookOutbox(folder.root / f"{OUTBOX}.xlsx")
        return outbox

    def _place(self, line: int) -> str:
        return f"{OUTBOX}:{line}"

    def _look(self) -> Folder:
        return Folder(self._path, self.context.name, self.config.zone)


def _value(client: Client, name: str) -> Value:
    """Return a field of the record, or a cell of a column of the firm's own; None for what the file lacks."""
    value = client.custom.get(name) if name in client.custom else getattr(client, name, None)
    return " | ".join(map(str, value)) if isinstance(value, list | tuple) else value
