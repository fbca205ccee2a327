"""What the learner answers: predictions before a result, questions at the end."""
