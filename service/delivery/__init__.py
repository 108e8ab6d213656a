"""Getting mails to their readers: the ledger's deliveries are composed, handed to the relay, and settled."""
