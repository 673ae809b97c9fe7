"""The language in which an account sees the dashboard."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("account", sa.Column("language", sa.Text(), nullable=False, server_default=""))
