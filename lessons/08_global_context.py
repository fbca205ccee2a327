# ---
# jupyter:
#   course:
#     number: "08"
#     title: Global context
#     question: Three trained readers, one budget. Who still knows the first word after forty others?
#     proves: >-
#       the gradient that reaches the first word; accuracy against distance for RNN, LSTM and
#       attention with equal budgets; that the LSTM fails to learn, not to hold; and 64 items looked
#       up at once
#     minutes: {teaching: 30, exercises: 15}
#     must: influence
#     cut: Many things to keep
#     exercises: [influence]
#     notation: []
#     claims:
#       - {claim: "Long-range dependencies: attention considers the whole sequence at once, where recurrent readers have difficulty", heading: "Trained across forty words", number: "first word after 40 others, 300 updates, 3 seeds: attention 100 % each, RNN and LSTM 10 to 15 % (chance 12.5 %); the LSTM copes when it starts with shorter gaps"}
# ---

# %% [markdown]
r"""
# 08 · Global context

**Three trained readers, one budget. Who still knows the first word after forty others?**

Lesson 01 measured untrained readers, and admitted that training might change everything. Now we train: a plain recurrent network, an LSTM, which was invented for long texts, and attention. All three have about the same number of weights and see the same number of texts. By the end you can

* measure how much of a gradient reaches a word;
* say what distance does to each reader, and why;
* name the run in which the LSTM copes, and what follows from it.

30 minutes, and 15 for one exercise. You need lessons 01 and 07.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.learning.distance import READERS, across, gradient_reaching, recall_across
from course_lib.learning.items import recall_items
from course_lib.seeing import GrowthDisplay

texts, answers = across(10, np.random.default_rng(8), n_texts=2)
print("two texts with a gap of 10 (8 is the question):")
print(texts)
print("answers:", answers[:, -1], "  guessing:", 1 / 8)

# %% [markdown]
r"""
## Say the first word again

There are eight words, 0 to 7. A text begins with one of them; then come others, drawn at random, as many as the **gap** says; then a question mark, here 8. The task: say the first word again. Guessing is right in one case of eight, 0.125.

It is as simple as a task can be: no grammar, nothing to understand, one thing to keep.
"""

# %%
for name, make in READERS.items():
    n_weights = sum(parameter.numel() for parameter in make().parameters())
    print(f"{name:9} {n_weights:,} weights")

# %% [markdown]
r"""
The **RNN** is the reader of lesson 01: one state, rewritten at every word. The **LSTM** has gates, small learned switches that decide what of its state is kept and what is overwritten; so it *can* hold something unchanged. Attention is one layer with one head, as in lesson 07.
"""

# %% [markdown]
r"""
## What can be corrected

Training moves weights along a gradient, lesson 07 says. For a reader to learn that the first word matters, the loss at the end must *reach* that word. Before any training we can measure how much does: the length of the gradient at each word.
"""

# %%
predict(
    "Gap 40. The gradient at the first word, compared with the last word before the question:",
    ["small for RNN and LSTM, about equal for attention", "small for all three: it is far away",
     "about equal for LSTM and attention; gates keep it"],
)

# %%
curves = {}
for name in READERS:
    gradient = gradient_reaching(40, reader=name)[:-1]     # without the question mark itself
    curves[name] = gradient[::-1]
    print(f"{name:9} first word : word before the question = {gradient[0] / gradient[-1]:.0e}")
assert curves["RNN"][-1] / curves["RNN"][0] < 1e-6 and curves["attention"][-1] > 0.5 * curves["attention"][0]

# %%
GrowthDisplay.from_curves(
    np.arange(1, 42), curves, axes=("words back from the question", "gradient that arrives"),
    title="What the loss can reach, before training", log="y",
)

# %% [markdown]
r"""
**What you saw.** In the RNN a hundred-billionth arrives, in the LSTM less than a thousandth: its gates multiply too, only with milder factors. Attention reaches the first word as well as any other. One hop, again.
"""

# %% [markdown]
r"""
## Trained across forty words

First a gap of 10, then one of 40, each reader trained afresh at just that gap, with 300 batches of 32 texts.
"""

# %%
trained_at_10 = {name: recall_across(10, reader=name) for name in READERS}
for name, reader in trained_at_10.items():
    print(f"gap 10: {name:9} {reader.accuracy(10):.0%} right")

# %%
predict(
    "Trained with a gap of 40 instead, the same 300 batches. Who is right nearly always?",
    ["all three, only a little less", "attention and LSTM", "attention alone", "none of them"],
)

# %%
for name in READERS:
    right = [recall_across(40, reader=name, seed=seed).accuracy(40) for seed in (0, 1, 2)]
    print(f"gap 40: {name:9}", "  ".join(f"seed {seed}: {r:.0%}" for seed, r in enumerate(right)))

# %% [markdown]
r"""
**What you saw.** At a gap of 10 all three learn. At 40, RNN and LSTM guess, 10 to 15 %, while attention is right with each of the three seeds. So far the textbook: recurrent models forget, attention does not. But is it *forgetting*?
"""

# %% [markdown]
r"""
## Forgetting, or never having learned?

