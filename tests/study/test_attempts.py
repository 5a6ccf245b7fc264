"""What a job asks for when it is tried again."""

from __future__ import annotations

from downscaling.config.jobs import Cap, Job
from downscaling.study.attempts import memory, minutes

JOB = Job(gpu=1, mem_mb=4000, runtime=60)
CAP = Cap(mem_mb=10000, runtime=100)


def test_memory_and_time_grow_up_to_what_there_is() -> None:
    """Catches a third attempt that no node can hold or no partition allows, which then waits for
    ever; and one that asks for what was too little before."""
    assert [memory(JOB, CAP, attempt) for attempt in (1, 2, 3)] == [4000, 8000, 10000]
    assert [minutes(JOB, CAP, attempt, resumes=False) for attempt in (1, 2, 3)] == [60, 100, 100]


def test_a_job_that_goes_on_where_it_was_keeps_its_time() -> None:
    """Catches a tuning that a full partition ended, and that then asks for twice as long: it waits
    longer for its turn, and has half of the work behind it."""
    assert [minutes(JOB, CAP, attempt, resumes=True) for attempt in (1, 2, 3)] == [60] * 3
