"""The stages of the study, one file a job: its settings, inputs and outputs, and what it does."""
