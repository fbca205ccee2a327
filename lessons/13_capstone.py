# ---
# jupyter:
#   course:
#     number: "13"
#     title: Find the bug
#     question: Four models learn to write, three of them with a broken attention. Does the loss tell which?
#     proves: >-
#       a small transformer, assembled from your own parts, learns to write; broken in three ways it
#       trains as well or better, and the best loss of all belongs to the model that knows least;
#       laws find the bugs in milliseconds, in attentions that you cannot read; and your answers to
#       eight questions, before and after
#     minutes: {teaching: 50, exercises: 40}
#     must: suspicious
#     cut: The whole story
#     exercises: [suspicious]
#     notation:
#       - {name: nats, symbol: "$-\\ln p$", shape: "a number", meaning: "the unit of a loss in natural logarithms: how much a character surprises a model"}
#     claims:
#       - {claim: "A falling loss does not show that the attention inside is right", heading: "Four losses", number: "loss 1.8 with the right attention, 1.8 without the scale, 1.6 with softmax over the queries, 0.1 with a mask off by one"}
#       - {claim: "Attention blocks make a language model", heading: "The whole story", number: "1.4 nats a character on held-out text, a bigram model 2.2, counting four characters back 1.3"}
# ---

# %% [markdown]
r"""
# §capstone · Find the bug

**Four models learn to write, three of them with a broken attention. Does the loss tell which?**

The last lesson puts everything together, a small language model from parts that you know, and then breaks it on purpose. By the end you can

* assemble a **transformer**, blocks of attention and more, and train it on a text;
* say what a loss tells about the attention inside, and what it does not;
* find bugs in an attention that you cannot read, by laws that every right one obeys.

50 minutes, and 40 for one exercise. You need lessons §softmax to §attention_that_learned, and §dilated_attention for one cell.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** A model that learns is no proof that its attention is right: weights adapt to one bug, and thrive on another. Laws are a proof against bugs. Change what must not matter, and see whether it matters. Whoever leaves today should distrust a beautiful loss.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** Run the notebook once on the machine that you show: the four small models take some seconds, the large one half a minute or less. Nobody needs to have written the exercises of lesson §multi_head for the lesson; for the exercise a `multi_head_attention` helps, and `catch_up("13")` gives one.
"""

# %%
from functools import partial

import numpy as np
import torch
from torch import nn

from course_lib import before_and_after, predict, quiz
from course_lib.attention import dilated_attention, reference
from course_lib.checking.zoo import BROKEN, ZOO, Attention, specimen_of
from course_lib.explorers import AttentionExplorer
from course_lib.models import language
from course_lib.models.language import fit, held_out_loss, nats_per_character, sample
from course_lib.models.story import corpus, counted_nats
from course_lib.models.training import reproducible
from course_lib.models.transformer import ByHand, Hiding, attending

# %%
story = corpus()
print(*story.training_text.split("\n")[:3], sep="\n")             # its title and two paragraphs

# %% [markdown]
r"""
## A story, and what counting knows of it

It begins as our sentence does, and goes on for 24 chapters. A **language model** reads it character by character, and at every place says which comes next. Its loss: −ln of the probability it gave to the right one (lesson §attention_that_learned). The last three chapters are held out.

How good is good? Guessing costs ln of the number of characters. And what does it cost to count which character follows which?
"""

# %%
print(len(story.vocabulary), "characters;", f"{len(story.training):,} to learn from, {len(story.held_out):,} held out")
print(f"guessing                          {np.log(len(story.vocabulary)):.1f} nats a character")
print(f"counting letters                  {counted_nats(story, 0):.1f}")
print(f"counting which follows which      {counted_nats(story, 1):.1f}")

# %% [markdown]
r"""
(A loss in natural logarithms is measured in **nats**.) Counting pairs is called a **bigram** model. It knows that *h* follows *t*, and nothing of what came before.

## Put it together

Attention first, in PyTorch: the four lines of lesson §weighted_sum, with a causal mask, so that no character sees the ones to come. Three arguments are there to break it with.
"""

# %%
def attend(queries, keys, values, *, scaled=True, over=-1, ahead=0):
    scores = queries @ keys.transpose(-1, -2)              # (batch, n_heads, seq_len, seq_len)
    if scaled:
        scores = scores / queries.shape[-1] ** 0.5
    may_attend = torch.ones_like(scores, dtype=torch.bool).tril(ahead)
    weights = scores.masked_fill(~may_attend, -torch.inf).softmax(over)
    return weights @ values


