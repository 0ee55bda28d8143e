"""Texts that callers and others may send to run something in somebody else's browser."""

HOSTILE = (
    "<script>window.gotIn=1</script>",
    "<img src=x onerror=window.gotIn=1>",
    "\"><svg onload=window.gotIn=1>",
    "'><iframe srcdoc='<script>parent.gotIn=1</script>'></iframe>",
    "</script><script>window.gotIn=1</script>",
    "</textarea><script>window.gotIn=1</script>",
    "<!--<script>window.gotIn=1//-->",
    "javascript:window.gotIn=1",
    "{{ 7 * 7 }}${7 * 7}<%= 7 * 7 %>",
    "<a href=javascript:window.gotIn=1 autofocus onfocus=window.gotIn=1 id=state>x</a>",
    "<style>*{display:none}</style>",
    "<template id=blank-call><p>other</p></template>",
    "<form id=act action=//evil.invalid><button>Respond</button></form>",
    "&lt;script&gt;window.gotIn=1&lt;/script&gt;",
    "\u2028window.gotIn=1//",
)  # fmt: skip
ONE = " ".join(text for text in HOSTILE if "\u2028" not in text)
"""All of them, in one text that a form may send."""
