"""The tables of the state database, as SQLAlchemy Core sees them; the migrations create them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()
# SQLite autoincrements INTEGER only; every other database gets a 64-bit number.
_Sequence = BigInteger().with_variant(Integer, "sqlite")

site = Table(
    "site", metadata,
    Column("name", Text, primary_key=True),                 # main hostname, lower case, punycode
    Column("aliases", Text, nullable=False),                # JSON list: www.example.com, *.example.com
    Column("timezone", Text, nullable=False),               # IANA name
    Column("path_keep", Text, nullable=False),              # JSON list of globs that the soft scrubbing leaves alone
    Column("patterns", Text, nullable=False),               # JSON list of globs that group pages in journeys
    Column("created_at", BigInteger, nullable=False),       # Unix seconds
    Column("removed_at", BigInteger),                       # Unix seconds; its notices stay, its rows went
    Column("title", Text, nullable=False, server_default=""),  # what people call it; empty: its name
)  # fmt: skip

notice = Table(
    "notice", metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),        # SHA-256 of `body`, hex
    Column("site", Text, ForeignKey("site.name"), nullable=False, index=True),
    Column("body", Text, nullable=False),                   # canonical JSON; never changed
    Column("draft", Boolean, nullable=False),               # without controller or contact
    Column("material", Boolean, nullable=False),            # consents under earlier notices do not cover it
    Column("published_at", BigInteger, nullable=False),
)  # fmt: skip

consent_log = Table(
    "consent_log", metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("previous", LargeBinary, nullable=False),        # `link` of the entry before; 32 zero bytes for the first
    Column("body_hash", LargeBinary, nullable=False),       # SHA-256 of `body`; stays when the body expires
    Column("link", LargeBinary, nullable=False, unique=True),  # SHA-256(previous ‖ body_hash)
    Column("body", Text),                                   # canonical JSON of the record
    Column("subject", LargeBinary, index=True),             # as in the body, to find a visitor's records
    Column("recorded_at", BigInteger, nullable=False, index=True),
    sqlite_autoincrement=True,
)  # fmt: skip

consent_tally = Table(
    "consent_tally", metadata,                              # the log's records, counted: SQLite's triggers do it
    Column("site", Text, primary_key=True),
    Column("quarter", BigInteger, primary_key=True),        # Unix seconds, start of the quarter of an hour
    Column("kind", Text, primary_key=True),
    Column("notice", Text, primary_key=True),
    Column("purposes", Text, primary_key=True),             # JSON list
    Column("records", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

consent_end = Table(
    "consent_end", metadata,                                # consents in force by when they run out: likewise
    Column("site", Text, primary_key=True),
    Column("quarter", BigInteger, primary_key=True),        # Unix seconds, start of the quarter of an hour
    Column("second", BigInteger, primary_key=True),         # of the quarter
    Column("consents", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip

tombstone = Table(
    "tombstone", metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("subject", LargeBinary, nullable=False, unique=True),
    Column("site", Text, nullable=False),
    Column("buried_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

narrowing = Table(
    "narrowing", metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("subject", LargeBinary, nullable=False, index=True),
    Column("kept", Text, nullable=False),                   # JSON list: the purposes that remain
    Column("narrowed_at", BigInteger, nullable=False),      # tokens issued before this cover no more than `kept`
    sqlite_autoincrement=True,
)  # fmt: skip

renewal = Table(
    "renewal", metadata,
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("subject", LargeBinary, nullable=False, unique=True),  # erased by somebody who goes on
    Column("successor", LargeBinary, nullable=False),       # what their rows carry from then on
    Column("renewed_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

job = Table(
    "job", metadata,
    Column("id", Text, primary_key=True),                   # SHA-256 of the 128 random bits that whoever asked holds
    Column("asked_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),                          # when no file held a byte of it any more
)  # fmt: skip

upkeep = Table(
    "upkeep", metadata,
    Column("name", Text, primary_key=True),                 # what is done daily
    Column("done_at", BigInteger, nullable=False),          # when it was last done
)  # fmt: skip

ask = Table(
    "ask", metadata,
    Column("site", Text, primary_key=True),
    Column("hour", BigInteger, primary_key=True),           # Unix seconds, start of the UTC hour
    Column("asks", BigInteger, nullable=False),             # fetches of the banner's texts
    Column("yes", BigInteger, nullable=False),              # yeses given in Byleave's own banner
    Column("elsewhere", BigInteger, nullable=False),        # yeses that the site asked for by itself
)  # fmt: skip

change = Table(
    "change", metadata,
    Column("id", Integer, primary_key=True),
    Column("counter", BigInteger, nullable=False),          # grows with every change that processes follow
)  # fmt: skip

account = Table(
    "account", metadata,
    Column("id", _Sequence, primary_key=True, autoincrement=True),
    Column("email", Text, nullable=False, unique=True),     # lower case
    Column("password", Text, nullable=False),               # argon2id
    Column("role", Text, nullable=False),                   # owner | member: what a member may, `site_role` says
    Column("created_at", BigInteger, nullable=False),
    Column("totp_secret", Text),                            # base32 (RFC 4648), of who turned the second factor on
    Column("totp_step", BigInteger, nullable=False, server_default="0"),  # of the code last taken; none older is
    Column("language", Text, nullable=False, server_default=""),  # ISO 639-1, of the pages; empty: the browser's
)  # fmt: skip

site_role = Table(
    "site_role", metadata,
    Column("account", _Sequence, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("site", Text, ForeignKey("site.name"), primary_key=True),
    Column("role", Text, nullable=False),                   # admin | viewer
)  # fmt: skip

recovery_code = Table(
    "recovery_code", metadata,
    Column("account", _Sequence, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),     # SHA-256; the row goes when the code is used
)  # fmt: skip

login = Table(
    "login", metadata,
    Column("secret_hash", LargeBinary, primary_key=True),   # SHA-256 of the secret that only the browser holds
    Column("account", _Sequence, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("browser", Text, nullable=False, server_default=""),  # families alone, as of a visit
    Column("os", Text, nullable=False, server_default=""),
)  # fmt: skip

invitation = Table(
    "invitation", metadata,
    Column("secret_hash", LargeBinary, primary_key=True),   # SHA-256 of the one-time link's secret
    Column("role", Text, nullable=False),                   # owner | admin | viewer
    Column("expires_at", BigInteger, nullable=False),
    Column("email", Text, nullable=False, server_default=""),  # whom it is for; empty: whoever holds the link
    Column("site", Text, nullable=False, server_default=""),  # of admin and viewer
)  # fmt: skip

reset = Table(
    "reset", metadata,
    Column("secret_hash", LargeBinary, primary_key=True),   # SHA-256 of the one-time link's secret
    Column("account", _Sequence, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)  # fmt: skip

audit = Table(
    "audit", metadata,                                      # append-only: SQLite itself refuses to change or remove
    Column("seq", _Sequence, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),               # Unix seconds
    Column("actor", Text, nullable=False),                  # an account's e-mail, or `command line`
    Column("action", Text, nullable=False),                 # one of `audit.ACTIONS`
    Column("site", Text, nullable=False),                   # empty: of the whole server
    Column("detail", Text, nullable=False),                 # JSON object of what changed; never a secret
    sqlite_autoincrement=True,
)  # fmt: skip

api_token = Table(
    "api_token", metadata,
    Column("id", Text, primary_key=True),                   # 8 hex digits, shown in lists
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("site", Text, ForeignKey("site.name"), nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("scope", Text, nullable=False, server_default="read"),  # read | events
)  # fmt: skip

share = Table(
    "share", metadata,
    Column("id", Text, primary_key=True),                   # 8 hex digits, shown in lists
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("site", Text, ForeignKey("site.name"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("password", Text),                               # argon2id
    Column("origins", Text, nullable=False),                # JSON list: whose pages may show it in a frame
    Column("expires_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)  # fmt: skip

annotation = Table(
    "annotation", metadata,
    Column("id", _Sequence, primary_key=True, autoincrement=True),
    Column("site", Text, ForeignKey("site.name"), nullable=False, index=True),
    Column("day", Text, nullable=False),                    # local day of the site, ISO 8601
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip

saved_filters = Table(
    "saved_filters", metadata,
    Column("site", Text, ForeignKey("site.name"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("filters", Text, nullable=False),                # JSON list, each as an address carries it
)  # fmt: skip

goal = Table(
    "goal", metadata,
    Column("id", _Sequence, primary_key=True, autoincrement=True),
    Column("site", Text, ForeignKey("site.name"), nullable=False, index=True),
    Column("name", Text, nullable=False),                   # of one goal of the site, whatever its case
    Column("step", Text, nullable=False),                   # JSON as the reports take it: {"page": "/thanks*"}
    Column("valued", Boolean, nullable=False),              # the amounts of its events are summed
    sqlite_autoincrement=True,
)  # fmt: skip

funnel = Table(
    "funnel", metadata,
    Column("id", _Sequence, primary_key=True, autoincrement=True),
    Column("site", Text, ForeignKey("site.name"), nullable=False, index=True),
    Column("name", Text, nullable=False),                   # of one funnel of the site, whatever its case
    Column("mode", Text, nullable=False),                   # loose | strict
    Column("steps", Text, nullable=False),                  # JSON list of steps
    sqlite_autoincrement=True,
)  # fmt: skip
