"""Reads a publication with enterprise-1c-odata; runs in the client's own environment: URL -> JSON.

The client cannot send Cyrillic in a path, so the names are quoted first, as its users must.
"""

import json
import sys
from urllib.parse import quote

from enterprise_1c_odata import ODataClient, ODataQuery, ODataQueryError

SETS = {"Catalog_Партнеры": "Description", "Document_ТелефонныйЗвонок": "Тема"}
PAGE = 500

client = ODataClient(sys.argv[1], "Администратор", "sandbox")
read = {}
for entity, title in SETS.items():
    rows = []
    while True:
        query = (
            ODataQuery(quote(entity)).select("Ref_Key", title).orderby("Ref_Key").top(PAGE).skip(len(rows))
        )
        page = client.execute(query).items
        rows += [[row["Ref_Key"], row[title]] for row in page]
        if len(page) < PAGE:
            break
    read[entity] = rows
try:
    client.execute(ODataQuery(quote("Catalog_Партнеры")).filter("Description eq 'x'"))
    read["refusal"] = ""
except ODataQueryError as error:
    read["refusal"] = str(error)
json.dump(read, sys.stdout)
