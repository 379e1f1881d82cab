"""Works with an account by aioamocrm, in the client's own environment: URL MODE [CODE] -> JSON on stdout.

`read` walks every list to its last row; `work` lets the application in, adds a task and changes an owner.
"""

import asyncio
import json
import sys

from aioamocrm import AmoCRMClient, LongLivedToken, MemoryTokenStorage, OAuth2


async def every(rows, name="name"):
    return [[row.id, getattr(row, name)] async for row in rows]


async def read(url):
    async with AmoCRMClient(base_url=url, auth=LongLivedToken("sandbox")) as amo:
        read = {
            name: await every(getattr(amo, name).iterate()) for name in ("companies", "contacts", "leads")
        }
        read["tasks"] = await every(amo.tasks.iterate(), "text")
        read["users"] = await every(amo.users.iterate())
        notes = [
            every(cards.notes.iterate(), "note_type") for cards in (amo.companies, amo.contacts, amo.leads)
        ]
        return read | {"notes": [row for kind in notes for row in await kind]}


async def work(url, code):
    storage = MemoryTokenStorage()
    auth = OAuth2("sandbox", "sandbox", "https://example.test/back", storage)
    async with AmoCRMClient(base_url=url, auth=auth) as amo:
        await amo.exchange_code(code)
        first = (await storage.load()).refresh_token
        task = {"text": "Позвонить", "complete_till": 1900000000, "entity_id": 1, "entity_type": "companies"}
        made = await amo.tasks.create([task | {"responsible_user_id": 3}])
        await amo.companies.update([{"id": 1, "responsible_user_id": 3}])
        company = await amo.companies.get(1)
        last = (await storage.load()).refresh_token
        return {"task": made[0].id, "owner": company.responsible_user_id, "refreshed": first != last}


url, mode = sys.argv[1].rstrip("/"), sys.argv[2]
json.dump(asyncio.run(read(url) if mode == "read" else work(url, sys.argv[3])), sys.stdout)
