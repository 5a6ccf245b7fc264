"""What the paper names: data sets, weights, and its printed numbers and claims."""
