import sys
from contextlib import contextmanager
@contextmanager
def progress_line(what, total):
    from tqdm import tqdm
    quiet = 0.2 if sys.stderr.isatty() else 5.0
    with tqdm(total=total, desc=what, mininterval=quiet) as bar:
        yield lambda done: bar.update(done) and None
