"""Generated calls: exports of made-up cities at any size, with the faults of real ones, and what those faults are."""

from answerable.generated.made import CityMade, Generated, Terms
from answerable.generated.write import generate

__all__ = ["CityMade", "Generated", "Terms", "generate"]
