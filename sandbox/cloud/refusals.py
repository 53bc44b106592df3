"""What the sandbox refuses, with the codes that AWS uses where AWS would refuse it too."""

from moto.ec2.exceptions import EC2ClientError


class Refusal(EC2ClientError):
    """An EC2 error with its code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


def unsupported(what: str) -> Refusal:
    """Return the refusal of something that AWS can do and this sandbox cannot."""
    return Refusal("UnsupportedOperation", f"the sandbox does not do this: {what}")


def incorrect_state(message: str) -> Refusal:
    """Return the refusal of something that the resource's state forbids."""
    return Refusal("IncorrectState", message)


def incorrect_instance_state(instance_id: str, state: str, verb: str) -> Refusal:
    """Return the refusal of something that the instance's state forbids."""
    return Refusal(
        "IncorrectInstanceState",
        f"The instance '{instance_id}' is not in a state from which it can be {verb}: it is '{state}'.",
    )
