from contextlib import contextmanager
@contextmanager
def only(inputs, outputs, root):
    yield
