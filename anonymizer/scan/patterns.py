"""Forms of single values, each as a pattern that the whole value has to fit."""

from __future__ import annotations

import re

YEAR = re.compile(r"(?:19|20)\d\d")
DATE = re.compile(r"(?:(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d)(?:[T ]\d\d:\d\d.*)?")
CODE = re.compile(r"[a-z]{2}([_-][A-Z]{2})?|[A-Z]{2,3}|\d{1,6}")
OBJECT_ID = re.compile(r"[0-9a-f]{24}")
_WAYS = (
    r"stra(?:ß|ss)e|str\.|gasse|weg\b|platz\b|allee|\bstreet|\bst\.|\bavenue|\bave\b|\broad\b|\brd\b|\blane\b|\bdrive\b",
    r"\bcourt\b|\bboulevard\b|\brue\b|\bcalle\b|\bavenida\b|\bplaza\b|\bvia\b|\bpiazza\b|straat|gracht|\blaan\b|\brua\b",
    r"\bul\.|\bulica\b|gatan\b|vägen\b|\bvej\b|vej\b|gade\b|veien\b|gata\b|katu\b|\btie\b|\butca\b|\bstrada\b|\bstr\b",
    r"\bsokak\b|\bsok\.|\bcad\.|\bcaddesi\b|\bmah\.|\bjl\.|\bjalan\b|\btravessa\b|\bcarrer\b|\bcorso\b|\bviale\b|\bu\.",
)
_TOKENS = (
    r"A(?:KIA|SIA)[0-9A-Z]{16}",
    r"(?:sk|pk|rk)_(?:live|test)_\w{10,}",
    r"gh[pousr]_\w{20,}",
    r"glpat-[\w-]{20,}",
    r"xox[abposr]-[\w-]{10,}",
    r"AIza[\w-]{35}",
    r"ya29\.[\w-]{20,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}",
    r"ExponentPushToken\[\S+\]",
    r"Bearer \S{12,}|Basic [\w+/=]{12,}",
)
_PEOPLE_SITES = (
    r"linkedin\.com/in|xing\.com/profile|facebook\.com|instagram\.com|twitter\.com|x\.com|tiktok\.com/@|t\.me|wa\.me",
    r"vk\.com|github\.com|gitlab\.com|twitch\.tv|reddit\.com/u(?:ser)?|medium\.com/@|orcid\.org|gravatar\.com/avatar",
    r"keybase\.io|snapchat\.com/add|pinterest\.[a-z]+|flickr\.com/people|researchgate\.net/profile|behance\.net",
)

PATTERNS = (
    ("uuid", re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")),
    ("hex", re.compile(r"(?:0x)?(?=[a-fA-F]*\d)(?=\d*[a-fA-F])[0-9a-fA-F]{8,}")),
    ("date", DATE),
    ("url", re.compile(r"(?:https?|ftp|s3|mailto|tel|sms|sip)://?\S+|(?:mailto|tel|sms|sips?):\S+", re.IGNORECASE)),
    ("reach", re.compile(r"(?:mailto|tel|sms|sips?):\S{5,}", re.IGNORECASE)),
    ("profile", re.compile(rf"(?i)(?:https?://)?(?:[a-z]{{2,3}}\.)?(?:{'|'.join(_PEOPLE_SITES)})/?[\w@.%-]\S*")),
    ("mac", re.compile(r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")),
    ("jwt", re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*")),
    (
        "hash",
        re.compile(r"\$(?:2[abxy]|argon2\w*|[156]|scrypt|pbkdf2[\w-]*)\$\S{8,}|pbkdf2_sha256\$\S+|\{SSHA\w*\}\S+"),
    ),
    ("user_agent", re.compile(r"(?:Mozilla|Opera|Dalvik|okhttp|curl)/\d\S*.*")),
    ("key", re.compile(r"(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+) \S+.*|-----BEGIN [A-Z ]+-----.*", re.DOTALL)),
    ("access", re.compile("|".join(_TOKENS))),
    ("handle", re.compile(r"@[A-Za-z]\w[\w.]{1,30}")),
    ("version", re.compile(r"v?\d{1,2}(?:\.\d{1,2}){1,3}(?:-[\w.]+)?")),
    ("street", re.compile(rf"(?i)(?=.*\d)(?=.{{5,90}}$).*(?:{'|'.join(_WAYS)}).*")),
    ("vin", re.compile(r"(?=.*\d)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{9}[A-HJ-NPR-Z0-9]{4}[A-HJ-NPR-Z0-9]{4}")),
    ("iccid", re.compile(r"89\d{16,18}[\dF]?")),
    ("wallet", re.compile(r"0x[0-9a-fA-F]{40}|bc1[02-9ac-hj-np-z]{25,62}|[13][1-9A-HJ-NP-Za-km-z]{25,34}")),
    ("latlon", re.compile(r"\(?-?\d{1,2}\.\d{3,}, ?-?\d{1,3}\.\d{3,}\)?|POINT ?\(-?\d+\.\d+ -?\d+\.\d+\)|geo:-?\d.*")),
    ("icd", re.compile(r"(?!V\d\d?$)[A-TV-Z]\d[0-9AB]\.\d{1,4}|[A-TV-Z]\d\d\.[-0-9]")),
    ("token", re.compile(r"(?=.*[A-Z0-9])[A-Z0-9][A-Z0-9./-]{3,}")),
    ("image", re.compile(r"data:image/[\w+.-]+;base64,.*", re.DOTALL)),
    ("local_phone", re.compile(r"\(?[2-9]\d\d\)?[ .-][2-9]\d\d[ .-]\d{4}(?: ?(?:x|ext\.?) ?\d+)?")),
)

# Values that say something about a person by themselves, where all that occur at a path are of one such list, two at
# least; of those with a ! one has to be there (A+ may be a mark).
_TELLING = """
    m f | m f d | m f x | m w | m w d | h f | male female | male female other | mannlich weiblich | mannlich
    weiblich divers | muzh zhen | muzhskoy zhenskiy | homme femme | hombre mujer | masculino femenino | masculino
    feminino | maschio femmina | man vrouw | man kvinna | mand kvinde | mann kvinne | mies nainen | muz zena |
    kobieta mezczyzna | ferfi no | erkek kadin | barbat femeie | laki-laki perempuan | male female diverse | male
    female unknown | male female nonbinary | male female other unspecified unknown | single married divorced widowed
    separated partnered | ledig verheiratet geschieden verwitwet | celibataire marie divorce veuf pacse | soltero
    casado divorciado viudo | solteiro casado divorciado viuvo | celibe nubile coniugato divorziato vedovo |
    ongehuwd gehuwd gescheiden | gift ogift skild anka | a+ a- b+ b- !ab+ !ab- !o+ !o- !0+ !0- | catholic protestant
    muslim jewish hindu buddhist christian orthodox none atheist sikh | katholisch evangelisch muslimisch judisch rk
    ev | catholique protestant musulman juif | islam kristen katolik hindu | straight gay lesbian bisexual
    heterosexual homosexual asexual queer | caucasian asian hispanic latino african | smoker nonsmoker former never
    non-smoker | mr mrs ms miss mx dr | herr frau | monsieur madame mademoiselle | sr sra srta | sig sigra | dhr
    mevr | he/him she/her they/them
"""
TELLING = tuple(
    (frozenset(words.replace("!", "").split()), frozenset(word[1:] for word in words.split() if word[0] == "!"))
    for words in _TELLING.split("|")
)
