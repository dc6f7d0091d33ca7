"""The commands of ``quoth``, one module a concern.

How a command line is read, and how an error ends it, is cli.py's business.
"""
