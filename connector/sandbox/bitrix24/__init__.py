"""The stand-in of the Bitrix24 REST API (v2, incoming webhook), as documents and users describe it."""
