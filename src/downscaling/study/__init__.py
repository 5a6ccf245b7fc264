"""The study as typed values: which models are tuned, which runs exist, and what each verb reads.

The only place that knows which runs exist. The workflow asks it for jobs; a verb gets its part as
one JSON object and reads it back with the type named here, so no verb sees the configuration.
"""
