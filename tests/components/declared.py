"""What a Pulumi program declares, found with Pulumi's mocks: nothing is made and no engine runs."""

import asyncio

import pulumi


class Declared(pulumi.runtime.Mocks):
    """Answers for AWS, and remembers every resource by name."""

    def __init__(self):
        self.resources = {}

    def new_resource(self, args):
        self.resources[args.name] = (args.typ, args.inputs)
        given = {"arn": f"arn:aws:mock:eu-central-1:123456789012:{args.name}", "keyId": f"{args.name}-key"}
        given |= {"hash": f"{args.name}-hash", "prefixListId": "pl-1", "name": args.name, "bucket": args.name}
        return [f"{args.name}-id", {**given, **args.inputs}]

    def call(self, args):
        return {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": "123456789012",
                "arn": "arn:aws:iam::123456789012:user/operator",
                "id": "123456789012",
                "userId": "AIDA",
            },
            "aws:ec2/getInstanceType:getInstanceType": {"memorySize": 17408},
        }[args.token]

    def of_type(self, kind):
        """Return the inputs of every resource of a type, by name."""
        return {name: inputs for name, (typ, inputs) in self.resources.items() if typ == kind}


def declared_by(program):
    """Run a function that declares resources; return what it declared.

    Outputs are awaited before this returns, so that every input is known.
    """
    asyncio.set_event_loop(asyncio.new_event_loop())
    mocks = Declared()
    pulumi.runtime.set_mocks(mocks, project="understudy", stack="test", preview=False)
    pulumi.runtime.test(program)()
    return mocks
