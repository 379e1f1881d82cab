"""Reads companies with fast-bitrix24, in the client's environment: URL FIELD... -> figures on stdout."""

import sys

from fast_bitrix24 import Bitrix
from figures import Watch

watch = Watch()
portal = Bitrix(sys.argv[1], verbose=False, respect_velocity_policy=True)
try:
    rows = portal.get_all("crm.company.list", {"select": sys.argv[2:]})
except Exception as error:
    watch.tell(rows=0, error=f"{type(error).__name__}: {error}")
else:
    watch.tell(rows=len({row["ID"] for row in rows}))
