"""How configurations declare their entity sets: the standard columns of each kind of object, by one call."""

from __future__ import annotations

from connector.sandbox.onec.edm import (
    COUNT,
    GUID,
    STRING,
    Column,
    Columns,
    EntityType,
    flag,
    joined,
    mixed,
    moment,
    number,
    text,
)

LINE: Columns = {"LineNumber": Column("LineNumber", COUNT)}
PREDEFINED = joined(flag("Predefined"), text("PredefinedDataName"))
REF: Columns = {"Ref_Key": Column("Ref_Key", GUID)}
HEAD: Columns = REF | {"DataVersion": Column("DataVersion", STRING, 12)} | flag("DeletionMark")
Sections = dict[str, Columns]


def lines(sections: Sections | None) -> Sections:
    """Return tabular sections with the columns every row has: the owner's key and the line's number."""
    return {name: joined(REF, LINE, columns) for name, columns in (sections or {}).items()}


def catalog(
    name: str,
    *columns: Columns,
    sections: Sections | None = None,
    parent: bool = False,
    folders: bool = False,
) -> EntityType:
    """Declare a catalogue; `parent` = it has a hierarchy, `folders` = of groups and items."""
    full = f"Catalog_{name}"
    tree = {"Parent_Key": Column("Parent_Key", GUID, targets=(full,))} if parent or folders else {}
    groups = flag("IsFolder") if folders else {}
    own = joined(HEAD, tree, groups, text("Code", 11), text("Description"), *columns, PREDEFINED)
    return EntityType(full, ("Ref_Key",), own, lines(sections), code_length=11)


def document(name: str, *columns: Columns, sections: Sections | None = None) -> EntityType:
    """Declare a document, which can be posted."""
    own = joined(HEAD, text("Number", 11), moment("Date"), flag("Posted"), *columns)
    return EntityType(
        f"Document_{name}", ("Ref_Key",), own, lines(sections), ("Post", "Unpost"), code_length=11
    )


def task(name: str, *columns: Columns, sections: Sections | None = None) -> EntityType:
    """Declare a task, which can be executed."""
    process = joined(mixed("BusinessProcess"), mixed("RoutePoint"))
    head = joined(HEAD, text("Number", 11), moment("Date"), flag("Executed"), text("Description"))
    own = joined(head, process, *columns)
    return EntityType(f"Task_{name}", ("Ref_Key",), own, lines(sections), ("ExecuteTask",), code_length=11)


def process(name: str, *columns: Columns) -> EntityType:
    """Declare a business process, which can be started."""
    own = joined(
        HEAD,
        text("Number", 11),
        moment("Date"),
        flag("Started", "Completed"),
        {"HeadTask_Key": Column("HeadTask_Key", GUID, targets=("Task_ЗадачаИсполнителя",))},
        *columns,
    )
    return EntityType(f"BusinessProcess_{name}", ("Ref_Key",), own, {}, ("Start",), code_length=11)


def characteristics(name: str, *columns: Columns) -> EntityType:
    """Declare a chart of characteristic types."""
    own = joined(HEAD, text("Code", 11), text("Description"), *columns, PREDEFINED)
    return EntityType(f"ChartOfCharacteristicTypes_{name}", ("Ref_Key",), own, code_length=11)


def exchange_plan(name: str) -> EntityType:
    """Declare an exchange plan, whose records are nodes."""
    numbers = {one: Column(one, COUNT) for one in ("SentNo", "ReceivedNo")}
    own = joined(HEAD, text("Code", 11), text("Description"), flag("ThisNode"), numbers)
    return EntityType(f"ExchangePlan_{name}", ("Ref_Key",), own, code_length=11)


def accumulation(
    name: str,
    *dimensions: Columns,
    resources: tuple[str, ...],
    recorders: tuple[str, ...],
    balance: bool = False,
) -> EntityType:
    """Declare an accumulation register, of turnovers only unless it keeps a balance."""
    period, sums = moment("Period"), number(*resources)
    receipt = text("RecordType", 10) if balance else {}
    measured = joined(*dimensions)
    record = joined(mixed("Recorder", *recorders), period, LINE, flag("Active"), receipt, measured, sums)
    tables = ("Balance", "Turnovers", "BalanceAndTurnovers") if balance else ("Turnovers",)
    return EntityType(
        f"AccumulationRegister_{name}",
        ("Recorder", "Recorder_Type"),
        mixed("Recorder", *recorders),
        {"RecordSet": record},
        (),
        tables,
        tuple(measured),
        resources,
    )


def information(name: str, *dimensions: Columns, resources: Columns, periodic: bool = False) -> EntityType:
    """Declare an independent information register; its key is the period, if any, and all dimensions."""
    measured = joined(*dimensions)
    period = moment("Period") if periodic else {}
    key = tuple(joined(period, measured))
    tables = ("SliceLast", "SliceFirst") if periodic else ()
    own = joined(period, measured, resources)
    return EntityType(
        f"InformationRegister_{name}", key, own, {}, (), tables, tuple(measured), tuple(resources)
    )
