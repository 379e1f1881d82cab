"""Reads companies with b24pysdk, in the client's environment: URL FIELD... -> figures on stdout.

By its `as_list_fast`, which goes by ids. The SDK writes https itself and has no setting for it, so the scheme
is changed where requests sends.
"""

import sys
from urllib.parse import urlsplit

import requests
from b24pysdk import BitrixWebhook, Client
from figures import Watch

sent = requests.Session.request


def over_http(self, method, url, **options):
    return sent(self, method, url.replace("https://", "http://", 1), **options)


requests.Session.request = over_http
address = urlsplit(sys.argv[1])
watch = Watch()
token = address.path.removeprefix("/rest/").strip("/")
client = Client(BitrixWebhook(domain=address.netloc, webhook_token=token))
ids = set()
try:
    for row in client.crm.company.list(select=sys.argv[2:]).as_list_fast().result:
        ids.add(row["ID"])
except Exception as error:
    watch.tell(rows=len(ids), error=f"{type(error).__name__}: {error}")
else:
    watch.tell(rows=len(ids))
