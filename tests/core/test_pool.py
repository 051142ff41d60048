"""Many files at once, in order."""

import math
import operator
import os
from collections.abc import Callable, Generator, Iterator

import pytest

from latentaudio.core.pool import AHEAD, in_order, in_threads
from latentaudio.errors import DataError


class Counted(list[int]):
    """Items that know how many of them were asked for."""

    asked = 0

    def __iter__(self) -> Iterator[int]:
        for item in super().__iter__():
            self.asked += 1
            yield item


@pytest.mark.parametrize("jobs", [1, 2])
def test_threads_give_their_results_in_order_too(jobs: int) -> None:
    assert list(in_threads(operator.neg, range(50), jobs)) == [-n for n in range(50)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order(jobs: int) -> None:
    assert list(in_order(operator.neg, range(50), jobs)) == [-n for n in range(50)]


@pytest.mark.parametrize("pool", [in_order, in_threads])
def test_no_more_is_begun_than_fits_ahead(pool: Callable[..., Generator[int, None, None]]) -> None:
    items = Counted(range(1000))
    results = pool(operator.neg, items, 2)
    next(results)
    assert items.asked == 2 * AHEAD
    results.close()


def test_an_error_of_the_work_is_the_callers() -> None:
    with pytest.raises(ValueError, match="math domain"):
        list(in_order(math.sqrt, [1.0, -1.0], 2))


def test_a_killed_process_is_said() -> None:
    with pytest.raises(DataError, match="was killed"):
        list(in_order(os._exit, [1, 1], 2))
