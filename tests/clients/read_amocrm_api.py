"""Works with an account through amocrm-api, in the client's own environment: URL MODE CODE -> JSON on stdout.

The client writes https and amocrm.ru itself and has no setting for it, so both are changed where requests
sends. `read` walks every list to its last row; `work` adds a task and changes an owner.
"""

import json
import re
import sys
from datetime import UTC, datetime

import requests
from amocrm.v2 import Company, Contact, Lead, Task, User, tokens

url, mode, code = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]
sent = requests.Session.request


def to_loopback(self, method, address, **options):
    return sent(self, method, re.sub(r"https://sandbox\.amocrm\.ru", url, address), **options)


def by_name(self, method, **options):
    return to_loopback(self, method, options.pop("url"), **options)


requests.Session.request = by_name
store = tokens.MemoryTokensStorage()
manager = tokens.default_token_manager
manager("sandbox", "sandbox", "sandbox", "https://example.test/back", storage=store)
manager.init(code)
first = store.get_refresh_token()


def read():
    models = {"companies": Company, "contacts": Contact, "leads": Lead, "users": User}
    found = {name: [[row.id, row.name] for row in model.objects.all()] for name, model in models.items()}
    return found | {"tasks": [[row.id, row.text] for row in Task.objects.all()]}


def work():
    due = datetime.fromtimestamp(1900000000, UTC)
    card = {"entity_id": 1, "entity_type": "companies"}
    task = Task(text="Позвонить", complete_till=due, responsible_user=3, **card)
    task.create()
    company = Company.objects.get(1)
    company.responsible_user = 3
    company.save()
    owner = Company.objects.get(1)._data["responsible_user_id"]
    return {"task": task.id, "owner": owner, "refreshed": first != store.get_refresh_token()}


json.dump(read() if mode == "read" else work(), sys.stdout)
