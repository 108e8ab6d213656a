"""What is owed, to whom, and when: schedule + rules + audiences + now -> occasions. Pure; the ledger does the rest."""
