"""The one error of the toolchain."""


class SetupError(Exception):
    """A tool could not be brought; says what failed, why, and what to do.

    Args:
        what: What failed, as a sentence without its full stop.
        why: The reason, as the failing program gave it.
        todo: What the user can do next.
    """

    def __init__(self, what: str, why: str, todo: str) -> None:
        self.what = what
        self.why = why
        super().__init__(f"{what}.\n  Why: {why}\n  What to do: {todo}")
