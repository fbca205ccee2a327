from course_lib.running import tasks


def test_the_language_models_have_a_figure_for_everything_that_is_asked(monkeypatch):
    def fit_once(model, story, *, seed, steps=0):
        return whole_fit(model, story, seed=seed, steps=1)

    whole_fit = tasks.fit
    monkeypatch.setattr(tasks, "fit", fit_once)
    monkeypatch.setattr(tasks, "nats_per_character", lambda model, story: 3.0)
    figures = tasks.reading_figures(0)
    assert set(tasks.READING_ASKS) <= set(figures)
    assert figures["dense: nats below bigram"] == figures["bigram: nats"] - 3.0
    assert 0 < figures["previous character: weight"] < 0.2  # untrained, it looks everywhere
