# ---
# jupyter:
#   course:
#     number: "08"
#     title: Global context
#     question: Three trained readers, one budget. Who still knows the first word after forty others?
#     proves: >-
#       the gradient that reaches the first word; accuracy against distance for RNN, LSTM and
#       attention with equal budgets; that the LSTM fails to learn, not to hold, and two ways to help
#       it; and 64 items looked up at once
#     minutes: {teaching: 30, exercises: 15}
#     must: influence
#     cut: Many things to keep
#     exercises: [influence]
#     notation: []
#     claims:
#       - {claim: "Long-range dependencies: attention considers the whole sequence at once, where recurrent readers have difficulty", heading: "Trained across forty words", number: "first word after 40 others, 300 updates, 3 seeds: attention right in 100 %, RNN and LSTM in 10 to 15 %, where guessing gives 12.5 %; the LSTM learns it with open gates or shorter gaps"}
# ---

# %% [markdown]
r"""
# §global_context · Global context

**Three trained readers, one budget. Who still knows the first word after forty others?**

Lesson §why_attention measured untrained readers, and admitted that training might change everything. Now we train: a plain recurrent network (RNN), an LSTM, which was invented for long texts, and attention. All three have about the same number of weights and see the same number of texts. By the end you can

* measure how much of a gradient reaches a word;
* say what distance does to each reader when it is trained;
* say why a reader fails, and test it.

30 minutes, and 15 for one exercise. You need lessons §why_attention and §attention_that_learned.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** Distance hurts learning before it hurts memory. Across forty words so little gradient reaches the first one that RNN and LSTM learn nothing; attention's way is one hop. Helped across, the LSTM holds the word over 160 others. If you leave with "an LSTM forgets", you have left too early.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** Run the notebook once and note how long the cell with three seeds at a gap of 40 takes on your machine: it trains nine readers. That is the time you have for reasons. So ask first, start the cell, and collect them while it runs.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Say the first word again

Eight words, a gap, then the question: 8. Guessing is right once in eight.
"""

# %% tags=["slide"]
import numpy as np
import torch

from course_lib import predict, quiz
from course_lib.models.distance import READERS, across, gradient_reaching, recall_across
from course_lib.models.items import recall_items
from course_lib.plots import GrowthDisplay

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
The **RNN** is the reader of lesson §why_attention: one state, rewritten at every word. The **LSTM** has gates, small learned switches that decide what of its state is kept and what is overwritten; so it *can* hold something unchanged. We start the gates that keep nearly three quarters open, as is usual. Attention is one layer with one head, as in lesson §attention_that_learned.
"""

# %% [markdown]
r"""
## What can be corrected

Training moves weights along a gradient, lesson §attention_that_learned says. For a reader to learn that the first word matters, the loss at the end must *reach* that word. So we take the gradient not for weights but for the *words*. Here a text of three words with two features each, and one number made of it:
"""

# %%
x = torch.tensor([[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], requires_grad=True)
number = 3 * x[0, 0] + 4 * x[0, 1] + x[2, 1] ** 2
number.backward()
print(x.grad)
print("length at each word:", x.grad.norm(dim=-1))

# %% [markdown]
r"""
This length is lesson §why_attention's influence for an infinitely small nudge, in the direction that matters most. The second word has none.

For our readers the number is the loss at the end. How much of it reaches each word, before any training?
"""

# %% tags=["slide"]
predict(
    "Gap 40. The gradient at the first word, compared with the last word before the question:",
    ["small for RNN and LSTM, about equal for attention", "small for all three: it is far away",
     "about equal for LSTM and attention; gates keep it"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Which of the three can be *corrected* about the first word, and who votes for the LSTM, because it has gates?

*Expect:* trust in the gates. Ask what a gate does that lets a part through, forty times in a row: a part of a part of a part. Then run the cell: 3e-12 for the RNN, 2e-04 for the LSTM, and the same for all words in attention.
"""

# %%
curves = {}
for name in READERS:
    gradient = gradient_reaching(40, reader=name)[:-1]     # without the question mark itself
    curves[name] = gradient[::-1]
    print(f"{name:9} first word : word before the question = {gradient[0] / gradient[-1]:.0e}")

# %% tags=["slide"]
GrowthDisplay.from_curves(
    np.arange(1, 42), curves, axes=("words back from the question", "gradient that arrives"),
    title="What the loss can reach, before training", log="y",
)

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** The vertical axis is logarithmic, and straight lines downhill look harmless until one reads it.

