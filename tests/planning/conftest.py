"""Plans for tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from downscaling.planning.jobs import Jobs
from downscaling.planning.report import Estimate, estimate
from downscaling.stages.graph import all_jobs
from downscaling.study.study import Study

Planner = Callable[[Study], Estimate]


@pytest.fixture
def plan() -> Planner:
    """The plan of a study, of the jobs that its graph has."""

    def planned(study: Study) -> Estimate:
        return estimate(study, jobs_of(study))

    return planned


@pytest.fixture(name="jobs_of")
def jobs_of_fixture() -> Callable[[Study], Jobs]:
    """The jobs of a study's graph."""
    return jobs_of


def jobs_of(study: Study) -> Jobs:
    """The jobs of a study's graph."""
    return Jobs((job.stage_name, job.key) for job in all_jobs(study))
