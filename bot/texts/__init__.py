"""Every sentence the program itself says to a person, one module a language.

What the sources say is never here.
"""
