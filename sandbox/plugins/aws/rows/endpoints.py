"""Rows of the table: VPC endpoints."""

import json
from collections.abc import Sequence
from typing import Any

from sandbox.plugins.aws.kind import Aws, Kind, Values, same_json, to_aws, wait
from sandbox.plugins.aws.tags import retag, specification, tag_map
from sandbox.plugins.protocol import Call

_ENDPOINT_LISTS = ("routeTableIds", "subnetIds", "securityGroupIds")


def _create_endpoint(aws: Aws, inputs: Values, call: Call) -> str:
    chosen = ("vpcId", "serviceName", "vpcEndpointType", "privateDnsEnabled", *_ENDPOINT_LISTS)
    arguments = to_aws({name: inputs[name] for name in chosen if name in inputs})
    if "policy" in inputs:
        arguments["PolicyDocument"] = inputs["policy"]
    tags = specification("vpc-endpoint", inputs.get("tags"))
    answer = aws.client("ec2").create_vpc_endpoint(**arguments, TagSpecifications=tags)
    return str(answer["VpcEndpoint"]["VpcEndpointId"])


def _endpoint(aws: Aws, endpoint_id: str) -> Values | None:
    endpoints = aws.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
    return next((one for one in endpoints if one["State"].lower() not in ("deleted", "deleting")), None)


def _endpoint_available(aws: Aws, endpoint_id: str, inputs: Values, call: Call) -> None:
    wait(
        call, "endpoint available", lambda: (_endpoint(aws, endpoint_id) or {}).get("State", "").lower() == "available"
    )


def _read_endpoint(aws: Aws, endpoint_id: str, known: Values) -> Values | None:
    endpoint = _endpoint(aws, endpoint_id)
    if endpoint is None:
        return None
    policy = same_json(known.get("policy"), endpoint.get("PolicyDocument") or json.dumps({}))
    return {
        "vpcId": endpoint["VpcId"],
        "serviceName": endpoint["ServiceName"],
        "vpcEndpointType": endpoint["VpcEndpointType"],
        "policy": policy,
        "tags": tag_map(endpoint.get("Tags")),
        "arn": aws.arn("ec2", f"vpc-endpoint/{endpoint_id}"),
        "state": "available",
        "prefixListId": _prefix_list_id(aws, endpoint["ServiceName"]),
        "ownerId": aws.account_id(),
    }


def _prefix_list_id(aws: Aws, service_name: str) -> str:
    lists = aws.client("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [service_name]}]
    )["PrefixLists"]
    return str(lists[0]["PrefixListId"]) if lists else ""


def _update_endpoint(aws: Aws, endpoint_id: str, old: Values, new: Values, changed: Sequence[str], call: Call) -> None:
    arguments: dict[str, Any] = {}
    if "policy" in changed:
        arguments["PolicyDocument"] = new.get("policy", "")
    for name, word in zip(_ENDPOINT_LISTS, ("RouteTableIds", "SubnetIds", "SecurityGroupIds"), strict=True):
        before, after = set(old.get(name, [])), set(new.get(name, []))
        arguments.update({f"Add{word}": sorted(after - before)} if after - before else {})
        arguments.update({f"Remove{word}": sorted(before - after)} if before - after else {})
    if arguments:
        aws.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint_id, **arguments)
    retag(aws, endpoint_id, old, new)


def _delete_endpoint(aws: Aws, endpoint_id: str, known: Values, call: Call) -> None:
    aws.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    wait(call, "endpoint gone", lambda: _endpoint(aws, endpoint_id) is None)


ENDPOINTS = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": Kind(
        service="ec2",
        changes=(*_ENDPOINT_LISTS, "policy"),
        replaces=("vpcId", "serviceName", "vpcEndpointType", "privateDnsEnabled"),
        gives=("arn", "state", "prefixListId", "ownerId"),
        create=_create_endpoint,
        settle=_endpoint_available,
        read=_read_endpoint,
        update=_update_endpoint,
        delete=_delete_endpoint,
    ),
}
