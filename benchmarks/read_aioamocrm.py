"""Reads a list with aioamocrm, in the client's environment: URL STREAM MOST -> figures on stdout.

By its typed `iterate`, which goes from page to page; it stops after MOST rows. It knows nothing of events, so
those are asked for by its plain `request`, page after page.
"""

import asyncio
import sys
from types import SimpleNamespace

from aioamocrm import AmoCRMClient, LongLivedToken
from figures import Watch

CHATS = [("filter[type][]", "incoming_chat_message"), ("filter[type][]", "outgoing_chat_message")]


def chosen(amo, stream):
    """Return what iterates over the rows that our stream of this name reads, in the largest pages."""
    if stream == "companies":
        return amo.companies.iterate(limit=250)
    if stream == "company_notes":
        return amo.companies.notes.iterate(limit=250)
    return events(amo)


async def events(amo):
    """Yield the rows of all pages of events."""
    page = 1
    while answer := await amo.request(
        "GET", "events", params=[*CHATS, ("limit", "100"), ("page", str(page))]
    ):
        for row in answer["_embedded"]["events"]:
            yield SimpleNamespace(**row)
        page += 1


async def main(url, stream, most):
    watch, ids = Watch(), set()
    async with AmoCRMClient(base_url=url, auth=LongLivedToken("sandbox")) as amo:
        try:
            async for row in chosen(amo, stream):
                ids.add(row.id)
                if len(ids) == most:
                    break
        except Exception as error:
            watch.tell(rows=len(ids), error=f"{type(error).__name__}: {error}")
            return
    watch.tell(rows=len(ids))


asyncio.run(main(sys.argv[1].rstrip("/"), sys.argv[2], int(sys.argv[3])))
