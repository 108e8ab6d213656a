"""What studybell remembers: tables, migrations and queries, the same on SQLite and PostgreSQL.

Every query is a plain function of a connection; `Database` decides on which thread and in which transaction it runs.
"""
