"""The table: every resource type that the program declares. A type that is not here is refused by name."""

from collections.abc import Mapping

from sandbox.plugins.aws.computing import COMPUTING
from sandbox.plugins.aws.containers import CONTAINERS
from sandbox.plugins.aws.databases import DATABASES
from sandbox.plugins.aws.documents import DOCUMENTS
from sandbox.plugins.aws.identity import IDENTITY
from sandbox.plugins.aws.kind import Kind
from sandbox.plugins.aws.networking import NETWORKING
from sandbox.plugins.aws.secrets import SECRETS
from sandbox.plugins.aws.storing import STORING
from sandbox.plugins.aws.telling import TELLING
from sandbox.plugins.aws.watching import WATCHING

TABLE: Mapping[str, Kind] = {
    **NETWORKING,
    **COMPUTING,
    **IDENTITY,
    **STORING,
    **DOCUMENTS,
    **DATABASES,
    **CONTAINERS,
    **SECRETS,
    **TELLING,
    **WATCHING,
}
