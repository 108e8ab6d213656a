"""`python -m service` is `studybell`."""

from service.cli.main import main

main()
