# ---
# jupyter:
#   course:
#     number: "12"
#     title: Many devices
#     question: No machine holds the whole text. What has to travel between them so that every word still looks at every other?
#     proves: >-
#       attention over some of the keys on each machine, merged exactly; four processes that gather or
#       pass round their keys and values, and equal one, gradients too; what they hand over and hold;
#       why a causal mask leaves the first machine idle; and how little dilated branches would send
#     minutes: {teaching: 30, exercises: 15}
#     must: merge_partials
#     cut: Who waits, under a causal mask?
#     exercises: [merge_partials]
#     notation: []
#     claims:
#       - {claim: "Attention can be computed exactly by machines that each hold a part of the text", heading: "Four processes", number: "four processes, outputs and gradients equal to one process's; each hands over (4 − 1) slices of keys and of values"}
# ---

# %% [markdown]
r"""
# §many_devices · Many devices

**No machine holds the whole text. What has to travel between them so that every word still looks at every other?**

Tiles took the quadratic memory away (lesson §quadratic_cost), dilation the quadratic work (lesson §dilated_attention). But a text may be so long that even its queries, keys and values fit on no single machine: then the text itself is shared out. (A *device* is a GPU or a whole computer; we say *machine* for both.) By the end you can

* merge attention over some keys with attention over others;
* say what several machines have to send each other, and count it;
* tell what a ring saves, compared with gathering, and what it does not.

30 minutes, and 15 for one exercise. You need lessons §quadratic_cost and §dilated_attention.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** Attention over some of the keys, told as an output and one logarithm, merges exactly with attention over the others. So the text may lie on many machines: keys and values travel, and nothing is approximated. A ring saves memory, not bytes. What saves bytes is to compare less.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** The cell with four processes starts Python and PyTorch four times, which takes a while and needs memory, on a hub too: try it where the class will run it; on a hub let them read your outputs. Draw the ring on the board while it works. Bring four sheets of paper for the question about ring and gathering.
"""

# %%
import numpy as np
import torch

from course_lib import predict, quiz
from course_lib.attention import reference
from course_lib.attention.processes import run_on_processes
from course_lib.attention.reference import attention_with_lse
from course_lib.attention.traffic import dilated_gather_bytes, sharded_bytes
from course_lib.models import sentence
from course_lib.models.devices import attend_sharded
from course_lib.plots import BarsDisplay, GrowthDisplay

# %% [markdown]
r"""
## A border through the sentence

*The cat, which was black* lives on the left machine, *, sat on the mat* on the right one. Each knows the queries, keys and values of its own words, and nothing else. Now *sat* wants to know who sat; *cat* is on the other side.

We hand *sat*'s query to the left machine, too, and let both attend with the keys and values they have.
"""

# %%
embeddings = sentence.embeddings()
queries, keys, values = (embeddings @ w for w in (sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE))
left, right = slice(0, 6), slice(6, 11)                    # two machines, and who lives where
print("left: ", *sentence.TOKENS[left], "\nright:", *sentence.TOKENS[right])

# %% [markdown] tags=["instructor", "slide"]
r"""
## A border through the sentence

Each side lets *sat* attend to its own words: *who*, *where*, *how it looks*.
"""

# %% tags=["slide"]
sat = queries[[7]]
for name, where in (("left", left), ("right", right)):
    outputs, lse = attention_with_lse(sat, keys[where], values[where])
    print(f"{name:5} output {outputs[0].round(2)}   log of its denominator {lse[0]:.2f}")
print("all   output", reference.attention(sat, keys, values)[0].round(2))

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Left, *sat* finds its *cat*; right, its *mat*; neither output is the answer. Which one number must each side add?

*Expect:* "how many words it has". Try it: eight words that fit badly would outvote two that fit. What counts is the sum that softmax divided by. Its logarithm is 4.17 on the left and 3.40 on the right.
"""

# %% [markdown]
r"""
The three numbers say *who*, *where* and *how it looks*, as in lesson §weighted_sum. Left, *sat* finds its cat; right, its mat. Neither is the answer. But each machine also tells the logarithm of its softmax denominator, its lse. Lesson §dilated_attention mixed two branches by their denominators. Here is that mixture, for any two parts.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## Two parts, one answer
"""

# %% tags=["slide", "slide-code"]
def merge(part, other):
    (outputs, lse), (other_outputs, other_lse) = part, other
    both = np.logaddexp(lse, other_lse)                    # log(exp(lse) + exp(other_lse)), safely
    share, other_share = np.exp(lse - both), np.exp(other_lse - both)
    return share[:, None] * outputs + other_share[:, None] * other_outputs, both


def part_of(where):
    return attention_with_lse(sat, keys[where], values[where])


print("two machines:", merge(part_of(left), part_of(right))[0][0].round(2))

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** An lse looks like a score, and so it is added, averaged or taken for a share.

*Say:* it is the logarithm of a sum. Take sums first: side a has 3, side b has 1, so three quarters and one quarter. Then write log 3 and log 1, and ask how to get the quarters back while staying in logarithms: exp of a difference.
"""

