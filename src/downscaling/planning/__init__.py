"""What a study will cost, before anything runs: jobs, tokens, operations, disk and downloads.

From the configuration and facts alone, without a model, a GPU or a download, in seconds.
"""
