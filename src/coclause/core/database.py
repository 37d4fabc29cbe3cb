"""Two names for one database: `default` as coclause_app, `owner` for migrations."""

from typing import Any


class OneDatabase:
    """Reads and writes use `default`; migrations run only under `owner`, which owns the tables."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