# %% [markdown]
r"""
The parts may be of any size, and merged in any order. Three parts of 1, 2 and 8 words:
"""

# %%
one, two, eight = part_of(slice(0, 1)), part_of(slice(1, 3)), part_of(slice(3, 11))
for name, merged in [("(1 + 2) + 8", merge(merge(one, two), eight)), ("1 + (2 + 8)", merge(one, merge(two, eight)))]:
    print(f"{name}: {merged[0][0].round(2)}", np.allclose(merged[0], reference.attention(sat, keys, values)))

# %% [markdown]
r"""
An output and an lse are all that a part needs to tell. This is the online softmax of lesson §quadratic_cost, with machines for tiles.

Now a mask forbids *sat* everything on the right. That machine has nothing to show, and its output is zeros.
"""

# %%
predict(
    "Which lse must the machine with nothing to show report, so that the merge is right?",
    ["0, as its outputs are 0", "−∞", "none: it has to be left out of the merge"],
)

# %%
nothing = np.zeros((1, 3))
print("left alone:      ", part_of(left)[0][0].round(2))
for lse in (0, -np.inf):
    print(f"merged, lse {lse:4}:", merge(part_of(left), (nothing, np.array([lse])))[0][0].round(2))

# %% [markdown]
r"""
**What you saw.** An lse of 0 claims a denominator of 1, and takes a share. With −∞ the share is exp(−∞) = 0: the machine drops out, and *sat* has what the left one found. (If *nobody* has anything to show, −∞ − −∞ is not a number; the exercise asks for zeros.)
"""

# %% [markdown]
r"""
## What has to travel?

Let $p$ machines share $n$ words, a **slice** of $n/p$ words each. For a query to meet a key, one of the two must travel. We compare three ways:

* keys and values go to the queries;
* queries go to the keys; an output and an lse come back;
* queries go to the keys; all scores come back.

We count the numbers that each machine sends, for one head.
"""

# %%
predict(
    "1,000,000 words on 8 machines, d_head 64. What is the least to send?",
    ["queries there, scores back: one number for each pair",
     "queries there, outputs and lse back: by far the least",
     "keys and values there, or queries there and outputs back: nearly a tie"],
)

# %% [markdown] tags=["instructor", "slide"]
r"""
## What has to travel?

A million words on eight machines, one head of 64:
"""

# %% tags=["slide"]
n, p, d_head = 1_000_000, 8, 64
slice_length, others = n // p, p - 1
print(f"keys and values there:                  {others * slice_length * 2 * d_head:16,} numbers from each machine")
print(f"queries there, outputs and lse back:    {others * slice_length * (2 * d_head + 1):16,}")
print(f"queries there, scores back:             {others * slice_length * (d_head + slice_length):16,}")

# %% [markdown]
r"""
**What you saw.** With as many queries as keys it is nearly a tie; scores weigh a thousand times as much. (A writing model has one new query at a time: that travels; the keys and values it keeps, its *KV cache*, stay.)
"""

# %% [markdown]
r"""
We send keys and values, in one of two ways:

* **gather**: everybody sends its slice to all, and holds all;
* **ring** (Liu et al., 2023): each passes slices on to its neighbour *while* it attends to them.
"""

# %% [markdown]
r"""
Either way a machine attends to one slice at a time, and merges what it found into its own output and lse, as above. In the ring it then forgets the slice.
"""

