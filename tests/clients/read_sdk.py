"""Reads a portal with b24pysdk; runs in the client's own environment: URL MODE -> JSON on stdout.

The SDK writes https itself and has no setting for it, so the scheme is changed where requests sends.
"""

import json
import sys
from urllib.parse import urlsplit

import requests
from b24pysdk import BitrixWebhook, Client

NAMES = {"company": "TITLE", "deal": "TITLE", "activity": "SUBJECT"}
sent = requests.Session.request


def over_http(self, method, url, **options):
    return sent(self, method, url.replace("https://", "http://", 1), **options)


requests.Session.request = over_http
address, mode = urlsplit(sys.argv[1]), sys.argv[2]
client = Client(
    BitrixWebhook(domain=address.netloc, webhook_token=address.path.removeprefix("/rest/").strip("/"))
)
read = {}
for entity, name in NAMES.items():
    lists, select = getattr(client.crm, entity), ["ID", name]
    if mode == "fast":
        rows = lists.list(select=select).as_list_fast().result
    else:
        rows = lists.list(select=select, order={"ID": "ASC"}).as_list().result
    read[entity] = [[row["ID"], row[name]] for row in rows]
json.dump(read, sys.stdout)
