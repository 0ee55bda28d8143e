"""The folder of a finding while it is judged: what is in it, whom to believe, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from answerable.proof import TrustPolicy
from answerable.proof.sealing import Seal, seal_of
from answerable.proof.verifier import Docket, Kind, judge_receipt_of
from answerable.wiring.disk_folder import DiskFolder
from answerable.wiring.importing import Progress

MAY_BE_KEPT_BACK: Final = ("inputs/", "private/")
"""Below these a publication may leave files out; anything else that it names as kept back is missing."""


@dataclass(slots=True, kw_only=True)
class Case:
    """One folder, and its docket. `withheld`: what a publication says that it left out, and why."""

    root: Path
    trust: TrustPolicy
    progress: Progress
    folder: DiskFolder
    names: frozenset[str]
    docket: Docket = field(default_factory=lambda: Docket(Kind.FINDING))
    withheld: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, *, trust: TrustPolicy, progress: Progress) -> Case:
        """The case of the folder `root`."""
        folder = DiskFolder(root, progress)
        return cls(root=root, trust=trust, progress=progress, folder=folder, names=folder.names())

    def keep_back(self, withheld: dict[str, str]) -> None:
        """Believe a publication what it left out, as far as it may."""
        self.withheld = {name: why for name, why in withheld.items() if name.startswith(MAY_BE_KEPT_BACK)}

    def is_file(self, name: str, expected: str, *, what: str) -> bool:
        """Whether the file is here and has this SHA-256; puts what it finds on the docket."""
        if name not in self.names:
            if name in self.withheld:
                self.docket.not_proved.append(f"What {name} says: it was left out ({self.withheld[name]}).")
            else:
                self.docket.cannot_tell.append(f"{name}: the file is missing.")
            return False
        if seal_of(self.folder.pieces(name)).sha256 != expected:
            self.docket.refuted.append(f"{name}: this is not {what}.")
            return False
        self.docket.proved.append(f"{name} is {what}.")
        return True

    def judge_receipt(self, log: str, *, name: str, about: str, seal: Seal) -> None:
        """The receipt `name` must be of an entry of that log with this seal."""
        judge_receipt_of(self.docket, self.folder, self.names, self.trust, name=name, about=about, seal=seal, log=log)
