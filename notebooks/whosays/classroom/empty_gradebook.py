"""Make an empty gradebook as nbgrader would. It runs as a program of its own: what it loads takes memory.

nbgrader itself asks a program ``alembic`` for the version, which an environment that is not active lacks.
"""

from __future__ import annotations

import sys
from pathlib import Path


def make(database: Path) -> None:
    """Write nbgrader's tables, and the version that they have, into a new file."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # a second's work, and not needed
    from alembic.script import ScriptDirectory
    from nbgrader import api  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from sqlalchemy import URL, create_engine, text

    engine = create_engine(URL.create("sqlite", database=str(database)))
    version = ScriptDirectory(str(Path(api.__file__).with_name("alembic"))).get_current_head()
    with engine.begin() as connection:
        api.Base.metadata.create_all(connection)
        connection.execute(text("create table alembic_version (version_num varchar(32) not null)"))
        connection.execute(text("insert into alembic_version values (:version)"), {"version": version})
    engine.dispose()


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]))
    except Exception as error:  # what SQLAlchemy, alembic and the disk may raise
        sys.exit(str(error.__cause__ or error))
