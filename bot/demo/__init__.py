"""The bot for real against a simulated Discord in the browser: `tutor demo`. Nothing of the bot is
replaced here but Discord itself.
"""
