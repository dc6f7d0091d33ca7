"""What the bot does with an update, one module a part of the conversation.

Which update goes to which handler is app.py's business.
"""
