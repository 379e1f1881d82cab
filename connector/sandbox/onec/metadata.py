"""Writes `$metadata`: the EDMX of the composition, in the shape real publications have."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from connector.sandbox.onec.edm import GUID, MOMENT, STRING, Columns, EntityType
from connector.sandbox.onec.tables import resulting

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0">'
    '<edmx:DataServices xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
    ' m:DataServiceVersion="3.0" m:MaxDataServiceVersion="3.0">'
    '<Schema xmlns="http://schemas.microsoft.com/ado/2009/11/edm" Namespace="StandardODATA">'
)
TAIL = "</Schema></edmx:DataServices></edmx:Edmx>"
ENUMS = {
    "КомпанияЧастноеЛицо": ("Компания", "ЧастноеЛицо"),
    "СтатусыСделок": ("ВРаботе", "Выиграна", "Проиграна"),
    "СтатусыЗаказовКлиентов": ("НеСогласован", "КОбеспечению", "КОтгрузке", "Закрыт"),
}
"""Enumerations are told here and are no sets; nothing links a field to its enumeration."""
PADDING = 24
"""Columns of each type that only fills up a large composition."""


def edmx(types: list[EntityType], padding: int = 0) -> bytes:
    """Return the whole document; `padding` adds that many catalogues that have no rows."""
    known = {one.name for one in types}
    parts = [HEAD]
    parts += [described(entity, known) for entity in types]
    parts += [
        f"<EnumType Name={quoteattr(name)}>{members(names)}</EnumType>" for name, names in ENUMS.items()
    ]
    parts += [filler(number) for number in range(1, padding + 1)]
    parts += [container(types), TAIL]
    return "".join(parts).encode()


def described(entity: EntityType, known: set[str]) -> str:
    """Return an entity set's types: its own, one per tabular section, the results of its virtual tables."""
    inner = properties(entity.columns, entity.key) + collections(entity) + ways(entity, known)
    own = f'<EntityType Name="{entity.name}" OpenType="true">{keys(entity.key)}{inner}</EntityType>'
    rows = "".join(section_types(entity, name) for name in entity.sections)
    results = "".join(
        complex_type(f"{entity.name}_{result_name(one)}", resulting(entity, one)) for one in entity.tables
    )
    return own + rows + results + associations(entity, known)


def keys(names: tuple[str, ...]) -> str:
    """Return the key."""
    return "<Key>" + "".join(f'<PropertyRef Name="{name}"/>' for name in names) + "</Key>"


def properties(columns: Columns, required: tuple[str, ...] = ()) -> str:
    """Return the properties; only those of the key are never null."""
    return "".join(
        f'<Property Name="{name}" Type="{column.kind}" Nullable="{str(name not in required).lower()}"/>'
        for name, column in columns.items()
    )


def collections(entity: EntityType) -> str:
    """Return the properties that hold tabular sections."""
    return "".join(
        f'<Property Name="{name}" Type="Collection(StandardODATA.{row_type(entity, name)})"'
        ' Nullable="false"/>'
        for name in entity.sections
    )


def row_type(entity: EntityType, section: str) -> str:
    """Return the name of the type of a section's lines."""
    return f"{entity.name}_RecordType" if section == "RecordSet" else f"{entity.name}_{section}_RowType"


def section_types(entity: EntityType, section: str) -> str:
    """Return a section's line type, and the type of the set it is too."""
    columns = entity.sections[section]
    key = ("Recorder", "Recorder_Type", "LineNumber") if section == "RecordSet" else ("Ref_Key", "LineNumber")
    lines = complex_type(row_type(entity, section), columns)
    if section == "RecordSet":
        return lines
    own = properties(columns, key)
    return lines + f'<EntityType Name="{entity.name}_{section}" OpenType="true">{keys(key)}{own}</EntityType>'


def complex_type(name: str, columns: Columns) -> str:
    """Return a type without a key."""
    return f'<ComplexType Name="{name}">{properties(columns)}</ComplexType>'


