import pytest
from botocore.exceptions import ClientError

from components.adoption import AdoptionError, find_production


class FakeEc2:
    """Answers with its instances two a page, and keeps what it was asked."""

    def __init__(self, *instances, error=None):
        self.instances, self.error, self.asked = instances, error, []

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
