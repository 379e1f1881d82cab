"""Tells which records of several CRMs are one client, and which accounts are one employee."""