*Say:* choose two marks on the axis and ask for the factor between them. Then follow the RNN from the last word, on the left, to the first, on the right: about eleven powers of ten. "Small" is not the word; the loss cannot reach that word at all.
"""

# %% [markdown]
r"""
**What you saw.** Compared with the last word, less than a hundred-billionth reaches the first in the RNN, less than a thousandth in the LSTM, whose gates multiply, too, with milder factors. In attention it is about the same for all: nothing is multiplied from word to word. Near words get *more* in the other two.
"""

# %% [markdown]
r"""
## Trained across forty words

First a gap of 10, then one of 40, each reader trained afresh at just that gap, with 300 batches of 32 texts.
"""

# %%
trained_at_10 = {name: recall_across(10, reader=name, seed=24) for name in READERS}
for name, reader in trained_at_10.items():
    print(f"gap 10: {name:9} right in {reader.accuracy(10):.1f} of the texts")

# %% tags=["slide"]
predict(
    "Trained with a gap of 40 instead, the same 300 batches. Who is right nearly always?",
    ["all three, only a little less", "attention and LSTM", "attention alone", "none of them"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Three readers, the same 300 batches. Who learns it at 40, and why?

*Expect:* "attention and LSTM", since the LSTM was invented for this. Ask what the last picture said about its first word: less than a thousandth of the gradient. Take the votes, start the cell, which trains nine readers, and collect reasons while it runs.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Trained across forty words
"""

# %% tags=["slide"]
for name in READERS:
    right = [recall_across(40, reader=name, seed=seed).accuracy(40) for seed in (0, 1, 2)]
    print(f"gap 40: {name:9} right in", ", ".join(f"{r:.2f}" for r in right), "of the texts; guessing: 0.125")

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** The LSTM is wrong at 40. What would convince you that it *forgot*, and did not just never learn it?

*Expect:* "that it is wrong". Write that on the board, and come back to it when the LSTM trained at 10 is right at 40 and even at 160. A wrong answer fits both stories; the second experiment tells them apart.
"""

# %% [markdown]
r"""
**What you saw.** At a gap of 10 all three learned. At 40, RNN and LSTM guess, while attention is right with each of the three seeds. So far the textbook: recurrent models forget, attention does not.
"""

# %% [markdown]
r"""
Three starts are not a law. We tried ten (`python3 course.py experiments 08 --seeds 10`): at 40 attention was right with all ten, the LSTM guessed with all ten, and so did the RNN with nine; the tenth learned about half of the texts. At 10, attention and LSTM learned with all ten; the RNN's answers were right in a quarter of the texts, in all, or in between.
"""

# %% [markdown]
r"""
## Is it forgetting?

Let us ask the readers that were trained at a gap of 10, and did learn. They now meet other gaps, which they never saw in training.
"""

# %% tags=["slide"]
predict(
    "The LSTM trained at gap 10 only: how often is it right at a gap of 40?",
    ["guessing, as just now", "about half", "nearly always"],
)

# %% tags=["slide"]
for name, reader in trained_at_10.items():
    found = "   ".join(f"{gap}: {reader.accuracy(gap):.1f}" for gap in (9, 10, 11, 20, 40, 160))
    print(f"{name:9} right at gap  {found}")

# %% [markdown]
r"""
**What you saw.** The LSTM holds the word across 40 others, even 160, once it has learned *at 10* to hold it. Its state does not forget; at 40 it had not *learned*. At 160 it even beats attention, which meets positions there that it was never trained on. (With eight starts of ten, attention was right at 160, too.) And the RNN? At these other gaps it is never right, less often than a guess would be. That is strange.
"""

# %%
found = {gap: trained_at_10["RNN"].accuracy(gap) for gap in range(8, 36)}
print("RNN, trained at gap 10, right more often than not at the gaps", [gap for gap in found if found[gap] > 0.5])
print("never right at the gaps", [gap for gap in found if found[gap] == 0])

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Right at 10, 21 and 32, and hardly ever in between, not even as often as a guess. What is this RNN doing?

*Expect:* "noise", or "a bug". Point at *never*: guessing is right once in eight, so it says something definite, and wrong. Let them subtract, 11 and 11 again. It goes round like a clock, holds the word, and reads it at one hour only.
"""

# %% [markdown]
r"""
Right at 10, at 21 and at 32: every eleven words. This RNN has not forgotten either! Its state goes round like a clock with eleven hours, and still holds the word; it reads it right at one of them. (We chose a start that shows it clearly. Others go round in other circles, and some learn less.)
"""

# %% [markdown]
r"""
## Does it learn if more gradient arrives?

We suspect that too little of the gradient arrives at 40. Two experiments let more of it through. First, open the gates that keep: start their bias at 5 instead of 1, and change nothing else. Second, stepping stones: the same 300 batches, but gaps mixed from 1 to 20.
"""

