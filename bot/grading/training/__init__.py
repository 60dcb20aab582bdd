"""Training of the pair classifier (`tutor train`): configuration, data, generated pairs, the loop,
averaging and distillation. Nothing here is imported by the running bot, and nothing is downloaded.
Judging a trained model on test data is `bot.grading.evaluation`'s.
"""
