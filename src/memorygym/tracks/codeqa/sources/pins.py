"""Source distributions that may be asked about, each pinned to its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pin:
    """One distribution."""

    name: str
    version: str
    file: str
    sha256: str
    licence: str
    """SPDX."""


PINS: Mapping[str, Pin] = {
    pin.name: pin
    for pin in (
        Pin(
            "boltons",
            "26.2.0",
            "boltons-26.2.0.tar.gz",
            "d39cfd15c1a1c3bd4d705c82252fa9edb8e4f5e8cc039f8e39afac7b1b47e92c",
            "BSD-3-Clause",
        ),
        Pin(
            "humanize",
            "4.17.0",
            "humanize-4.17.0.tar.gz",
            "1d6a36c453dbfbb3f0b34601d2e0b4ce5d48d780305cd45714843f0068fde6ac",
            "MIT",
        ),
        Pin(
            "inflection",
            "0.5.1",
            "inflection-0.5.1.tar.gz",
            "1a29730d366e996aaacffb2f1f1cb9593dc38e2ddd30c91250c6dde09ea9b417",
            "MIT",
        ),
        Pin(
            "more-itertools",
            "11.2.1",
            "more_itertools-11.2.1.tar.gz",
            "cbf08fd0af284dc69718b9b76a8e6203df624d70209ea511e4219d350c856f63",
            "MIT",
        ),
        Pin(
            "networkx",
            "3.6.1",
            "networkx-3.6.1.tar.gz",
            "26b7c357accc0c8cde558ad486283728b65b6a95d85ee1cd66bafab4c8168509",
            "BSD-3-Clause",
        ),
        Pin(
            "sqlparse",
            "0.6.1",
            "sqlparse-0.6.1.tar.gz",
            "ca722573f848ff2d30e40ea30f53a104b7dea7635ea9285891263eb2c58fb6e7",
            "BSD-3-Clause",
        ),
        Pin(
            "tabulate",
            "0.10.0",
            "tabulate-0.10.0.tar.gz",
            "e2cfde8f79420f6deeffdeda9aaec3b6bc5abce947655d17ac662b126e48a60d",
            "MIT",
        ),
        Pin(
            "tinydb",
            "4.9.0",
            "tinydb-4.9.0.tar.gz",
            "6928b1fa785186bda7952a0ba05aaeedc883ede565ca9c7d608de44e5e75de70",
            "MIT",
        ),
        Pin(
            "toolz",
            "1.2.0",
            "toolz-1.2.0.tar.gz",
            "9667a038e9d6ecba37995e26cb2f59ec6420b6ad8dd9677de59db9b956b08490",
            "BSD-3-Clause",
        ),
    )
}
"""By name; the sums are of the files as the index served them in November 2026."""
