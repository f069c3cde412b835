"""The demo publication: a fictional newspaper with heavy pages, served by an origin of its own.

Plays the publisher's site. Knows nothing of Lightkeeper's editions, decisions or store.
"""
