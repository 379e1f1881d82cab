"""Reads the companies of a portal with fast-bitrix24: `python read_fast_bitrix24.py URL FIELD...`."""

import json
import resource
import sys
import time

from fast_bitrix24 import Bitrix

begun, busy = time.monotonic(), time.process_time()
portal = Bitrix(sys.argv[1], verbose=False, respect_velocity_policy=True)
rows = portal.get_all("crm.company.list", {"select": sys.argv[2:]})
json.dump(
    {
        "rows": len({row["ID"] for row in rows}),
        "wall": time.monotonic() - begun,
        "cpu": time.process_time() - busy,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    },
    sys.stdout,
)