Let us ask the readers that were trained at a gap of 10, and did learn. They now meet other gaps, which they never saw in training.
"""

# %%
predict(
    "The LSTM trained at gap 10 only: how often is it right at a gap of 40?",
    ["guessing, as just now", "about half", "nearly always"],
)

# %%
for name, reader in trained_at_10.items():
    row = "   ".join(f"gap {gap}: {reader.accuracy(gap):4.0%}" for gap in (9, 10, 11, 20, 40))
    print(f"{name:9} {row}")

# %% [markdown]
r"""
**What you saw.** The LSTM holds the word across 40 others without any trouble, once it has learned *at 10* to hold it. Its state does not forget; it could not *learn* at 40, since the gradient did not arrive. The RNN is stranger: at other gaps it is *always* wrong, less often right than by guessing. What does it say?
"""

# %%
import torch

texts, _ = across(20, np.random.default_rng(1), n_texts=500)
said = trained_at_10["RNN"].model(torch.from_numpy(texts))[:, -1].argmax(-1).numpy()
for word in (0, 1, 2):
    counts = np.bincount(said[texts[:, 0] == word], minlength=8)
    print(f"gap 20, first word {word}: the RNN says {counts.argmax()} in {counts.max() / counts.sum():.0%} of the texts")

# %% [markdown]
r"""
The RNN has not forgotten either! For each first word it has *its* answer, nearly always the same, only the wrong one. Its state still holds the word, but turns on with every further word, and it has learned to read it after exactly ten.
"""

# %% [markdown]
r"""
## The run in which the LSTM copes

So give it a fair chance: gaps mixed from 1 to 40, and 1,000 batches. The short gaps teach it to hold; the long ones come for free.
"""

# %%
mixed = recall_across(40, reader="LSTM", mixed=True, steps=1_000)
for gap in (10, 40, 80, 160):
    print(f"LSTM, gaps mixed 1 to 40: gap {gap:3}  {mixed.accuracy(gap):.0%} right")
assert mixed.accuracy(40) > 0.98

# %% [markdown]
r"""
It copes, even at gaps four times as long as any in training. "An LSTM cannot remember long texts" is wrong, then. What is right: across a long way it hardly *learns*, unless shorter ways lead up to it. Attention needs no such stairs: the way is one hop, however long the text.
"""

# %% [markdown]
r"""
## Many things to keep

One word is little. Now 64 items, each a key with a value, and a question for the value of some of the keys. A state would have to carry all 64 at once in a few dozen numbers. Attention carries nothing: it looks the key up when it is asked, which is what queries and keys are named for.
"""

# %%
items = recall_items(64)
print(f"64 items, one layer of attention, {items.n_parameters:,} weights: {items.accuracy:.0%} right")
assert items.accuracy > 0.98

# %% [markdown]
r"""
No positions, no state, about two seconds of training. The text itself is the memory. The price: it has to stay there, all of it, and every question compares itself with every key. Lesson 10 counts what that costs.
"""

# %% [markdown]
r"""
## Change it: how steep may the stairs be?

Train the LSTM with gaps mixed from 1 to 20 instead, `recall_across(20, reader="LSTM", mixed=True)`, with 300 batches as at first. Predict: is it right at 40? Then find the longest *fixed* gap at which it still learns from nothing in 300 batches.
"""

# %%
for gap in (10, 20, 30):
    print(f"LSTM trained at gap {gap} alone: {recall_across(gap, reader='LSTM').accuracy(gap):.0%} right there")

# %% [markdown]
r"""
## Exercises

Write `influence` in [the exercises](../exercises/08_global_context.ipynb): the gradient that reaches each word, for any model.
"""

# %% [markdown]
r"""
## Recap

1. What a loss can correct is what its gradient reaches. Through a recurrent state it fades from step to step; through attention it reaches every word in one hop.
2. With one fixed gap of 40, RNN and LSTM learned nothing in 300 batches, attention everything. With stairs of shorter gaps the LSTM copes: learning was the trouble, not holding.
3. Attention keeps no summary; it looks things up in the text itself.
"""

# %%
quiz("08")

# %% [markdown]
r"""
**Next:** attention also computes all words at once. Lesson 09 asks what that is worth on a real machine.
"""