# %%
def open_lstm():
    lstm = READERS["LSTM"]()
    with torch.no_grad():
        lstm.recurrence.bias_ih_l0[38:76] = 5.0            # the gates that keep; they start at 1
    return lstm


print("gates open:", torch.sigmoid(torch.tensor([1.0, 5.0])).numpy().round(2), "at a bias of 1 and of 5")
gradient = gradient_reaching(40, reader=open_lstm)
print(f"first word : word before the question = {gradient[0] / gradient[-2]:.1f}")

# %%
predict(
    "The gradient arrives now. Gap 40, the same 300 batches, gates that start wide open. Is the LSTM right?",
    ["still guessing: 300 batches are too few", "in a quarter of the texts", "in more than half of the texts"],
)

# %% [markdown] tags=["instructor", "slide"]
r"""
## Learning was the trouble, not holding

Gates that start wide open, or gaps mixed from 1 to 20: either is enough.
"""

# %% tags=["slide"]
for seed in (0, 1):
    right = recall_across(40, reader=open_lstm, seed=seed).accuracy(40)
    print(f"open gates, trained at gap 40, seed {seed}: right in more than half of the texts: {right > 0.5}")

# %%
for seed in (0, 1):
    mixed = recall_across(20, reader="LSTM", mixed=True, seed=seed)
    print(f"stepping stones, seed {seed}: right at gap ", "   ".join(f"{g}: {mixed.accuracy(g):.1f}" for g in (20, 40, 80, 160)))

# %% [markdown]
r"""
**What you saw.** Either one is enough, and the second reaches eight times as far as any gap in its training. "An LSTM cannot remember long texts" is wrong, then. What we measured: across a long way it learned only with help, open gates or shorter gaps. Attention needed no help: its way is one hop.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "So attention is simply better." The room wants a winner.

*Say:* with gates that start wide open, or with gaps mixed from 1 to 20, the LSTM was right at 40 after the same 300 batches; and at 160 the one trained at 10 was right, where attention, which had never met such positions, failed with this start. What attention spares us is the help. What it costs, lesson §quadratic_cost counts.
"""

# %% [markdown]
r"""
## Many things to keep

One word is not much. Now 64 items, each a key with a value, and a question for the value of some of the keys. A state would have to carry all 64 at once in a few dozen numbers. Attention carries nothing: it looks the key up when it is asked, which is what queries and keys are named for. (No recurrent reader is tried here.)
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out the 64 items and the edge, and go to the recap. Say instead: a state has to carry everything in a few dozen numbers; attention carries nothing and looks it up in the text when it is asked, so that one layer finds the value of any of 64 keys nearly always.
"""

# %%
items = recall_items(64)
print(f"64 items, one layer of attention, {items.n_parameters:,} weights: right in {items.accuracy:.2f} of the questions")

# %% [markdown]
r"""
No positions, no state, a few seconds of training. The text itself is the memory. The price: it has to stay there, all of it, and every question compares itself with every key. Lesson §quadratic_cost counts what that costs.
"""

# %% [markdown]
r"""
## Change it: how far from nothing?

Without any help, up to which *fixed* gap does the LSTM learn in 300 batches? It did at 10, and not at 40. Predict before you run; then look for the edge. Do more batches, `steps=1_000`, move it?
"""

# %%
for gap in (10, 20, 30):
    print(f"LSTM trained at gap {gap} alone: right in {recall_across(gap, reader='LSTM', seed=2).accuracy(gap):.1f} of the texts")

# %% [markdown]
r"""
## Exercises

Write `influence` in [the exercises](exercises:global_context): how long the gradient is at each word, for any model. There the number is the model's last output.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Expect the gradient of all outputs added up, and a second call that gives something else than the first.

*Say:* "How many numbers can `backward` start from, and which one is asked for?" For the second: "Whose tensor is it, and what is still stored in it?" `None` comes from looking into a copy; ask which tensor was told to keep its gradient.
"""

# %% [markdown]
r"""
## Recap

1. What a loss can correct is what its gradient reaches. Through a recurrent state it fades from step to step; through attention every word is one hop away.
2. With one fixed gap of 40, RNN and LSTM learned nothing in 300 batches; attention learned it. With open gates or stepping stones the LSTM did, too: learning was the trouble, not holding.
3. Attention keeps no summary; it looks things up in the text itself.
"""

# %%
quiz("08")

# %% [markdown]
r"""
**Next:** attention also computes all words at once. Lesson §gpu_parallelism asks what that is worth on a real machine.
"""
