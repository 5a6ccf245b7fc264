"""Reading answers, and what the readings add up to: scores, differences, fact recall."""
