from course_lib.models.items import listed_items, recall_items


def test_a_question_names_a_key_and_its_answer_is_that_keys_value(rng):
    items, targets = listed_items(20, rng, n_lists=3)
    assert items.shape == (3, 36, 2)
    for shown, answers in zip(items, targets, strict=True):
        values = dict(shown[:20].tolist())
        assert sorted(values) == list(range(20))
        assert (shown[20:, 1] == 16).all()
        assert (answers[:20] < 0).all()
        assert answers[20:].tolist() == [values[key] for key in shown[20:, 0].tolist()]


def test_attention_looks_one_up_among_sixty_four():
    assert recall_items(64).accuracy >= 0.98


def test_the_same_seed_gives_the_same_model():
    runs = [recall_items(20, seed=seed, steps=4).losses for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
