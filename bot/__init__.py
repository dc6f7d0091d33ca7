"""The product: what people type and what they read. It asks the engine through ``index.search.Index`` alone.

Nothing here scores, splits or stores a sentence.
"""
