"""The table: every resource type that the program declares. A type that is not here is refused by name."""

from collections.abc import Mapping

from sandbox.plugins.aws.kind import Kind
from sandbox.plugins.aws.rows.containers import CONTAINERS
from sandbox.plugins.aws.rows.database_groups import DATABASE_GROUPS
from sandbox.plugins.aws.rows.databases import DATABASES
from sandbox.plugins.aws.rows.documents import DOCUMENTS
from sandbox.plugins.aws.rows.endpoints import ENDPOINTS
from sandbox.plugins.aws.rows.instances import INSTANCES
from sandbox.plugins.aws.rows.keys import KEYS
from sandbox.plugins.aws.rows.networks import NETWORKS
from sandbox.plugins.aws.rows.roles import ROLES
from sandbox.plugins.aws.rows.secrets import SECRETS
from sandbox.plugins.aws.rows.security_groups import SECURITY_GROUPS
from sandbox.plugins.aws.rows.storing import STORING
from sandbox.plugins.aws.rows.telling import TELLING
from sandbox.plugins.aws.rows.volumes import VOLUMES
from sandbox.plugins.aws.rows.watching import WATCHING

TABLE: Mapping[str, Kind] = {
    **NETWORKS,
    **SECURITY_GROUPS,
    **ENDPOINTS,
    **INSTANCES,
    **VOLUMES,
    **ROLES,
    **KEYS,
    **STORING,
    **DOCUMENTS,
    **DATABASE_GROUPS,
    **DATABASES,
    **CONTAINERS,
    **SECRETS,
    **TELLING,
    **WATCHING,
}
