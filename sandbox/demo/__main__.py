"""`make demo`: the whole story in a sandbox, told by the commands that a user types."""

import sys

from pymongo.errors import PyMongoError

from sandbox.demo.story import Story
from sandbox.demo.telling import told

if __name__ == "__main__":
    sys.exit(told(Story, about="Refresh a staging database, in a sandbox.", name="demo", errors=(PyMongoError,)))