def ways(entity: EntityType, known: set[str]) -> str:
    """Return the navigation properties to sets of the composition."""
    return "".join(
        f'<NavigationProperty Name="{name}" Relationship="StandardODATA.{entity.name}_{name}"'
        ' FromRole="Begin" ToRole="End"/>'
        for name, column in entity.references().items()
        if not column.mixed and column.targets[0] in known
    )


def associations(entity: EntityType, known: set[str]) -> str:
    """Return the associations behind the ways."""
    return "".join(
        f'<Association Name="{entity.name}_{name}"><End Role="Begin" Type="StandardODATA.{entity.name}"'
        f' Multiplicity="*"/><End Role="End" Type="StandardODATA.{column.targets[0]}" Multiplicity="0..1"/>'
        "</Association>"
        for name, column in entity.references().items()
        if not column.mixed and column.targets[0] in known
    )


def members(names: tuple[str, ...]) -> str:
    """Return the members of an enumeration."""
    return "".join(f'<Member Name="{name}"/>' for name in names)


def container(types: list[EntityType]) -> str:
    """Return the sets, and what can be called on them."""
    sets = "".join(
        f'<EntitySet Name="{name}" EntityType="StandardODATA.{name}"/>' for name in set_names(types)
    )
    calls = "".join(function(entity, one) for entity in types for one in (*entity.actions, *entity.tables))
    head = '<EntityContainer Name="EnterpriseV8" m:IsDefaultEntityContainer="true">'
    return f"{head}{sets}{calls}</EntityContainer>"


def set_names(types: list[EntityType]) -> list[str]:
    """Return the names of all sets: of entities, and of their tabular sections."""
    found = []
    for entity in types:
        found.append(entity.name)
        found += [f"{entity.name}_{name}" for name in entity.sections if name != "RecordSet"]
        found += [f"{entity.name}_RecordType"] if "RecordSet" in entity.sections else []
    return found


def function(entity: EntityType, name: str) -> str:
    """Return a function import; the set it belongs to is told by its first parameter only."""
    if name in entity.actions:
        extra = '<Parameter Name="PostingModeOperational" Type="Edm.Boolean"/>' if name == "Post" else ""
        bound = f'<Parameter Name="bindingParameter" Type="StandardODATA.{entity.name}"/>'
        head = f'<FunctionImport Name="{name}" IsBindable="true" IsSideEffecting="true">'
        return f"{head}{bound}{extra}</FunctionImport>"
    bound = f'<Parameter Name="bindingParameter" Type="Collection(StandardODATA.{entity.name})"/>'
    given = "".join(f'<Parameter Name="{one}" Type="{kind}"/>' for one, kind in PARAMETERS[name].items())
    result = f"Collection(StandardODATA.{entity.name}_{result_name(name)})"
    return (
        f'<FunctionImport Name="{name}" IsBindable="true" IsSideEffecting="false" ReturnType="{result}">'
        f"{bound}{given}</FunctionImport>"
    )


def result_name(table: str) -> str:
    """Return how the type of a virtual table's rows is called."""
    return "Turnover" if table == "Turnovers" else table


def filler(number: int) -> str:
    """Return a type that only makes the document longer."""
    name = f"Catalog_ПрочийСправочник{number}"
    extra = "".join(
        f'<Property Name="Реквизит{place}" Type="{STRING}" Nullable="true"/>' for place in range(PADDING)
    )
    key = f'<Property Name="Ref_Key" Type="{GUID}" Nullable="false"/>'
    return f'<EntityType Name="{name}" OpenType="true">{keys(("Ref_Key",))}{key}{extra}</EntityType>'


CONDITION = {"Condition": STRING}
SPLIT = CONDITION | {"Dimensions": STRING}
PERIOD = {"StartPeriod": MOMENT, "EndPeriod": MOMENT}
PARAMETERS: dict[str, dict[str, str]] = {
    "SliceLast": CONDITION | {"Period": MOMENT},
    "SliceFirst": CONDITION | {"Period": MOMENT},
    "Balance": SPLIT | {"Period": MOMENT},
    "Turnovers": SPLIT | PERIOD,
    "BalanceAndTurnovers": SPLIT | PERIOD,
}
"""The parameters of each virtual table."""
