"""Tuning of vision-language models: visual instruction, caption and visual extraction tuning."""
