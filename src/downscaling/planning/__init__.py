"""What a study will cost, before anything runs: jobs, tokens, operations, disk and downloads.

It is estimated from the configuration and from assumptions about the data, without a model, a GPU
or a download, in seconds.
"""