# %% tags=["slide"]
predict(
    "Which of the two sends more bytes?",
    ["gathering: everybody sends to everybody", "the ring: a slice travels all the way round", "both the same"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Four machines. Who sends more, everybody to everybody, or the ring?

*Expect:* both, with reasons. Let four people pass their sheet round a table and count what each hands over; then let each hand a copy to every other. Three each, either way. What differs is how many sheets lie in front of one person.
"""

# %% [markdown]
r"""
## Four processes

Now for real: four processes on this computer take the place of four machines. They share no memory and talk through PyTorch's `torch.distributed`, over a library named gloo. (Their function stands in a module, `course_lib.models.devices`, since other processes cannot import a notebook. Each is handed the whole text, cuts out its slice and never looks at the rest.) 2048 words, 8 heads of 32; a forward pass, and a backward pass for the gradients.
"""

# %%
rng = np.random.default_rng(12)
q, k, v = rng.normal(size=(3, 1, 8, 2048, 32))
shares = run_on_processes(attend_sharded, 4, *(x.astype(np.float32) for x in (q, k, v)))

alone = reference.attention(q, k, v)                       # one process, all words, float64
for way in ("gather", "ring"):
    together = np.concatenate([share[way].outputs for share in shares], axis=2)
    print(f"{way:6} four slices equal one process: {np.allclose(together, alone, atol=1e-5)}")
own = reference.attention(*(x[:, :, :512] for x in (q, k, v)))
print(f"without the others' slices the outputs would be off by up to {np.abs(own - alone[:, :, :512]).max():.2f}")

# %%
tensors = [torch.from_numpy(x).requires_grad_() for x in (q, k, v)]
outputs = torch.nn.functional.scaled_dot_product_attention(*tensors)
wanted = torch.autograd.grad((outputs**2).sum() / 2, tensors)
for way in ("gather", "ring"):
    found = [np.concatenate(slices, axis=2) for slices in zip(*(share[way].gradients for share in shares))]
    print(f"{way:6} gradients equal too:", all(np.allclose(a, b, atol=1e-5) for a, b in zip(found, wanted)))

# %%
slice_bytes = 8 * 512 * 32 * 4                             # of the keys alone: heads, words, features, bytes
for way in ("gather", "ring"):
    forth, back = shares[0][way].bytes_forth, shares[0][way].bytes_back
    print(f"{way:6} each process hands over {forth:,} bytes in the forward pass, {back:,} in the backward pass")
print(f"formula: (4 − 1) slices of keys and of values, {3 * 2 * slice_bytes:,}")
assert all(share[way].bytes_forth == forth == sharded_bytes(2048, 4, n_heads=8, d_head=32) for share in shares)

# %% [markdown]
r"""
**What you saw.** Both send the same: every slice has to reach every other process, directly or by neighbours. (We count what a process hands over; the carrier may add a little.) The backward pass sends twice as much. Nobody kept the others' keys and values, so they come by once more, and their gradients travel home.
"""

# %% [markdown]
r"""
So why a ring at all? Look at what each process has to *hold*.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## The ring sends as much, and holds less

Four processes, 2048 words, 8 heads:
"""

# %% tags=["nbval-ignore-output", "slide"]
print(f"a slice of keys and values: {2 * slice_bytes / 2**20:.0f} MiB")
for way in ("gather", "ring"):
    held = [share[way].peak_bytes / 2**20 for share in shares]
    print(f"{way:6} most memory in the forward pass, beside its own slice:", "  ".join(f"{mib:.1f} MiB" for mib in held))
assert all(share["gather"].peak_bytes > 1.2 * share["ring"].peak_bytes for share in shares)

# %% [markdown]
r"""
A slice of keys and values is 1 MiB here. Beside its own, a process that gathers holds four: room for all, with a copy of its own. In the ring it holds two: the one that it attends to, and the one that arrives. Outputs and scores take the rest. With 64 machines it would be 64 slices against two. (The backward pass adds gradients; in the ring their number does not grow with the machines.)
"""

# %% [markdown]
r"""
Computing with a slice takes time that grows with its square, sending it time that grows with its length. So for long slices the next one has arrived before this one is done, and sending costs nothing. For short ones it does.

Our four processes share two processor cores or so: this shows traffic and memory, not speed.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "Four processes, so four times as quick", and somebody takes the time.

*Say:* these four share two cores or so, and each has to start first. The cell shows equal results and the traffic, 3,145,728 bytes in the forward pass either way. Between real machines the sending costs nothing as long as computing with a slice takes longer than the next one's journey.
"""

# %% [markdown]
r"""
## Who waits, under a causal mask?

With a causal mask a word looks only back. The first machine has no earlier slices; the last has all. In the ring they work in step, since the slices travel at the pace of the slowest.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out the causal mask, and go on with the text that grows with the machines. Say instead: looking back only, the last of eight machines has about fifteen times the work of the first, and nearly half of all time is spent waiting for it. A piece from the front and one from the back for each machine evens that out.
"""

# %% tags=["slide"]
predict(
    "Eight machines in a ring, causal. Which part of the machines' time is spent waiting?",
    ["almost nothing", "nearly half", "seven eighths"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Eight machines, a causal mask. Which one has least to do?

*Expect:* "the last, which gets the slices latest". It is the first: its words have hardly anybody to look back at. Draw the triangle of allowed pairs, cut it into eight strips, and have their areas counted in squares: ½, 1½, 2½, up to 7½. That is 1 to 15, and all go at the pace of the last.
"""

# %%
p, n = 8, 1024
owner = {
    "in a row": np.arange(n) // (n // p),                  # words 0 … 127 on the first machine, and so on
    "front and back": np.minimum(np.arange(n) // 64, 15 - np.arange(n) // 64),    # the first and the last 64
}
pairs = {name: [sum(i + 1 for i in np.flatnonzero(who == m)) for m in range(p)] for name, who in owner.items()}
for name, each in pairs.items():
    print(f"{name:14} pairs by machine {min(each):6,} to {max(each):6,}   waiting {1 - np.mean(each) / max(each):.0%}")

# %% tags=["slide"]
BarsDisplay.from_rows(
    {name: np.array(each) / sum(each) for name, each in pairs.items()}, [f"no. {m}" for m in range(p)],
    quantity="share of the work", title="Causal attention on eight machines",
)

# %% [markdown]
r"""
**What you saw.** In a row, the last of eight machines does fifteen times the work of the first, and nearly half of all time is spent waiting for it. The cure costs one reshuffling of the words: give each machine a piece from the front *and* the matching one from the back. Few and many pairs then add up to the same. Our `ring_attention` keeps the plain order, which is easier to read.
"""

# %% [markdown]
r"""
## Change it: a text that grows with the machines

The usual reason for more machines is a longer text. So let each hold 1024 words, and add machines. Dense attention needs all slices everywhere. Dilated attention (lesson §dilated_attention) with branches (256, 1), (512, 2), … needs from far away only the words that a branch keeps. Predict what happens to the bytes per machine in both cases, from 2 machines to 64.
"""

# %%
predict(
    "From 2 machines to 64, dilated: the bytes that each machine sends …",
    ["grow as dense attention's do", "grow, but far less", "stay exactly the same"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Twice as many machines, and so a text twice as long. It gets one more branch, twice as long as the longest. What does that branch ask of each machine?

*Expect:* "twice as much". Let them take it apart: it reaches twice as many machines, and keeps half as many words of each. So each doubling adds about the same again, where dense attention doubles.
"""

# %%
machines = (2, 4, 8, 16, 32, 64)
size = {"n_heads": 8, "d_head": 32}
traffic = {"dense": [], "dilated": []}
for p in machines:
    branches = [(256 * 2**i, 2**i) for i in range(int(np.log2(1024 * p // 256)) + 1)]
    by_branch = dilated_gather_bytes(1024 * p, p, branches, **size)
    traffic["dense"].append(sharded_bytes(1024 * p, p, **size) / 2**20)
    traffic["dilated"].append(sum(by_branch) / 2**20)
    print(f"{p:2} machines: dense {traffic['dense'][-1]:6.1f} MiB   dilated {traffic['dilated'][-1]:4.2f} MiB")
print("the nine branches of 64 machines, in MiB:", [round(b / 2**20, 2) for b in by_branch])

# %% tags=["slide"]
GrowthDisplay.from_curves(machines, traffic, axes=("machines", "MiB that each machine sends"),
                          title="1024 words for each machine")

# %% [markdown]
r"""
**What you saw.** Dense traffic grows 63 times, as the *other* machines do; dilated traffic about ten times, by half a MiB or less at each doubling. A branch twice as long reaches twice as many machines and keeps half as many words of each. (A count on paper. The price, says lesson §dilated_attention: most far pairs are never compared.)

**Your turn:** keep the list at (256, 1) … (4096, 16), whatever p. Where does the dilated curve stop growing?
"""

# %% [markdown]
r"""
## On a real cluster

What changes is the carrier: between GPUs it is NCCL, NVIDIA's library, instead of gloo; and `torchrun --nproc-per-node 8 train.py` starts the processes, eight on each machine. The idea is in use as *context parallelism*, in PyTorch and in Megatron-LM: a ring or a gather, balanced front to back.
"""

# %% [markdown]
r"""
DeepSpeed-*Ulysses* swaps instead: each machine gets all words, but only some of the *heads*. It sends about four slices of one kind (queries, keys, values, outputs), where the ring sends 2 (p − 1); but it has use for no more machines than there are heads.
"""

# %% [markdown]
r"""
## Exercises

Write `merge_partials` in [the exercises](exercises:many_devices): the few lines that hold all of this together, safe for any scores.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Expect bare exponentials, which break at an lse of 1000, and nan in the rows where neither side saw a key.

*Say:* "How large is exp(1000) here?" and "−∞ minus −∞: which share do you want there, and what else could you subtract so that exp gives it?" Those who are lost do one row by hand, with the sums 3 and 1.
"""

# %% [markdown]
r"""
## Recap

1. Attention over some of the keys, told as output and lse, merges exactly with attention over others: on tiles, branches or machines.
2. Keys and values travel. Gathering and the ring send the same; in the forward pass the ring holds two slices beside its own, however many there are.
3. Under a causal mask the plain order lets eight machines wait nearly half the time; front and back balance it. Dilated branches would send far less.
"""

# %%
quiz("12")

# %% [markdown]
r"""
**Next:** lesson §capstone puts everything together, and lets you find the bugs in somebody else's attention.
"""
