"""The grader: what a member's explanation is worth, what it covers, and how sure that is. The only
place that imports torch and transformers, and it does so late: importing this package is cheap.
"""

from bot.grading.grade import Grade, KeyPoint, KeyPointState, Submission

__all__ = ["Grade", "KeyPoint", "KeyPointState", "Submission"]
