"""The workspace on this computer: one SQLite file per server and organisation.

Everything but :mod:`studio.store.database` is plain functions over one open transaction
(:class:`studio.store.tx.Tx`), with domain values in and out.
"""