def split_heads(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(1, 2)  # (batch, n_heads, seq_len, d_head)


def merge_heads(x):
    return x.transpose(1, 2).flatten(2)                    # (batch, seq_len, d_model)

# %% [markdown]
r"""
A **block** looks around, and then thinks: the feed-forward layer of lesson §multi_head, which works on each place alone. Two habits hold it together. What a step finds is *added* to what was there, so that nothing is lost. And before each step a **LayerNorm** brings the features of each place to mean 0 and spread 1 (then learns a scale and a shift for each), so that no step has to read numbers that grew out of hand.
"""

# %%
class Block(nn.Module):
    def __init__(self, attend, d_model, n_heads):
        super().__init__()
        self.attend, self.n_heads = attend, n_heads
        self.norm = nn.LayerNorm(d_model)
        self.project = nn.Linear(d_model, 3 * d_model, bias=False)       # w_query, w_key, w_value
        self.join = nn.Linear(d_model, d_model, bias=False)              # w_output
        self.think = nn.Sequential(nn.LayerNorm(d_model), nn.Linear(d_model, 4 * d_model),
                                   nn.ReLU(), nn.Linear(4 * d_model, d_model))

    def forward(self, x):                                  # (batch, seq_len, d_model)
        parts = self.project(self.norm(x)).chunk(3, dim=-1)
        heads = self.attend(*(split_heads(part, self.n_heads) for part in parts))
        x = x + self.join(merge_heads(heads))
        return x + self.think(x)

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "Where is the transformer? I see only `nn.Linear`." The class has two habits around the attention, and both look like decoration.

*Say:* cover the two additions. Then everything that a block does not pass on is gone, after two blocks for good. With them, a block that has learned nothing passes on what it got. And LayerNorm is lesson §scores once more: numbers that are too large make a model deaf.
"""

# %% [markdown]
r"""
The whole model: each character gets a vector, each place another one (`Embedding` is a table of vectors that are learned), a few blocks follow, and in the end there is a score for each character that may come next.
"""

# %%
class LanguageModel(nn.Module):
    def __init__(self, attend, *, context, d_model=64, n_heads=2, n_blocks=2):
        super().__init__()
        n_characters = len(story.vocabulary)
        self.characters = nn.Embedding(n_characters, d_model)
        self.places = nn.Embedding(context, d_model)
        self.blocks = nn.Sequential(*(Block(attend, d_model, n_heads) for _ in range(n_blocks)))
        self.answer = nn.Sequential(nn.LayerNorm(d_model), nn.Linear(d_model, n_characters))

    def forward(self, ids):                                # (batch, seq_len)
        x = self.characters(ids) + self.places.weight[: ids.shape[1]]
        return self.answer(self.blocks(x))                 # (batch, seq_len, n_characters)

# %% [markdown]
r"""
## Four losses

We train four small models, of one block, 32 features and 32 characters (and a fifth, in which nobody looks at anybody). The first has the right attention. The second forgets to divide by √d_head. The third takes softmax along the wrong axis, so that the *queries of a key* share one whole. In the fourth the mask is off by one: each character sees the next one, which it is to guess.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Four losses

One right attention, three broken ones: no scale, softmax along the wrong axis, a mask that is off by one.
"""

# %% tags=["slide"]
predict(
    "All four are trained alike. What will their losses show?",
    ["the three broken ones are worse than the right one", "none is worse than the right one",
     "some are worse, none is better"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Three of these are broken. Whose loss is going to be the worst?

*Expect:* most name the missing scale, because lesson §scores made so much of it, or all three. Somebody says "off by one sees the answer". Do not confirm it: ask what that does to the loss, and whether a *low* loss would make anyone suspicious. Then run it and let the silence work.
"""

# %% tags=["slide"]
ways = {"no attention": lambda queries, keys, values: 0 * values, "right": attend,
        "not scaled": partial(attend, scaled=False),       # attend, with this argument set
        "softmax over the queries": partial(attend, over=-2), "mask off by one": partial(attend, ahead=1)}
short, models = corpus(context=32), {}
for name, way in ways.items():
    with reproducible(5):
        models[name] = LanguageModel(way, context=32, d_model=32, n_blocks=1)
    losses = fit(models[name], short, seed=5, steps=400)
    print(f"{name:25} loss {losses[0]:.1f} at first, {np.mean(losses[-50:]):.1f} at the end")
assert np.mean(losses[-50:]) < 0.5                         # that of the last, whose mask is off by one

# %% [markdown]
r"""
**What you saw.** Attention brings the loss from that of counting pairs to 1.8. Without the scale it is as low; softmax along the wrong axis makes it *lower*, and the mask off by one has the lowest by far. By the loss alone we would choose the most broken one.
"""

# %% [markdown]
r"""
Perhaps these models have learned the training chapters by heart. So we ask about chapters that no model has read. Surely it shows *there*?
"""

# %% tags=["slide"]
predict(
    "Asked about the held-out chapters, the loss of the model whose mask is off by one …",
    ["is as low as before", "is about that of the others", "is far worse than theirs"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** The model with the best loss has never seen the last three chapters. What do you expect there?

*Expect:* "now it is found out", since held-out text has been the answer to everything so far. It is not: 0.2. Ask what held-out text protects against, learning by heart, and what it cannot protect against, an input that contains the answer. This is the surprise of the lesson; give it a minute.
"""

# %% tags=["slide"]
for name, model in models.items():
    print(f"{name:25} held-out loss {held_out_loss(model, short):.1f}")

# %% [markdown]
r"""
**What you saw.** The order is the same. Nothing was learned by heart: a model that may look at the next character sees it in new chapters, too. Held-out text does not help against a model that sees the answer. (Its 0.2 is nearly all from the last place of each window, which has no next one to see.)
"""

# %% [markdown]
r"""
## Let them write

But a model that *writes* has no next character to look at. So we ask once more, as if it were writing: at each place it is shown what stands before, and nothing behind. And then we let them write: draw a character from the softmax of their scores (at a low temperature, lesson §softmax: the likely becomes likelier), append it, and again.
"""

# %% tags=["slide"]
for name, model in models.items():
    print(f"{name:25} {nats_per_character(model, short):.1f} nats a character")

# %% tags=["nbval-ignore-output"]
for name, model in models.items():
    print(f"{name:25}", sample(model, short, "The cat", 50).replace("\n", " "))

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "5.7 is only a number. Worse than what?"

*Say:* than 4.0, the price of closing your eyes and guessing among 57 characters. A model gets there by being certain and wrong. Point at what it wrote: it copies whatever it is given, and while it writes nobody gives it the next character.
"""

# %% [markdown]
r"""
**What you saw.** Now two are found out. The best loss belongs to a model that is worse than guessing: it has learned to copy the next character, and there is none. The wrong softmax has peeked as well: a key's share depends on who else asks for it, and some of them come later.
"""

# %% [markdown]
r"""
The model without the scale writes as well as the right one. It is not the attention of the equation all the same: with its weights in a right one, other outputs come out. With d_head 16 its scores are four times as large, and learning copes. What happens with larger d_head, lesson §scores has shown.
"""

# %% [markdown]
r"""
## A law

Must one train a model and let it write to find such a bug? No. A causal mask makes a promise: *what comes later does not matter*. So change what comes later, and see whether anything changes before it. Fresh models will do, with random weights.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## A law

What comes later does not matter. So change it, and look at what came before.
"""

# %%
predict(
    "The text changes from place 20 on. With the mask off by one, at how many of the 20 places before do the scores change?",
    ["at none", "at one", "at all 20"],
)

# %% tags=["slide"]
text = torch.from_numpy(short.held_out[None, :32])
other = text.clone()
other[:, 20:] = text[:, :12]                               # another future, from place 20 on
for name, way in ways.items():
    with reproducible(5), torch.no_grad():
        model = LanguageModel(way, context=32, d_model=32, n_blocks=1)
        moved = (model(text) - model(other)).abs().amax(-1)[0, :20]       # at the places before
    print(f"{name:25} changed places before 20: {int((moved > 1e-6).sum()):2} of 20")

# %% [markdown]
r"""
**What you saw.** At one: place 19, which sees place 20. (With a second block it would be two.) That is a **law**: something that is true of every right causal attention, whatever it has learned. A few lines test it, in milliseconds.

Who breaks a law is wrong; who obeys need not be right. No attention at all obeys this one.

About the scale this law says nothing. Each law has its own bugs to find.
"""

# %% [markdown]
r"""
## Six strangers

Six functions, each called as lesson §multi_head's `multi_head_attention`. One of them is right. You cannot read them, only call them. Four laws that every right attention without mask and positions obeys:

* shuffle the words, and the outputs are shuffled alike;
* change one sentence of a batch, and the others do not notice;
* a sentence of one word looks at itself: its output is its value, projected;
* where the answer can be worked out by hand, it comes out.
"""

# %%
rng = np.random.default_rng(13)
x, four = rng.normal(size=(2, 5, 12)), rng.normal(size=(4, 12, 12)) / np.sqrt(12)      # 3 heads of 4

def shuffled(attention):
    order = [3, 0, 4, 1, 2]
    return np.allclose(attention(x[:, order], *four, 3), attention(x, *four, 3)[:, order])


def other_sentence(attention):
    changed = np.stack([x[0], -x[1]])
    return np.allclose(attention(changed, *four, 3)[0], attention(x, *four, 3)[0])


def one_word(attention):
    return np.allclose(attention(x[:, :1], *four, 3), x[:, :1] @ four[2] @ four[3])

# %% [markdown]
r"""
By hand: let all four matrices change nothing, and of two words let only the first have a feature that is not 0, its square being 2 ln 3. Its score with itself is then 2 ln 3, with the other 0; divided by √4, ln 3 and 0. Softmax makes shares of 3/4 and 1/4 of them. So 3/4 of that feature comes out.
"""

# %%
def by_hand(attention):
    pair = np.zeros((1, 2, 8))                             # one sentence, two words, 2 heads of 4
    pair[0, 0, 0] = np.sqrt(2 * np.log(3))
    return np.allclose(attention(pair, *[np.eye(8)] * 4, 2)[0, 0, 0], 3 / 4 * pair[0, 0, 0])

# %% [markdown] tags=["instructor", "slide"]
r"""
## Six strangers

You may call them, not read them. One of them is right.
"""

# %%
predict(
    "One of the six is right. How many of them will obey all four laws?",
    ["one", "two", "none: rounding alone breaks a law"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Which law would you write first? Let three learners name one each before you show ours, and write them on the board.

*Expect:* "rows sum to one" comes quickly, and cannot be tested: nobody hands you the weights. That is the point to make. A law speaks about what goes in and what comes out. Ask for the one about a sentence of one word; its answer needs no softmax.
"""

# %% tags=["slide"]
laws = [shuffled, other_sentence, one_word, by_hand]
strangers = [Attention(ZOO[i], seed=0) for i in (39, 0, 9, 24, 4, 20)]
print(f"{'':12}", *(f"{law.__name__:>15}" for law in laws))
for name, stranger in zip("ABCDEF", strangers):
    print(f"stranger {name}  ", *(f"{'obeys' if law(stranger) else 'BROKEN':>15}" for law in laws))

# %% [markdown]
r"""
**What you saw.** Two, so one more law is needed.
"""

# %% [markdown]
r"""
Weights are shares of one whole: give all words the *same value*, and whatever the shares are, that value must come out.
"""

# %%
def same_value(attention):
    alike, weights = x.copy(), four.copy()
    alike[..., 0], weights[2, 1:] = 1, 0                   # only feature 0 is passed on, and it is 1 in every word
    return np.allclose(attention(alike, *weights, 3), weights[2, 0] @ weights[3])


for name, stranger in zip("ABCDEF", strangers):
    obeys = "obeys" if same_value(stranger) else "BROKEN"
    print(f"stranger {name}: {obeys:8} {specimen_of(stranger).name}")

# %% [markdown]
r"""
*A* is written in an odd way: it subtracts the same vector, their mean, from all keys. That shifts all scores of a query alike, and softmax does not notice (lesson §softmax). To be odd is not to be wrong.
"""

# %% [markdown]
r"""
*C* is the wrong softmax again. Four laws let it pass (our example by hand is the same along rows and columns), the fifth does not. And *B*, without a scale, breaks only the law with numbers in it: the others do not ask *how large* a score should be.
"""

# %% [markdown]
r"""
## A second witness

You have an attention of your own from lesson §multi_head. Why not simply compare? Give both the same numbers; if no output differs by more than a thousandth, all is well. We try it on the zoo that the exercise uses: 32 broken attentions, each broken in one way that people do get wrong.
"""

# %% tags=["slide"]
predict(
    "Compared with a right one, on one random sentence and with one head: how many of the 32 broken ones agree?",
    ["none or one", "about five", "about fifteen"],
)

# %%
def agree(batch, n_heads, size=1.0, relative=False):
    rng = np.random.default_rng(13)
    x, four = rng.normal(size=(batch, 5, 12)), size * rng.normal(size=(4, 12, 12))
    expected = reference.multi_head_attention(x, *four, n_heads)
    near = 0.001 * (np.abs(expected).max() if relative else 1)
    suspects = [Attention(broken, seed=0) for broken in BROKEN]
    return sum(np.allclose(suspect(x.copy(), *four, n_heads), expected, atol=near) for suspect in suspects)


print("one sentence,  one head:    ", agree(1, 1), "of", len(BROKEN))
print("one sentence,  three heads: ", agree(1, 3))
print("two sentences, three heads: ", agree(2, 3))

# %% [markdown]
r"""
**What you saw.** With one head there is nothing to mix up between heads, and √d_model *is* √d_head; with one sentence nothing can leak into another. A bug cannot show where there is nothing to be wrong about. Two sentences and three heads leave four: two are wrong only at a second call, one for large scores, and one changes the array that it is given (so each gets a copy).
"""

# %%
predict(
    "Two sentences, three heads, and weights fifty times smaller, 0.02, as many models begin with. How many agree?",
    ["fewer", "about as many as before", "ten more, or so"],
)

# %%
print("weights of 0.02:                    ", agree(2, 3, size=0.02))
print("differences held against the outputs:", agree(2, 3, size=0.02, relative=True))

# %% [markdown]
r"""
**What you saw.** Fifteen. The outputs are tiny now, and a thousandth is a good part of them: much agrees that should not. Hold differences against the size of what you compare, and five are left: the four of before, and one that computes with too few digits. A test needs inputs that make a difference *and* a tolerance that notices it.
"""

# %% [markdown]
r"""
Now or at the end: the [exercise](exercises:capstone), your own test against the whole zoo.
"""

# %% [markdown]
r"""
## The whole story

We know how to tell a right attention. What can one learn to do? A larger model: two blocks instead of one, 64 features, 64 characters, half as many steps again. It takes half a minute or less. Remember: counting pairs left a loss of 2.2.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out everything from here to the exercise. Say instead: the right model, larger and trained for half a minute, writes something that looks like the story; a table of five characters does as well, but the model knows whether somebody is speaking. Do keep the eight questions: learners see there what has changed since lesson §start_here.
"""

# %%
predict(
    "It sees 64 characters. On the held-out chapters, compared with counting what follows each four characters?",
    ["better: it sees sixteen times as much", "a little worse", "much worse, hardly better than pairs"],
)

# %% tags=["slide"]
with reproducible(5):
    model = LanguageModel(attend, context=64)
print(f"{sum(numbers.numel() for numbers in model.parameters()):,} numbers to learn")
losses = fit(model, story, seed=5)
learned, counted = nats_per_character(model, story), counted_nats(story, 1)
print(f"held out: {learned:.1f} nats a character; by counting pairs {counted:.1f},", end=" ")
print(f"by counting what follows four characters {counted_nats(story, 4):.1f}")
assert learned < counted - 0.3

# %% tags=["nbval-ignore-output"]
print(sample(model, story, "The cat, which was black, ", 400, temperature=0.5))

# %% [markdown]
r"""
**What you saw.** Far below the pairs, and still a little worse than a table that counts what follows four characters. In so short a story, counting is hard to beat.
"""

# %% [markdown]
r"""
But a table forgets what is five characters back. Speech opens with a mark, and closes with one many words later. After a full stop or a comma: does the model know whether somebody is speaking? And does it look for the opening mark? `Hiding` sees to it that no place may look at a mark, or, to compare, at a comma.
"""

# %%
def without(character):
    return Hiding(model, token_id=story.vocabulary.index(character))


for name, asked in [("as it is", model), ("marks hidden", without('"')), ("commas hidden", without(","))]:
    in_speech, outside = language.closing_chance(asked, story)
    print(f"{name:14} chance of a mark after . , ? or !:   in speech {in_speech:.1f}   outside {outside:.1f}")

# %% [markdown]
r"""
**What you saw.** In speech the model expects the closing mark, outside it does not. Hide the marks, and the difference is nearly gone; hide the commas, and it stays. So the model looks back at the marks. Nobody told it what speech is.
"""

# %% [markdown]
r"""
Where do the heads of the first block look? A space is shown as ␣.
"""

# %% tags=["nbval-ignore-output"]
beginning = "The cat, which"
look = ByHand()                                            # our attend, which keeps its weights as well
with attending(model.blocks[0], look), torch.no_grad():
    model(torch.from_numpy(story.encode(beginning))[None])
AttentionExplorer.from_weights(look.weights[0].numpy(), beginning.replace(" ", "␣"), query=12)

# %% [markdown]
r"""
One head seems to look at the character before. A weight is not an influence (lesson §attention_that_learned), so we test both heads: each in turn may not look exactly so many places back. What does it cost?
"""

# %%
whole = held_out_loss(model, story)
for head in (0, 1):
    costs = []
    for distance in (1, 2, 3):
        with attending(model.blocks[0], ByHand(blind=(head, distance))):
            costs.append(f"{distance} back {max(0, held_out_loss(model, story) - whole):.1f}")
    print(f"head {head} may not look", ", ".join(costs))

# %% [markdown]
r"""
**What you saw.** They have divided the work. A character knows itself, which is enough for pairs; one head fetches the character before, and the other, a little, the one before that. Without its first fetcher the model is worse than counting pairs: it was trained with it, and not without. (This is one model. Of eight starts, five came out like this; in three, both heads fetched the character before. `python3 course.py experiments 13` trains some.)
"""

# %% [markdown]
r"""
## One line changed

`attend` is an argument, so any attention fits in. Dilated attention (lesson §dilated_attention), with segments of 8 and of 32 characters, in the small model. (This cell takes several times as long as with dense attention.)
"""

# %%
predict(
    "Small model, dilated instead of dense: its loss on the held-out chapters, which was 1.8?",
    ["about 1.8 again", "half a nat worse", "it does not learn"],
)

# %%
dilated = partial(dilated_attention, segment_lengths=(8, 32), dilations=(1, 2), is_causal=True)
with reproducible(5):
    sparse = LanguageModel(dilated, context=32, d_model=32, n_blocks=1)
fit(sparse, short, seed=5, steps=400)
print(f"dense {nats_per_character(models['right'], short):.1f}, dilated {nats_per_character(sparse, short):.1f} nats a character")

# %% [markdown]
r"""
**What you saw.** About the same. That proves little: among 32 characters hardly anything is far away, and dilated attention pays for long texts only (lesson §dilated_attention). What counts here: nothing around it had to change. Attention is a *part*.

**Your turn:** `segment_lengths=(2,)`, `dilations=(1,)`: half of the characters see only themselves, the others the one before as well. Predict the loss.

<details><summary>You should see …</summary>a loss a little below that of counting pairs.</details>
"""

# %% [markdown]
r"""
## Exercise

Write `suspicious` in [the exercise](exercises:capstone): your own test, which says True when an attention is wrong. The check lets it loose on the whole zoo, and tells you which of the broken survived, which law would have betrayed them, and which right ones you accused.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `suspicious` expect a comparison with `==`, which accuses right ones for their last digit, one head or one sentence, which lets a dozen bugs live, and an `assert`, which raises where an answer is wanted.

*Say:* "Which two right ways of adding three numbers gave different sums in lesson §start_here?" Then: "What would have to be there, for that bug to have anything to be wrong about?" Let them read the hint of one survivor aloud.
"""

# %% [markdown]
r"""
## The eight questions again

The questions of lesson §start_here, this time with explanations. Choose first, then run the cell below them.
"""

# %%
quiz("after")

# %%
before_and_after()

# %% [markdown]
r"""
## Recap

1. A transformer is attention, a layer that thinks at each place, and additions; with the loss of the next character it learns to write a little like the story.
2. A falling loss proves nothing about the attention inside. A model that sees the answer has the best loss, on new text, too.
3. Laws find bugs: change what must not matter, work one case out by hand, compare with a witness on numbers that make a difference.
"""

# %%
quiz("13")

# %% [markdown]
r"""
**This was the last lesson.** You have built self-attention from one dot product, and tested its claims on your own machine. [What was claimed, and where it is measured](README.md) lists them all. From here: read `course_lib/attention/multi_head.py`, then any transformer you like. You know what to ask it.
"""
