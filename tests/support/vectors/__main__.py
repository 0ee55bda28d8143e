"""Write the files of vectors."""

from __future__ import annotations

from tests.support.vectors import FOLDER, all_files

for name, text in all_files().items():
    (FOLDER / name).write_text(text, encoding="ascii")
    print(name, text.count('\n{"name"'), "cases")  # noqa: T201
