# ---
# jupyter:
#   course:
#     number: "11"
#     title: Dilated attention
#     question: Every word looks at a few others only. Can the first word of a book still reach the last?
#     proves: >-
#       branches that skip words, mixed by softmax denominators: one softmax over fewer keys, exactly;
#       work that grows with the length and no longer with its square, measured, and from where on it
#       pays; which pairs are never compared; four layers that join all of 1024 words where a sliding
#       window needs 69, and the two neighbours that a causal mask keeps apart for ever
#     minutes: {teaching: 50, exercises: 45}
#     must: dilated_branch
#     cut: "Change it: fewer branches"
#     exercises: [dilated_positions, dilated_branch, mix_branches, attended_pairs]
#     notation:
#       - {name: segment_length, symbol: "$w$", shape: "a number", meaning: "how many positions make a segment of a branch"}
#       - {name: dilation, symbol: "$r$", shape: "a number", meaning: "of so many positions in a segment, one is kept"}
#       - {name: denominators, symbol: "$s_i$", shape: "(seq_len,)", meaning: "the sum of exp(score) over the keys that branch i compares a query with"}
#       - {name: lse, symbol: "$\\log \\sum e^{s}$", shape: "(…, n_queries)", meaning: "log-sum-exp: the logarithm of a softmax denominator"}
#     claims:
#       - {claim: "Dilated attention answers the quadratic cost", heading: "Does the clock agree?", number: "in one run, twice the words cost dilated attention about twice the time, dense attention nearly four times"}
#       - {claim: "What it leaves out can still be reached", heading: "Layers to the last word", number: "1024 words: 4 layers with dilated branches and 4 heads, 69 with a window of 15 to either side, 1 with dense attention"}
# ---

# %% [markdown]
r"""
# §dilated_attention · Dilated attention

**Every word looks at a few others only. Can the first word of a book still reach the last?**

Lesson §quadratic_cost left us with a wall of time: tiles save memory, but every pair is still compared. To save work, pairs have to be left out. The question is which. By the end you can

* cut a sequence into segments and keep every second, third or fourth position of them;
* mix several such branches without losing the right proportions;
* say what is gained, from your own measurement, and what is lost.

50 minutes, and 45 for four exercises. You need lessons §weighted_sum, §multi_head and §quadratic_cost.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** Leave pairs out with a system, and the work grows as the text does: each further branch reaches twice as far for half the price. Mixed by their softmax denominators, the branches are one softmax. The price: most pairs are never compared, and which are kept decides whether the others meet later.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** Draw the eleven words in a row on the board, numbered from 0: segments of 4 below them, and below those one segment of 12 of which every third word is kept, for the offsets 0, 1 and 2. The timing cell takes up to twenty seconds. A red AssertionError below it means that the machine saw something else: run again, and discuss. On a hub, let them read your table; the recording, to 131,072 words, is there for all.
"""

# %%
import numpy as np
import torch

from course_lib import predict, quiz
from course_lib.attention import dilated_attention, reference
from course_lib.attention.masks import dilated_mask, window_mask
from course_lib.attention.reference import attended_pairs, attention_with_lse, dilated_positions
from course_lib.explorers import DilatedExplorer
from course_lib.measuring import recordings, sweep
from course_lib.models import sentence
from course_lib.plots import CostDisplay, GrowthDisplay, PairsDisplay

sat = 7
print(*enumerate(sentence.TOKENS))

# %% [markdown]
r"""
## The obvious idea

Let every word look only at its neighbours, at most 15 places away: a **sliding window**. The work is then 31 comparisons for each word, however long the text. But how does anything get from the beginning to the end? Layer by layer: what I see now has itself seen others, one layer before. We let the news spread until everyone has heard of everyone.
"""

# %%
def spread(sees):                                          # (seq_len, seq_len) bool: row sees column
    heard_of, layers = np.eye(len(sees), dtype=bool), 0
    while True:
        now = sees.astype(np.float32) @ heard_of > 0       # whoever I see brings along whom it has heard of
        if np.array_equal(now, heard_of):
            return layers, heard_of                        # nothing new any more
        heard_of, layers = now, layers + 1


layers, heard_of = spread(np.ones((64, 64), dtype=bool))
print(f"everyone sees everyone: {layers} layer, and all have heard of all: {heard_of.all()}")

