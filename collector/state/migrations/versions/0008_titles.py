"""What people call a site; empty where its name will do."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("site", sa.Column("title", sa.Text(), nullable=False, server_default=""))
