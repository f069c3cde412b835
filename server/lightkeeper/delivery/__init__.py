"""HTTP: routes, proxy, negotiation, compression. Translates HTTP to values, calls the core, translates back."""
