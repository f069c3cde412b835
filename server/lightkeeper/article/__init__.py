"""Page to article. Synchronous functions of values: no network, no clock, no disk; of ours only errors."""
