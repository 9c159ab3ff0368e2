"""The 2nd National Annual Learner Assembly as a demonstration, built through the services."""
