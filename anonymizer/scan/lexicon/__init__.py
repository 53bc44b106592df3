"""The words by which fields are named, without accents and without small words, as `names.tokens` gives them.

Words of several parts are written as one. A strong word names its kind by itself; a weak one means it only where
nothing around it says otherwise. Where two parts disagree, the first one listed decides.

    european    what nine languages call the common kinds (en, de, fr, es, it, nl, pt, pl, sv)
    english     what English-speaking systems of many trades, and standards of directories and identities, call it
    english_private  the same of secrets, devices, health, money, beliefs, work, and what people write
    romance     more of fr, es, it, pt, and ro
    germanic    more of de, nl, sv, and da, no
    wider       cs, sk, hr, pl, hu, fi, tr, id, and Russian and Greek in Latin letters
"""

from __future__ import annotations

from anonymizer.scan.lexicon import english, english_private, european, germanic, romance, wider

_PARTS = (european, english, english_private, romance, germanic, wider)


def _table(texts: list[dict[str, str]]) -> dict[str, str]:
    table: dict[str, str] = {}
    for words in texts:
        for kind, text in words.items():
            for word in text.split():
                table.setdefault(word, kind)
    return table


STRONG = _table([part.STRONG for part in _PARTS])
WEAK = {word: kind for word, kind in _table([part.WEAK for part in _PARTS]).items() if word not in STRONG}
