"""Write the files of vectors."""

from __future__ import annotations

import json

from tests.support.policy_vectors import FOLDER, all_files

for name, text in all_files().items():
    (FOLDER / name).write_text(text, encoding="ascii")
    print(name, len(json.loads(text)["cases"]), "cases")  # noqa: T201
