"""The page of the simulated Market, in a real browser.

    python page_test.py SANDBOX QUICKSTART [SCREENSHOT]

SANDBOX and QUICKSTART are the programs ymchat-sandbox and examples/quickstart; SCREENSHOT is the
file that a picture of the page goes to. Needs playwright, axe-playwright-python, for the picture
pillow, and a Chromium (CHROMIUM names another one than Debian's). PATIENCE is in milliseconds, and
ONLY the names of single tests, such as ShopTest.test_the_end_of_the_sandbox_shows.
"""

import os
import sys
import unittest

from access import AccessTest
from crowd import CrowdTest
from look import LookTest
from shop import ShopTest
from talk import TalkTest

__all__ = ["AccessTest", "CrowdTest", "LookTest", "ShopTest", "TalkTest"]

if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *os.environ.get("ONLY", "").split()], verbosity=2)
