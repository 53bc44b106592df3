"""The errors of automations, with the codes that AWS has for them."""

from moto.ssm.exceptions import SSMException


class AutomationError(SSMException):
    """An error with the code that AWS has for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
