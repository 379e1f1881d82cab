"""Reads a portal with fast-bitrix24; runs in the client's own environment: URL -> JSON on stdout."""

import json
import sys

from fast_bitrix24 import Bitrix

STREAMS = {"company": "crm.company.list", "deal": "crm.deal.list", "activity": "crm.activity.list"}
NAMES = {"company": "TITLE", "deal": "TITLE", "activity": "SUBJECT"}

portal = Bitrix(sys.argv[1], verbose=False)
read = {
    entity: [
        [row["ID"], row[NAMES[entity]]] for row in portal.get_all(method, {"select": ["ID", NAMES[entity]]})
    ]
    for entity, method in STREAMS.items()
}
json.dump(read, sys.stdout)
