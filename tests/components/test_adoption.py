import pytest
from botocore.exceptions import ClientError

from components.adoption import AdoptionError, find_keys, find_production


class FakeEc2:
    """Answers with its instances two a page, and keeps what it was asked."""

    def __init__(self, *instances, error=None, volumes=()):
        self.instances, self.error, self.asked, self.volumes = instances, error, [], volumes

    def describe_volumes(self, **arguments):
        self.asked.append(arguments)
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "no"}}, "DescribeVolumes")
        start = int(arguments.get("NextToken", 0))
        more = {"NextToken": str(start + 2)} if start + 2 < len(self.volumes) else {}
        return {"Volumes": list(self.volumes[start : start + 2]), **more}

    def describe_instances(self, **arguments):
        self.asked.append(arguments)
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "no"}}, "DescribeInstances")
        start = int(arguments.get("NextToken", 0))
        page = self.instances[start : start + 2]
        more = {"NextToken": str(start + 2)} if start + 2 < len(self.instances) else {}
        return {"Reservations": [{"Instances": [{"InstanceId": one} for one in page]}], **more}


def test_every_page_of_instances_is_read():
    found = find_production(FakeEc2("i-3", "i-1", "i-2"), (), {"Role": "mongodb"})
    assert list(found.instance_ids) == ["i-1", "i-2", "i-3"]


def test_instances_are_asked_for_by_every_tag():
    ec2 = FakeEc2("i-1")
    find_production(ec2, (), {"Role": "mongodb", "Environment": "production"})
    names = [one["Name"] for one in ec2.asked[0]["Filters"]]
    assert names == ["instance-state-name", "tag:Role", "tag:Environment"]


def test_an_id_that_is_not_there_is_named():
    with pytest.raises(AdoptionError, match=r"production_instance_ids: i-2 is not there"):
        find_production(FakeEc2("i-1"), ("i-1", "i-2"), {})


def test_tags_that_no_instance_carries_are_named():
    with pytest.raises(AdoptionError, match=r"no instance carries Role=mongodb"):
        find_production(FakeEc2(), (), {"Role": "mongodb"})


def test_a_refusal_of_aws_is_told_by_its_code_and_without_a_traceback():
    with pytest.raises(AdoptionError, match=r"i-1 cannot be looked up \(UnauthorizedOperation\)") as caught:
        find_production(FakeEc2(error="UnauthorizedOperation"), ("i-1",), {})
    assert caught.value.__suppress_context__


def test_every_key_of_the_members_volumes_is_found_once():
    volumes = [{"KmsKeyId": "key-2"}, {"Encrypted": False}, {"KmsKeyId": "key-1"}, {"KmsKeyId": "key-2"}]
    ec2 = FakeEc2(volumes=volumes)
    assert find_keys(ec2, ["i-1", "i-2"]) == ("key-1", "key-2")
    assert ec2.asked[0]["Filters"] == [{"Name": "attachment.instance-id", "Values": ["i-1", "i-2"]}]


def test_volumes_that_may_not_be_looked_at_are_told_with_awss_code():
    with pytest.raises(AdoptionError, match=r"the volumes of i-1 cannot be looked up \(UnauthorizedOperation\)"):
        find_keys(FakeEc2(error="UnauthorizedOperation"), ["i-1"])
