"""The course of a run: its schedule, and what validations decide."""

from dataclasses import asdict, replace

import pytest

from latentaudio.core.course import LAST_RATE, Course, from_json, schedule
from latentaudio.core.options import Clock, TrainOptions


@pytest.fixture
def options() -> TrainOptions:
    return TrainOptions(steps=1000)


def judged(errors: list[float], options: TrainOptions, epoch: float = 2.0) -> Course:
    """The course of a run with a validation after each epoch."""
    course = Course()
    for number, error in enumerate(errors, 1):
        course.clock = Clock(round(number * epoch), number)
        course.judge(error, options, epoch)
    return course


def test_the_schedule_rises_once_and_falls_to_the_end(options: TrainOptions) -> None:
    rates = [schedule(options, spent / 1000, spent)[0] for spent in range(1001)]
    top = rates.index(max(rates))
    assert max(rates) == pytest.approx(options.learning_rate, rel=0.01) and 0 < top <= 20
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert rates[-1] == pytest.approx(0.01 * options.learning_rate)


def test_a_run_ends_on_real_sounds(options: TrainOptions) -> None:
    shares = [schedule(options, spent, 0)[3] for spent in (0.0, 0.8, 0.9, 1.0)]
    assert shares == pytest.approx([1.0, 1.0, 0.5, 0.0])


def test_beta_grows_from_nothing_to_its_value(options: TrainOptions) -> None:
    betas = [schedule(options, spent, 0)[1] for spent in (0.0, 0.1, 0.2, 1.0)]
    assert betas == pytest.approx([0.0, options.beta / 2, options.beta, options.beta])


def test_beta_begins_anew_in_each_cycle(options: TrainOptions) -> None:
    twice = replace(options, cycles=2, beta_warm_up=0.5)
    betas = [schedule(twice, spent, 0)[1] / options.beta for spent in (0.0, 0.125, 0.25, 0.49, 0.5, 0.625, 1.0)]
    assert betas == pytest.approx([0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0])


def test_a_plateau_lowers_the_rate_and_waits_again(options: TrainOptions) -> None:
    plateau = replace(options, schedule="plateau", patience=3, factor=0.5)
    assert judged([9.0, 8.0, 8.0, 8.0], plateau).rate == 1.0
    assert judged([9.0, *4 * [8.0]], plateau).rate == 0.5
    assert judged([9.0, *6 * [8.0]], plateau).rate == 0.5
    assert judged([9.0, *7 * [8.0]], plateau).rate == 0.25


def test_the_rate_of_a_plateau_is_the_rate_of_its_steps(options: TrainOptions) -> None:
    plateau = replace(options, schedule="plateau")
    rates = [schedule(plateau, spent, 0, rate)[0] for spent, rate in ((0.5, 1.0), (0.9, 1.0), (0.9, 0.25))]
    assert rates == pytest.approx([options.learning_rate, options.learning_rate, options.learning_rate / 4])


def test_plateaus_have_a_floor(options: TrainOptions) -> None:
    assert judged(100 * [8.0], replace(options, schedule="plateau", patience=1, factor=0.1)).rate == LAST_RATE


def test_a_cosine_knows_no_plateaus(options: TrainOptions) -> None:
    assert judged(100 * [8.0], replace(options, patience=1)).rate == 1.0


def test_a_run_ends_early_where_validation_no_longer_improves(options: TrainOptions) -> None:
    early = replace(options, early_stop=3)
    assert not judged([9.0, 8.0, 8.5, 8.4], early).early
    course = judged([9.0, 8.0, 8.5, 8.4, 8.3], early)
    assert course.early and (course.best, course.best_step) == (8.0, 4)


def test_luck_is_no_improvement(options: TrainOptions) -> None:
    assert judged([8.0, 7.9999], options).best_step == 2


def test_a_course_comes_back_as_it_was(options: TrainOptions) -> None:
    course = judged([9.0, 8.0, 8.0], options)
    course.history.losses.add([1, 0.5])
    assert from_json(asdict(course)) == course
