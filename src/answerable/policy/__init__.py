"""The response policy: read, checked, and asked what it decides (docs/formats/response-policy.md). No I/O."""

from answerable.policy.cells import Cells, FactEncoder
from answerable.policy.check import check_policy
from answerable.policy.compare import Change
from answerable.policy.condition import Condition, holds, parse_condition
from answerable.policy.document import Clock, Example, Policy, Promise, Rule
from answerable.policy.evaluate import alternatives, clocks_of_a_response, decide
from answerable.policy.explain import Explanation, explain
from answerable.policy.load import load_policy, read_policy
from answerable.policy.meaning import meaning, meaning_sha256
from answerable.policy.problem import Problem, Severity, of_fault
from answerable.policy.receipt import decision_receipt, differences
from answerable.policy.regions import Differences, Region, compare_policies
from answerable.policy.revisions import Revision, revisions
from answerable.policy.schema import policy_schema
from answerable.policy.search import UNDECIDED, Case, Undecided, find_case
from answerable.policy.versions import VersionSet, free_version

__all__ = [
    "UNDECIDED",
    "Case",
    "Cells",
    "Change",
    "Clock",
    "Condition",
    "Differences",
    "Example",
    "Explanation",
    "FactEncoder",
    "Policy",
    "Problem",
    "Promise",
    "Region",
    "Revision",
    "Rule",
    "Severity",
    "Undecided",
    "VersionSet",
    "alternatives",
    "check_policy",
    "clocks_of_a_response",
    "compare_policies",
    "decide",
    "decision_receipt",
    "differences",
    "explain",
    "find_case",
    "free_version",
    "holds",
    "load_policy",
    "meaning",
    "meaning_sha256",
    "of_fault",
    "parse_condition",
    "policy_schema",
    "read_policy",
    "revisions",
]
