"""The room can be lifted out: its folder and the error tree, nothing else of the program."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import answerable

PROGRAM = """
import sys
from answerable.proof import Receipt, SigningKey, TrustPolicy, verify_receipt, Checkpoint, Note, leaf_hash
key = SigningKey.generate("log.example/1")
text = Checkpoint(key.name, 1, leaf_hash(b"entry")).text()
receipt = Receipt.parse(Receipt(0, (), Note(text, (key.sign(text),)).encode()).text().encode())
verify_receipt(receipt, entry=b"entry", trust=TrustPolicy.of_log(key.verifier))
print(sorted(name for name in sys.modules if name.startswith("answerable") and "proof" not in name))
"""


def test_a_stranger_needs_the_folder_and_the_error_tree(tmp_path: Path) -> None:
    house = Path(answerable.__file__).parent
    shutil.copytree(house / "proof", tmp_path / "answerable" / "proof")
    shutil.copy(house / "errors.py", tmp_path / "answerable")
    (tmp_path / "answerable" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{PROGRAM}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "['answerable', 'answerable.errors']", done.stderr
