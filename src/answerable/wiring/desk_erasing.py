"""What was worked out about an allegation goes with its words: claims, documents, and results that nobody signed.

    allegations/ALLEGATION          claims and documents, as far as they were worked out
    examinations/ALLEGATION/0001    what the record said to them; kept where its finding is signed

They lie in clear (docs/decisions/0066), so that an erasure has to take the files themselves.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from answerable.errors import StorageError
from answerable.record.entry import TOP
from answerable.record.ports import Store, Vault
from answerable.wiring.desk_examined import RESULT

HELD, CASES = "examinations", "allegations"
"""Folders beside the record in which words of people lie in clear: results, and claims as they are worked out."""


def erase_worked_out(folder: Path, *, store: Store, vault: Vault) -> tuple[str, ...]:
    """Remove what was worked out about each allegation of whose words any was erased; which allegations.

    Nothing is removed twice, so that it can be done at each start too: a machine may stop between an erasure and this.
    What a signed finding rests on stays, with the finding. Raises StorageError.
    """
    ids = sorted({one.name for part in (CASES, HELD) if (folder / part).is_dir() for one in (folder / part).iterdir()})
    return tuple(id_ for id_ in ids if _is_erased(id_, store, vault) and _remove(folder, id_))


def _is_erased(id_: str, store: Store, vault: Vault) -> bool:
    sealed = set(store.sealed(id_)) - {TOP}
    return bool(sealed - set(vault.salts([id_]).get(id_, {})))


def _remove(folder: Path, id_: str) -> bool:
    results = folder / HELD / id_
    unsigned = [one for one in results.iterdir() if not _is_signed(one)] if results.is_dir() else []
    gone = [one for one in (folder / CASES / id_, *unsigned) if one.exists()]
    for one in gone:
        try:
            shutil.rmtree(one)
        except OSError as fault:
            raise StorageError(
                f"{one}: {fault.strerror}", hint="Its words are erased in the record; remove this folder too."
            ) from fault
    return bool(gone)


def _is_signed(examination: Path) -> bool:
    from answerable.wiring.finding_folder import has_dossier, open_dossier  # noqa: PLC0415  loads the report

    result = examination / RESULT
    return has_dossier(result) and open_dossier(result).life.signed is not None
