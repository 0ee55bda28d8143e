"""The desk's door for browsers, feeds and the public: routes, sessions, pages. No rule of the field is here."""
