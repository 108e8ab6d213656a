"""What calendars read: versions of sessions in, iCalendar bytes out. Equal values give equal bytes, anywhere."""
