"""Which names say that their value is a credential, and of which kind."""

from functools import lru_cache

from runbook_lint.secrets.assignments import words

# What a name that says credential holds. Each is looked for in every text, so they are few.
STEMS = ("pass", "pw", "secret", "token", "key", "cred", "auth", "private", "access", "crumb", "login")
# What a name says credential by, besides those, when it is the head of a column.
CELLS = ("pswd", "bearer", "code")
_PASSWORDS = ("password", "passwd", "passphrase", "passcode", "passwort", "pwd", "pswd")
_SECRETS = ("secret", "token", "credential", "credentials", "creds", "bearer", "crumb")
# Whose password a word names that ends in ``pass`` or ``pw``.
_OWNERS = frozenset(
    " admin api app auth bind db ftp git http jdbc key keystore ldap login mail master my mysql pg redis require root "
    "server smtp ssh store sudo svc trust truststore user web".split(" ")
)
# What a key is called that opens something; a key of none of these kinds is one of a map or of a keyboard.
_KEYS = frozenset(
    "api access secret private auth account signing encryption encrypt master shared service application consumer "
    "client license session authentication authorization admin root deploy integration ingest write server app "
    "user project personal org organization storage sas hmac webhook bearer subscription rest live test prod "
    "production sandbox security crypto cipher jwt symmetric aes unseal recovery host function functions sdk "
    "management cosmos primary secondary provisioning".split()
)
# What may stand after it and changes nothing.
_AFTER = frozenset(
    "prod production dev development test testing stage staging sandbox live old new next current value val "
    "secure text base64 b64 hex env default plain plaintext clear real temp tmp backup primary secondary main "
    "local global str string here v literal raw data base".split()
)
# What a code is called that opens something.
_CODES = frozenset("access auth security authorization recovery activation secret backup".split())
# What makes of any of these something that everybody may know.
_HARMLESS = frozenset(
    "id ids name names file files filename path url urls uri host type types size length len count counts max min "
    "limit limits ttl expiry expires expiration expired expire version versions field fields label labels header "
    "headers prefix suffix format algorithm alg policy policies ref refs reference store vault ring board word "
    "words manager provider service services endpoint issuer namespace mount mounts arn region bucket user "
    "username users email required enabled disabled rotation column index selector selectors pair usage rate "
    "total seconds minutes hours days requests errors bytes duration request error status state time timestamp "
    "age created updated used valid invalid check checks review reviews class kind mode method methods strength "
    "rule rules regex pattern validator validation generator gen command cmd script func function callback "
    "handler reset forgot hint change changed prompt input placeholder form page link button dialog title "
    "description message msg template audience scope scopes issued broker bits bit dir directory folder location "
    "source src table row position event events press pressed up down code codes spec config configmap volume "
    "mountpath variable".split()
)
_PUBLIC = frozenset(
    "public pub pubkey pubkeys publickey publishable csrf xsrf foreign sort partition cache dedup group object "
    "keyboard keystroke fingerprint author max min num number tokenizer tokens trusted known keyword "
    "keywords".split()
)
# Tokens that keep a place in a list, or tell one request from the next.
_PLACES = frozenset(
    "next starting start continuation page paging pagination client request update sync idempotency idempotent "
    "resume change cancellation unit lock trace span eos bos pad mask stop special sep cursor".split()
)
# What stands before a key in a sentence, or names a key that opens nothing.
_PLAIN = frozenset(
    "the this that each every same your my his any which with by for of in to and or a an is as no unique "
    "composite natural map dictionary dict shift enter arrow const var let string str char int type static final "
    "device idempotency correlation".split()
)


@lru_cache(maxsize=4096)
def kind(name: str) -> str:
    """What the value of a name would be: ``password``, ``secret``, ``key`` for one that may open something, or empty.

    The last word counts (``password_file`` names a file), but for words such as ``prod`` or ``value``.
    """
    parts = words(name)
    while len(parts) > 1 and (parts[-1].isdigit() or parts[-1] in _AFTER):
        parts.pop()
    if not parts or not _PUBLIC.isdisjoint(parts):
        return ""
    last = parts[-1]
    if last in _HARMLESS:
        return "secret" if last == "code" and not _CODES.isdisjoint(parts[-2:-1]) else ""
    if last.endswith(_PASSWORDS) or any(last.endswith(end) and last[: -len(end)] in _OWNERS for end in ("pass", "pw")):
        return "password"
    if last == "token" and not _PLACES.isdisjoint(parts[-2:-1]):
        return ""
    if last.endswith(_SECRETS) or last in ("auth", "cred") or _opens(parts) or _opens([name.lower()]):
        return "secret"
    if last.endswith(("private", "access")) or (last.endswith("key") and last != "key"):
        return "key"
    return "key" if last == "key" and len(parts) > 1 and parts[-2] not in _PLAIN and not parts[-2].isdigit() else ""


def _opens(parts: list[str]) -> bool:
    """Whether the words end in a key of the kind that opens something."""
    last = parts[-1]
    if last == "key":
        return not _KEYS.isdisjoint(parts[-4:-1])
    return last.endswith("key") and last[:-3].endswith(tuple(_KEYS))


def harmless(name: str) -> bool:
    """Whether the last word of a name says that its value may be known."""
    parts = words(name)
    return bool(parts) and (parts[-1] in _HARMLESS or not _PUBLIC.isdisjoint(parts))
