"""`make torture`: the fault tests with large numbers, each with its seed and its figures."""

import os
import sys

import pytest

from tests.torture.scale import LARGE

if __name__ == "__main__":
    for name, count in LARGE.items():
        os.environ.setdefault(f"TORTURE_{name}", str(count))
    sys.exit(pytest.main(["tests/torture", "-p", "no:cacheprovider", "-rA", "--durations=0", *sys.argv[1:]]))
