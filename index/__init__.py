"""The search engine: documents in, the sentences that answer a question out. It knows nothing of Telegram.

``open_corpus`` brings the index of a folder up to date and opens it; ``Index`` is the only door after that.
"""
