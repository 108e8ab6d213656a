"""What drives the service: the timer wakes it, then documents are refreshed, reminders planned and mails delivered."""
