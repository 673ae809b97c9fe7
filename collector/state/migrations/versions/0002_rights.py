"""What the visitor's rights and the upkeep need: renewed subjects, erasure jobs, removed sites, when upkeep ran.

And the yeses among the asks, for as long as there is a consent log to count them in.
"""

import json
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "renewal",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("successor", sa.LargeBinary(), nullable=False),
        sa.Column("renewed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("subject"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "upkeep",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("site", sa.Column("removed_at", sa.BigInteger(), nullable=True))
    op.add_column("ask", sa.Column("yes", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("ask", sa.Column("elsewhere", sa.BigInteger(), nullable=False, server_default="0"))
    _count_yeses(op.get_bind())


def _count_yeses(connection: sa.Connection) -> None:
    counts: Counter[tuple[str, int, str]] = Counter()
    for body, at in connection.execute(sa.text("SELECT body, recorded_at FROM consent_log WHERE body IS NOT NULL")):
        record = json.loads(body)
        if record["kind"] in ("given", "re-confirmed"):
            counts[record["site"], at // 3600 * 3600, record["shown"]] += 1
    for (site, hour, shown), count in counts.items():
        column = "yes" if shown == "byleave" else "elsewhere"
        row = {"site": site, "hour": hour, "count": count}
        where = "WHERE site = :site AND hour = :hour"
        done = connection.execute(sa.text(f"UPDATE ask SET {column} = :count {where}"), row)  # noqa: S608
        if done.rowcount == 0:
            new = f"INSERT INTO ask (site, hour, asks, {column}) VALUES (:site, :hour, 0, :count)"  # noqa: S608
            connection.execute(sa.text(new), row)
