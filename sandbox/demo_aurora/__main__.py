"""`make demo-aurora`: the second refresh in a sandbox, told by the commands that a user types."""

import sys

from botocore.exceptions import BotoCoreError, ClientError
from pymysql import MySQLError

from sandbox.demo.telling import told
from sandbox.demo_aurora.story import Story

_ERRORS = (MySQLError, BotoCoreError, ClientError)

if __name__ == "__main__":
    sys.exit(told(Story, about="Refresh an Aurora test cluster, in a sandbox.", name="demo-aurora", errors=_ERRORS))