# %% tags=["slide"]
predict(
    "1024 words, a window of 15 to either side. After how many layers has everyone heard of everyone?",
    ["2: neighbours of neighbours", "about 10, as 2 to the power of 10 is 1024", "about 70"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Each word sees 15 neighbours to either side. How many layers until the first of 1024 words has reached the last?

*Expect:* "about 10", from those who think of doubling. Let a note go along a row of seats, one handover a layer, and ask what it would take to double. News walks, 15 places a layer, and 1023 places make 69 layers.
"""

# %%
lengths = (64, 256, 1024)
by_window = [spread(window_mask(n, 16, is_causal=False))[0] for n in lengths]    # 15 to either side
for n, layers in zip(lengths, by_window):
    print(f"{n:5} words: {layers:3} layers")

# %% [markdown]
r"""
**What you saw.** 69: each layer carries news 15 places further, and 1023 places are a long way. It is the chain of lesson §why_attention once more, with longer links. A book would need thousands of layers.
"""

# %% [markdown]
r"""
A window knows the neighbourhood very well and the world not at all. Could a word have both?
"""

# %% [markdown]
r"""
## Segments, near and far

LongNet (Ding et al., 2023) does two things at once. It cuts the text into short **segments**, here of 4 words, whose words all look at each other. And it cuts it into longer segments, here of 12, keeps only every third word in them, and lets those look at each other. Each such rule is a **branch**, written (segment length, **dilation**): of so many words, one is kept. Ours are (4, 1) and (12, 3).
"""

# %%
for segment_length, dilation in [(4, 1), (12, 3)]:
    kept = dilated_positions(11, segment_length, dilation, 0)
    print((segment_length, dilation), [[sentence.TOKENS[i] for i in segment] for segment in kept])

# %% [markdown]
r"""
Beginning at position 0 the long branch keeps *the*, *which*, the second comma and the second *the*. *sat*, at position 7, is not among them: it would see nothing beyond *was black ,*. So LongNet gives each head an **offset** of its own: head 1 begins at position 1, head 2 at position 2, head 3 at 0 again.
"""

# %%
predict(
    "Head 1 keeps every third word, beginning with position 1. Whom can sat (position 7) see in this branch?",
    ["nobody: sat is not kept", "cat, was, itself and mat", "which, black and on"],
)

# %% [markdown] tags=["instructor", "slide"]
r"""
## Segments, near and far

Near: all words of a segment of 4. Far: every third word of a segment of 12, and each head begins elsewhere.
"""

# %% tags=["slide"]
for head in range(3):
    (kept,) = dilated_positions(11, 12, 3, head)
    print(f"head {head}:", *(sentence.TOKENS[i] for i in kept))

# %%
masks = {
    f"head {head}": {"branch (4, 1)": dilated_mask(11, 4, 1, 0), "branch (12, 3)": dilated_mask(11, 12, 3, head)}
    for head in range(3)
}
PairsDisplay.from_masks(masks, tokens=sentence.TOKENS, title="Who is compared with whom")

# %% [markdown]
r"""
**What you saw.** Through head 1, *sat* sees *cat* and *mat*, the two words it looks for. (A happy chance: 1, 7 and 10 leave the same remainder when divided by 3. Put one word between *cat* and *sat*, and no head joins them in this branch.) Each word is kept by one of three heads; with fewer heads than the dilation, some words are kept by none. Cells marked 1+2 are seen by both branches.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Head 1 joins *sat* with *cat* and *mat*, and the room takes that for a rule: some head will always do it.

*Say:* positions 1, 7 and 10 leave the same remainder when divided by 3; that is all. Put one word between *cat* and *sat* in your drawing, and ask which head joins them now. None, in this branch.
"""

# %% [markdown]
r"""
Choose for yourself: point at a row, switch heads and branches on and off, change a segment or a dilation. What must you switch off so that some words are left without anyone to look at?
"""

# %%
DilatedExplorer.from_branches(sentence.TOKENS, [(4, 1), (12, 3)], n_heads=3, query=sat)

# %% [markdown]
r"""
## What a branch costs

A branch $(w, r)$ keeps $w/r$ of the $w$ positions in a segment, and these make $(w/r)^2$ pairs. A text of $n$ words has $n/w$ segments: together $n\,w/r^2$ pairs. LongNet lets $w$ and $r$ grow together: (16, 1), (32, 2), (64, 4), … up to a segment that spans the whole text.
"""

# %%
predict(
    "4096 words. The last branch, (4096, 256), reaches across all of them. Its pairs, against those of (16, 1)?",
    ["256 times as many", "as many", "a 256th"],
)

# %% [markdown] tags=["instructor", "slide"]
r"""
## Twice as far, for half the price

4096 words, nine branches, one head:
"""

# %% tags=["slide"]
branches = [(16 * 2**i, 2**i) for i in range(9)]
for branch in (branches[0], branches[1], branches[4], branches[8]):
    print(f"{branch!s:12} {attended_pairs(4096, [branch]):7,} pairs")
total = attended_pairs(4096, branches)
print(f"all nine     {total:7,} pairs, {total / 4096:.0f} for each word; attention to all {4096**2:,}")
assert attended_pairs(4096, branches[8:]) * 256 == attended_pairs(4096, branches[:1])

# %% [markdown]
r"""
**What you saw.** It has a 256th of the pairs. Each further branch reaches twice as far for *half* the price: 16 + 8 + 4 + … comparisons for each word, never more than 32, however long the text. So the work grows as the text does, not as its square: linear.
"""

# %% [markdown]
r"""
## Two branches, one result

Now *sat* has two results, one from each branch. How to make one of them? Average them? Look at what they brought. (Queries, keys and values are those of lesson §weighted_sum; a value says *who*, *where* and *how it looks*.)
"""

# %%
embeddings = sentence.embeddings()
queries, keys, values = (embeddings @ w for w in (sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE))

near, far = np.array([4, 5, 6, 7]), np.array([1, 4, 7, 10])   # what head 1 shows to sat
parts = {}
for name, kept in [("near", near), ("far", far)]:
    scores = reference.scaled_scores(queries[[sat]], keys[kept])[0]
    parts[name] = reference.softmax(scores) @ values[kept], np.exp(scores).sum()
    print(f"{name:4} scores {scores}   output {parts[name][0].round(2)}   sum of exp {parts[name][1]:.1f}")

# %% [markdown]
r"""
Nearby, *sat* found nobody it looks for; softmax still shares out a whole, mostly to itself. Far away it found *cat* with a score of 4 and *mat* with 3. The outputs alone do not tell which branch was lucky: each is a mixture with weights that sum to 1. The **denominators** tell, the sums that softmax divided by: 6.5 against 80.2.
"""

# %%
predict(
    "Mix both outputs in the ratio of their denominators. What does that equal?",
    ["the mean of both outputs", "one softmax over the keys of both branches together",
     "attention to all eleven words"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Near, *sat* found nobody; far, it found *cat* and *mat*. Both outputs are mixtures whose weights sum to 1. How do we make one of them?

*Expect:* "the mean". Ask what the near branch has done to deserve its half. The sums that softmax divided by, 6.5 against 80.2, know it, and the outputs do not.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Two branches, one result

Mix the outputs in the ratio of their denominators:
"""

# %% tags=["slide"]
(near_output, near_sum), (far_output, far_sum) = parts["near"], parts["far"]
share = far_sum / (near_sum + far_sum)
mixed = (1 - share) * near_output + share * far_output
both = np.concatenate([near, far])
at_once = reference.attention(queries[[sat]], keys[both], values[both])[0]
dense = reference.attention(queries[[sat]], keys, values)[0]
print(f"share of the far branch {share:.3f}")
for name, output in [("mixed", mixed), ("one softmax", at_once), ("mean", (near_output + far_output) / 2), ("all words", dense)]:
    print(f"{name:12} who {output[0]:.2f}  where {output[1]:.2f}  how it looks {output[2]:.2f}")

# %% [markdown]
r"""
**What you saw.** The mixture *is* one softmax over the keys of both branches: for a branch with denominator $s$ and output $o$, $s\,o = \sum e^{score} v$. Adding these up and dividing by the sum of all $s$ is what softmax does. The mean lets the useless branch have half a say: "how it looks", from *black*, rises from 0.03 to 0.23.

One detail: *was* and *sat* stand in both branches, and count twice. LongNet accepts that; so do we.
"""

# %% [markdown]
r"""
## All of it, in eleven lines

A branch that compares nothing has the denominator 0. And sums of powers may overflow, so we carry their logarithm, the **lse** (log-sum-exp): `attention_with_lse` returns it beside the outputs. With more heads than the dilation, offsets start again at 0, hence the remainder `head % dilation`. This is all of dilated attention:
"""

# %%
def dilated(queries, keys, values, branches, head):
    mixed = np.zeros_like(values)
    total = np.full(len(queries), -np.inf)                 # log of 0: nothing seen yet
    for segment_length, dilation in branches:
        for kept in dilated_positions(len(queries), segment_length, dilation, head % dilation):
            outputs, lse = attention_with_lse(queries[kept], keys[kept], values[kept])
            both = np.logaddexp(total[kept], lse)          # log(exp(total) + exp(lse))
            before, now = np.exp(total[kept] - both), np.exp(lse - both)
            mixed[kept] = before[:, None] * mixed[kept] + now[:, None] * outputs
            total[kept] = both
    return mixed


print("sat through head 1:", dilated(queries, keys, values, [(4, 1), (12, 3)], head=1)[sat].round(2))

# %% [markdown]
r"""
The same numbers as above. `course_lib.attention.dilated_attention` does this in PyTorch, for all heads and with gradients. It copies nothing: segments, dilations and offsets are only other ways to step through the same memory. Its gradients need only each key's weight in the whole softmax. (`course_lib/attention/dilated.py` is short; read it.) Is it the same function?
"""

# %%
rng = np.random.default_rng(11)
q, k, v = rng.normal(size=(3, 4, 100, 8))                  # four heads, 100 positions, d_head 8
ours = np.stack([dilated(q[h], k[h], v[h], [(16, 1), (32, 2), (64, 4)], head=h) for h in range(4)])
tensors = (torch.from_numpy(x)[None] for x in (q, k, v))
theirs = dilated_attention(*tensors, segment_lengths=[16, 32, 64], dilations=[1, 2, 4])[0].numpy()
print("differ by less than 1e-12:", np.abs(ours - theirs).max() < 1e-12)

# %% [markdown]
r"""
## Does the clock agree?

Fewer pairs are not yet less time. We measure, each word looking back only, 8 heads of 32: attention to all words, called **dense**, by PyTorch; and dilated attention with five branches of dilations 1 to 16, once with segments from 256 to 4096 words, once from 2048 to 32,768.
"""

# %%
def heads(n):
    return torch.randn(3, 1, 8, n, 32)


def dense_for(n):
    q, k, v = heads(n)
    return lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)


def dilated_from(first):
    def prepare(n):
        q, k, v = heads(n)
        how = {"segment_lengths": [first * r for r in (1, 2, 4, 8, 16)], "dilations": [1, 2, 4, 8, 16]}
        return lambda: dilated_attention(q, k, v, **how, is_causal=True)

    return prepare

# %%
predict(
    "2048 words. The branches that begin with segments of 2048, against dense attention:",
    ["quicker: dilated attention compares fewer pairs", "about as quick", "slower"],
)

# %% tags=["nbval-ignore-output"]
ways = {"dense": dense_for, "dilated 256": dilated_from(256), "dilated 2048": dilated_from(2048)}
times = sweep(ways, [1024, 2048, 4096, 8192], n_rounds=3, budget_s=20)
print(times)

# %% tags=["nbval-ignore-output"]
for name in ("dilated 256", "dilated 2048"):
    both = sorted({*times.lengths_of(name)} & {*times.lengths_of("dense")})
    ratios = "  ".join(f"{n}: {times.ratio(name, 'dense', n):.2f}" for n in both)
    print(f"{name:12} of dense attention's time, at  {ratios}")
for name in ("dense", "dilated 256"):
    before, after = times.minimum_ms(name)[-2:]
    print(f"{name:12} takes {after / before:.1f} times as long at the last doubling")

# %% tags=["nbval-ignore-output", "slide"]
CostDisplay.from_sweep(times, title="Dense and dilated attention, causal, one thread")

# %% [markdown]
r"""
**What you saw.** At the last doubling dense attention takes nearly four times as long, dilated attention from 256 about twice. (Dense attention's exponent is below 2, because short texts are slowed by fixed costs: lesson §quadratic_cost.) But linear does not mean quick: for first segments of 2048 a text of 2048 words *is* one segment, the other four branches come on top, and it loses. Where the curves meet depends on your machine.
"""

# %% [markdown]
r"""
A recording, to 131,072 words ("from 256" is "dilated 256"):
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "Linear is quicker than quadratic." Then dilated attention with first segments of 2048 loses at 2048 words, and the room takes the measurement for broken.

*Say:* that text *is* one segment. All its pairs are compared, and four branches come on top. Linear says how a cost grows, not where it begins. Look for the crossing in the picture, and in the recording, which is from another machine.
"""

# %% tags=["nbval-ignore-output"]
for recorded in recordings("dilated and dense"):
    print(f"recorded on {recorded.provenance}\n{recorded}\n")

# %% [markdown]
r"""
## What is lost

Of the pairs, almost all. Which? We ask for each distance which part of the pairs that far apart is compared directly by at least one of four heads: 1024 words, branches from (16, 1) to (1024, 64).
"""

# %%
def seen_by(n, branches, n_heads):
    return np.any([dilated_mask(n, w, r, head % r) for w, r in branches for head in range(n_heads)], axis=0)


branches = [(16 * 2**i, 2**i) for i in range(7)]
seen = seen_by(1024, branches, 4)
for distance in (1, 2, 3, 4, 8, 32, 128, 512):
    print(f"{distance:3} apart: {np.diagonal(seen, distance).mean():4.0%} compared directly")

# %% [markdown]
r"""
Not even all neighbours: between positions 15 and 16 runs a border, and every longer branch skips one of two neighbours. No branch joins them. Still, it looks as if every distance had its share.
"""

# %% tags=["slide"]
predict(
    "512 words apart, 6 % of the pairs are compared. And 513 apart?",
    ["about 6 %", "about 3 %", "none at all"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** 512 apart, 6 % are compared. And 513 apart?

*Expect:* "about as many", since the first table looked so smooth. Have two words chosen that meet in the branch of dilation 4: how far apart can they be? Multiples of 4, nothing else. So an odd distance beyond 15 is never compared, in whatever head.
"""

# %% tags=["slide"]
for distance in (31, 32, 33, 300, 511, 512, 513):
    print(f"{distance:3} apart: {np.diagonal(seen, distance).mean():4.0%} compared directly")
for low, high in ((1, 15), (16, 63), (64, 255), (256, 1023)):
    pairs = np.concatenate([np.diagonal(seen, distance) for distance in range(low, high + 1)])
    print(f"all pairs {low} to {high} apart: {pairs.mean():.1%}")

# %% [markdown]
r"""
**What you saw.** At 513 there is not a single one. Two words that meet in a branch stand a multiple of its dilation apart, and only short segments have dilation 1. An odd distance beyond 15 is never compared, by whatever head. The first table showed the lucky distances only; of *all* pairs more than 255 apart, two in a thousand are left. If you need one exact word from afar, you will rarely see it.
"""

# %% [markdown]
r"""
## Layers to the last word

But one layer is not all. Count again how many layers it takes, if ever, until everyone has heard of everyone. (In one head the window looks at 31 words, the branches at 32 on average; four heads see more.)
"""

# %%
predict(
    "1024 words, branches (16, 1) to (1024, 64), four heads. How many layers?",
    ["some never meet", "about 70, as with the window", "about 30", "fewer than 6"],
)

# %%
by_branches = []
for n, window in zip(lengths, by_window):
    layers, heard_of = spread(seen_by(n, [(w, r) for w, r in branches if w <= n], 4))
    by_branches.append(layers)
    print(f"{n:5} words: dense 1   dilated {layers}   window {window}   all have heard of all: {heard_of.all()}")

# %% tags=["slide"]
GrowthDisplay.from_curves(
    lengths, {"window, 15 to either side": by_window, "dilated": by_branches, "dense": [1, 1, 1]},
    axes=("words", "layers until all have heard of all"), title="How far news travels",
)

# %% [markdown]
r"""
**What you saw.** 2, 3, 4: one more layer for *four times* the text, while the window needs four times the layers. The way climbs from branch to branch, like a drive from street to main road to motorway, and down again.

So the answer is yes: there is a way, of a few hops instead of one. Whether a model learns to use it we have not tested.
"""

# %% [markdown]
r"""
## Looking back only

Language models write from left to right, and a word must not see what comes later. Hide the future from every branch, and let the news spread once more: has every word heard of all *before* it?
"""

# %%
predict(
    "Looking back only, after as many layers as you like. Has word 48 heard of all before it?",
    ["yes: it only takes more layers", "not of some far away", "not even of word 47, right before it"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Word 47 sits next to 48. Who may carry the news from the one to the other?

*Expect:* "some layer will". Draw both, with the border between their segments. Does a longer branch keep both? Does anybody stand between them? May somebody behind them be asked? Three times no: nobody is left, however many layers there are.
"""

# %%
backwards = np.tril(np.ones((1024, 1024), dtype=bool))
layers, heard_of = spread(seen & backwards)
print(f"after {layers} layers: {heard_of[backwards].mean():.0%} of all earlier words are heard of")
print("the last word has heard of the first:", heard_of[1023, 0])
print("word 48 has heard of word 47:", heard_of[48, 47], "  neighbours that never meet:",
      int((~np.diagonal(heard_of, -1)).sum()))

# %% [markdown]
r"""
**What you saw.** The last word hears of the first, but word 48 never of word 47. The border lies between them; every longer branch skips one of the two; and there is no detour: no word stands between them, and later ones may not be asked. 63 pairs of neighbours are lost, in however many layers. Looking both ways, a later word passes it on.
"""

# %% [markdown]
r"""
A remedy: let the segments of one layer overlap those of the next.
"""

# %% [markdown]
r"""
## Change it: fewer branches

If the motorway does it all, why the roads between? Keep the first branch and the last alone, (16, 1) and (1024, 64), each word looking both ways again.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave the fewer branches as a riddle: would the first and the last alone not do? Say instead: no. In each head that motorway stops in one street of four, so that some never meet; with dilation 16 it stops in every street, and three layers are enough. Which pairs are kept decides, not how many.
"""

# %%
predict(
    "Streets and one motorway, four heads. How many layers now?",
    ["still 4", "a few more", "some never meet"],
)

# %%
choices = {
    "all seven": branches,
    "(16, 1) and (1024, 64)": [(16, 1), (1024, 64)],
    "(16, 1) and (1024, 16)": [(16, 1), (1024, 16)],
    "(16, 1) alone": [(16, 1)],
}
for name, some in choices.items():
    layers, heard_of = spread(seen_by(1024, some, 4))
    found = f"{layers} layers" if heard_of.all() else "some never meet"
    print(f"{name:22} {attended_pairs(1024, some):6,} pairs for each head: {found}")

# %% [markdown]
r"""
**What you saw.** Some never meet. In each head that motorway stops at every 64th word: in one segment of 16, then it passes three. No way in and no way out there, in however many layers. With dilation 16 it stops in *every* street, and three layers are enough: fewer pairs than all seven branches, and a shorter way.
"""

# %% [markdown]
r"""
**Your turn:** which branches need the fewest pairs, with at most five layers? Try growing by 4 or by 8. Or try it here on 32 words: streets of 4, and a motorway that stops in every second one.
"""

# %%
DilatedExplorer.from_branches(32, [(4, 1), (32, 8)], n_heads=2, query=8)

# %% [markdown]
r"""
## Exercises

Write `dilated_positions`, `dilated_branch`, `mix_branches` and `attended_pairs` in [the exercises](exercises:dilated_attention). The second is the one not to miss.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** In `dilated_branch` expect queries that meet the keys of another segment, and nan in the rows that nobody kept. In `dilated_positions`, the last, shorter segment.

*Say:* "In this segment, which rows may your product see?" and "A row that nobody kept: what does it divide by?" For the positions: eight places in segments of five, by hand, before any code.
"""

# %% [markdown]
r"""
## Recap

1. A branch (w, r) keeps every r-th position of segments of w; growing both together, the longer reach costs less, and the whole is linear.
2. Branches are mixed by their softmax denominators: one softmax over the keys of all of them, a key seen twice counting twice.
3. Most pairs are never compared. News still travels far in few layers, one more for four times the text, but not across every border where words look back only.
"""

# %%
quiz("11")

# %% [markdown]
r"""
**Next:** even linear work has to be somewhere. Lesson §many_devices spreads one text over several machines.
"""
