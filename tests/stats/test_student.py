"""Student's t against figures that SciPy 1.17 gave."""

import pytest

from memorygym.stats.intervals import beta_share, t_point, t_tail


@pytest.mark.parametrize(
    ("freedom", "tail", "point"),
    [
        (1, 0.025, 12.706204736),
        (9, 0.025, 2.262157163),
        (29, 0.025, 2.045229642),
        (2.5, 0.005, 7.163728139),
        (99, 0.2, 0.845267032),
        (1000, 0.025, 1.962339081),
        (float("inf"), 0.025, 1.959963985),
        (9, 0.975, -2.262157163),
    ],
)
def test_a_point_of_t_is_exact(freedom: float, tail: float, point: float) -> None:
    assert t_point(tail, freedom) == pytest.approx(point, rel=1e-9)
    assert t_tail(point, freedom) == pytest.approx(tail, rel=1e-8)


@pytest.mark.parametrize(
    ("x", "a", "b", "share"),
    [
        (0.3, 2.5, 0.5, 0.018927124072),
        (0.9, 50, 4, 0.210531717219),
        (0.01, 0.2, 300, 0.996346399536),
        (0, 2, 3, 0),
        (1, 2, 3, 1),
    ],
)
def test_the_incomplete_beta_function_is_exact(x: float, a: float, b: float, share: float) -> None:
    assert beta_share(x, a, b) == pytest.approx(share, abs=1e-11)
