"""`make bench`: run the benchmarks, all or those that are named."""

import sys

from tests.benchmarks import crowd, feed, http, mail, reading, series, signing, smtp, start, throughput

ALL = {
    "reading": reading.run,
    "feed": feed.run,
    "http": http.run,
    "start": start.run,
    "series": series.run,
    "mail": mail.run,
    "signing": signing.run,
    "smtp": smtp.run,
    "throughput": throughput.run,
    "crowd": crowd.run,
}

for name in sys.argv[1:] or ALL:
    ALL[name]()
