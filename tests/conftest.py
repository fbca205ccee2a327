"""What tests in every room ask for."""

import jaxtyping
import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def shapes_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a wrong shape reach our own message, as it does at a learner's desk."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)
