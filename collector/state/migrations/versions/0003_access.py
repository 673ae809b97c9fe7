"""Who may do what: roles for each site, sessions one can tell apart, second factors, resets, what was changed.

Before, every account could read everything: admins and viewers keep that for the sites there are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "site_role",
        sa.Column("account", SEQUENCE, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site"], ["site.name"]),
        sa.PrimaryKeyConstraint("account", "site"),
    )
    op.execute(
        "INSERT INTO site_role (account, site, role) SELECT account.id, site.name, account.role FROM account, site "
        "WHERE account.role <> 'owner' AND site.removed_at IS NULL"
    )
    op.execute("UPDATE account SET role = 'member' WHERE role <> 'owner'")
    op.add_column("account", sa.Column("totp_secret", sa.Text(), nullable=True))
    op.add_column("account", sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "recovery_code",
        sa.Column("account", SEQUENCE, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account", "code_hash"),
    )
    op.create_table(
        "reset",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", SEQUENCE, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("secret_hash"),
    )
    op.add_column("login", sa.Column("browser", sa.Text(), nullable=False, server_default=""))
    op.add_column("login", sa.Column("os", sa.Text(), nullable=False, server_default=""))
    op.add_column("invitation", sa.Column("email", sa.Text(), nullable=False, server_default=""))
    op.add_column("invitation", sa.Column("site", sa.Text(), nullable=False, server_default=""))
    op.add_column("api_token", sa.Column("scope", sa.Text(), nullable=False, server_default="read"))
    _audit()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
