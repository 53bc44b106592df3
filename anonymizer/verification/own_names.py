"""Whether the name of a document's own person stands in its texts."""

from __future__ import annotations

from anonymizer.verification import evidence

_MOST_REMEMBERED = 50_000


class OwnNames:
    """Looks for names; the forms of each are remembered for a while.

    Args:
        remembers: Of how many names.
    """

    def __init__(self, remembers: int = _MOST_REMEMBERED) -> None:
        self._most = remembers
        self._known: dict[str, tuple[str, ...]] = {}

    def named_in(self, names: list[str], texts: list[tuple[str, str]]) -> list[str]:
        """Give the paths of those of some texts in which one of some names stands."""
        forms = [form for name in names for form in self.forms_of(name)]
        if not forms:
            return []
        whole = "\n".join([text for _, text in texts]).casefold()
        if not any(form in whole for form in forms):
            return []
        folded = [(path, text.casefold()) for path, text in texts]
        return [path for path, text in folded if any(form in text for form in forms)]

    def forms_of(self, name: str) -> tuple[str, ...]:
        """Give the forms that a name may have in a text; none for a single word."""
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= self._most:
                self._known.clear()
            found = self._known[name] = tuple(evidence.forms_of_name(name))
        return found
