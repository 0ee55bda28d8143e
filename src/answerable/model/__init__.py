"""The nouns: frozen values that every room speaks in. No behaviour beyond what their own meaning needs."""
