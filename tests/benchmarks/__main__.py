"""`make bench`: run the benchmarks, all or those that are named."""

import sys

from tests.benchmarks import feed, mail, reading, smtp

ALL = {"reading": reading.run, "feed": feed.run, "mail": mail.run, "smtp": smtp.run}

for name in sys.argv[1:] or ALL:
    ALL[name]()
