"""How the tutor looks in Discord: one module a subject (rounds, hints, explanations, …), each with
its embeds, buttons and modals, and all words in texts/. It asks services and shows; it decides
nothing.
"""
