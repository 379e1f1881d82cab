"""Names a vendor's record for us."""

from __future__ import annotations

from connector.errors import RecordError
from connector.model import Ref


def ref_of(source: str, external_id: object) -> Ref:
    """Return the reference of a record of the source; RecordError where the vendor gave no id."""
    if external_id is None or external_id == "":
        raise RecordError("the record has no id", where=source)
    return Ref(source, str(external_id))
