# ---
# jupyter:
#   course:
#     number: "12"
#     title: Many devices
#     question: No machine holds the whole text. What has to travel between them so that every word still looks at every other?
#     proves: >-
#       attention over half of the keys on each machine, merged exactly by two numbers a query; four
#       processes that gather or pass round their keys and values and equal one; bytes sent, counted
#       against the formula; why a causal mask leaves the first machine idle; and how little dilated
#       branches send
#     minutes: {teaching: 30, exercises: 15}
#     must: merge_partials
#     cut: Who waits, under a causal mask?
#     exercises: [merge_partials]
#     notation:
#       - {name: lse, symbol: "$\\log \\sum e^{s}$", shape: "(…, n_queries)", meaning: "log-sum-exp: the logarithm of a softmax denominator"}
#     claims:
#       - {claim: "Attention can be computed exactly by machines that each hold a part of the text", heading: "Four processes", number: "four processes, outputs and gradients equal to one process's; each sends (4 − 1) · 2 slices"}
# ---

# %% [markdown]
r"""
# 12 · Many devices

**No machine holds the whole text. What has to travel between them so that every word still looks at every other?**

Tiles took the quadratic memory away (lesson 10), gaps the quadratic work (lesson 11). But a million words are a lot even once: then the text itself is shared out among machines. By the end you can

* merge attention over some keys with attention over others, exactly;
* say what several machines have to send each other, and count it;
* tell why a ring needs less memory than gathering, at the same traffic.

30 minutes, and 15 for one exercise. You need lesson 10; lesson 11 for the last part.
"""

# %%
import numpy as np

from course_lib import predict, quiz
from course_lib.attention import reference
from course_lib.attention.processes import run_on_processes
from course_lib.attention.reference import attention_with_lse
from course_lib.attention.traffic import dilated_gather_bytes, sharded_bytes
from course_lib.learning import sentence
from course_lib.learning.devices import attend_sharded
from course_lib.seeing import BarsDisplay, GrowthDisplay

embeddings = sentence.embeddings()
queries, keys, values = (embeddings @ w for w in (sentence.W_QUERY, sentence.W_KEY, sentence.W_VALUE))
left, right = slice(0, 6), slice(6, 11)                    # two machines, and who lives where
print("left: ", *sentence.TOKENS[left], "\nright:", *sentence.TOKENS[right])

# %% [markdown]
r"""
## A border through the sentence

*The cat, which was black* lives on the left machine, *, sat on the mat* on the right one. Each knows the queries, keys and values of its own words, and nothing else. Now *sat* wants to know who sat; *cat* is on the other side.

Each machine can attend with what it has. For *sat* we let both do so.
"""

# %%
sat = queries[[7]]
for name, where in (("left", left), ("right", right)):
    outputs, lse = attention_with_lse(sat, keys[where], values[where])
    print(f"{name:5} output {outputs[0].round(2)}   log of its denominator {lse[0]:.2f}")
print("all   output", reference.attention(sat, keys, values)[0].round(2))

# %% [markdown]
r"""
(*who*, *where*, *how it looks*.) Left, *sat* finds its cat; right, its mat. Neither is the answer. But each machine also tells the logarithm of its softmax denominator, its **lse** (log-sum-exp). Lesson 11 mixed two branches by their denominators; there a key could stand in both. Here each key is on one machine only.
"""

# %%
predict(
    "Mix the two outputs in the ratio of their denominators. How near does that come to the real answer?",
    ["near, but not equal: softmax needs all scores at once", "exactly equal",
     "equal only if both machines hold as many words"],
)

# %%
(out_left, lse_left), (out_right, lse_right) = (attention_with_lse(sat, keys[w], values[w]) for w in (left, right))
lse = np.log(np.exp(lse_left) + np.exp(lse_right))
merged = np.exp(lse_left - lse) * out_left[0] + np.exp(lse_right - lse) * out_right[0]
print("merged", merged.round(2), "  the same:", np.allclose(merged, reference.attention(sat, keys, values)))

# %% [markdown]
r"""
**What you saw.** Exactly equal. An output and an lse are all that a part needs to tell, whoever computed it, in whatever order; and the merged pair is a part again, ready for the next. It is the online softmax of lesson 10, with machines for tiles.

One thing breaks it. Scores may be large:
"""

# %%
with np.errstate(over="ignore"):
    print("log(exp(1000) + exp(998)) =", np.log(np.exp(1000.0) + np.exp(998.0)))
print("np.logaddexp(1000, 998)   =", np.logaddexp(1000.0, 998.0).round(4))

# %% [markdown]
r"""
`np.logaddexp` subtracts the greater one first, as softmax does. A machine that may show nothing, all its keys being hidden, has lse −∞: its share is 0, and it drops out by itself.
"""

# %% [markdown]
r"""
## What has to travel?

Let $p$ machines share $n$ words, a **slice** of $n/p$ words each. For a query to meet a key, one of the two must travel. Or a third machine collects the scores? Let us count numbers sent by each machine, for one head.
"""

# %%
predict(
    "1,000,000 words on 8 machines, d_head 64. What is the least to send?",
    ["keys and values, to all others", "scores: there is one number a pair only",
     "queries there, outputs and lse back: far less than keys and values"],
)

# %%
n, p, d_head = 1_000_000, 8, 64
slice_length, others = n // p, p - 1
print(f"keys and values:           {others * slice_length * 2 * d_head:16,} numbers from each machine")
print(f"queries, outputs, and lse: {others * slice_length * (2 * d_head + 1):16,}")
print(f"scores:                    {others * slice_length * slice_length:16,}")

# %% [markdown]
r"""
**What you saw.** Queries out and outputs back weigh as much as keys and values, and one number more a word. Scores weigh a thousand times as much: again the table that nobody should build. So keys and values travel. There are two ways:

* **gather**: everybody sends its slice to everybody, who then holds all of them;
* **ring**: each passes on to its neighbour what it has just used, round and round.
"""

# %%
predict(
    "Which of the two sends more bytes?",
    ["gathering: everybody sends to everybody", "the ring: a slice travels all the way round", "both the same"],
)

# %% [markdown]
r"""
## Four processes

Now in earnest: four processes on this computer, that share no memory and talk as machines would, by PyTorch's `torch.distributed`. (Their function has to stand in a module, `course_lib.learning.devices`, since other processes cannot import a notebook.) 2048 words, 8 heads of 32; forth, and back for the gradients.
"""

# %%
rng = np.random.default_rng(12)
q, k, v = rng.normal(size=(3, 1, 8, 2048, 32))
shares = run_on_processes(attend_sharded, 4, *(x.astype(np.float32) for x in (q, k, v)))

alone = reference.attention(q, k, v)                       # one process, all words, float64
for way in ("gather", "ring"):
    together = np.concatenate([share[way].outputs for share in shares], axis=2)
    print(f"{way:6} four slices equal one process: {np.allclose(together, alone, atol=1e-5)}")

# %%
slice_bytes = 8 * 512 * 32 * 4                             # heads, words, features, bytes a number
for way in ("gather", "ring"):
    sent = {share[way].bytes_forth for share in shares}
    back = {share[way].bytes_back for share in shares}
    print(f"{way:6} each process sent {sent} bytes forth and {back} back")
print("formula: (4 − 1) · 2 slices =", 3 * 2 * slice_bytes, "=", sharded_bytes(2048, 4, n_heads=8, d_head=32))
assert sent == {6 * slice_bytes} and back == {12 * slice_bytes}

# %% [markdown]
r"""
**What you saw.** The same, to the byte: every slice has to get to every other process, whether directly or by neighbours. Back it is twice as much, as the gradients of keys and values travel home as well.

So why a ring at all? Look at what each process has to *hold* on the way.
"""

# %% tags=["nbval-ignore-output"]
for way in ("gather", "ring"):
    held = [share[way].peak_bytes / 2**20 for share in shares]
    print(f"{way:6} most memory beside its own slice:", "  ".join(f"{mib:.1f} MiB" for mib in held))
assert all(share["gather"].peak_bytes > 1.2 * share["ring"].peak_bytes for share in shares)

# %%
print("slices of keys and values that each process holds at once:")
for p in (2, 4, 8, 64):
    print(f"{p:3} processes: gather {p:3}   ring {min(p, 3)}")

# %% [markdown]
r"""
In the ring a process holds its own slice, the one it attends to, and the one that is arriving: three, with four machines or with four thousand. Gathered, every machine holds the whole text in the end, which is what we wanted to avoid. And while a process computes with one slice the next is on its way already: where computing takes longer than sending, sending costs no time at all.

Here all four share two processor cores or so: this shows traffic and memory, not speed.
"""

# %% [markdown]
r"""
## Who waits, under a causal mask?

With a causal mask a word looks only back. The first machine has no earlier slices; the last has all. They work in step, since the slices travel at the pace of the slowest.
"""

# %%
predict(
    "Eight machines in a ring, causal. Which part of the machines' time is wasted with waiting?",
    ["almost nothing", "nearly half", "seven eighths"],
)

# %%
p, n = 8, 1024
owner = {
    "in a row": np.arange(n) // (n // p),                  # words 0 … 127 on the first machine, and so on
    "front and back": np.minimum(np.arange(n) // 64, 15 - np.arange(n) // 64),    # the first and the last 64
}
pairs = {name: [sum(i + 1 for i in np.flatnonzero(who == m)) for m in range(p)] for name, who in owner.items()}
for name, each in pairs.items():
    print(f"{name:14} pairs by machine {min(each):6,} to {max(each):6,}   waiting {1 - np.mean(each) / max(each):.0%}")

# %%
BarsDisplay.from_rows(
    {name: np.array(each) / sum(each) for name, each in pairs.items()}, [str(m) for m in range(p)],
    quantity="share of the work", title="Causal attention on the machines 0 to 7",
)

# %% [markdown]
r"""
**What you saw.** In a row, the last machine does fifteen times the work of the first, and nearly half of all time is spent waiting for it. The cure costs nothing: give each machine a piece from the front *and* the matching one from the back. Short and long rows then add up to the same. It is what production systems do; our `ring_attention` keeps the plain order, which is easier to read.
"""

# %% [markdown]
r"""
## Change it: a text that grows with the machines

The usual reason for more machines is a longer text. So let each hold 1024 words, and add machines. Dense attention needs all slices everywhere. Dilated attention (lesson 11) with branches (256, 1), (512, 2), … needs from far away only the words that a branch keeps. Predict what happens to the bytes per machine in both cases, from 2 machines to 64.
"""

# %%
predict(
    "From 2 machines to 64, dilated: the bytes that each machine sends …",
    ["grow about 32 times, as dense attention's do", "grow about 10 times", "stay exactly the same"],
)

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
print("the branches of 64 machines, in KiB:", [b // 1024 for b in by_branch])

# %%
GrowthDisplay.from_curves(machines, traffic, axes=("machines", "MiB that each of them sends"),
                          title="1024 words a machine")

# %% [markdown]
r"""
**What you saw.** Dense traffic grows with the machines, 63 times from 2 to 64; dilated traffic about ten times, by not quite the same amount at each doubling. A branch twice as long reaches twice as many machines and keeps half as many words of each. For a *fixed* list of branches, as in the LongNet paper, it does not grow at all.

**Your turn:** keep the list at (256, 1) … (4096, 16), whatever p. What becomes of the dilated curve, and what of the words it can reach?
"""

# %% [markdown]
r"""
## On a real cluster

What changes is the carrier: NCCL between GPUs instead of gloo, started by `torchrun --nproc-per-node 8 train.py`. The idea is in use under several names: PyTorch's *context parallel* is a ring or a gather, balanced front to back; Megatron-LM's too. DeepSpeed-*Ulysses* does something else: it swaps, so that each machine gets all words, but only some of the *heads*. That sends about four slices, however many machines; but no more machines than heads.
"""

# %% [markdown]
r"""
## Exercises

Write `merge_partials` in [the exercises](../exercises/12_many_devices.ipynb): the few lines that hold all of this together, safe for any scores.
"""

# %% [markdown]
r"""
## Recap

1. Attention over some of the keys, told as output and lse, merges exactly with attention over others: on tiles, branches or machines.
2. Keys and values travel. Gathering and the ring send the same bytes; the ring never holds more than three slices.
3. Under a causal mask the plain order wastes nearly half of the time; front and back together balance it. Dilated branches send little however long the text.
"""

# %%
quiz("12")

# %% [markdown]
r"""
**Next:** lesson 13 puts everything together, and lets you find the bugs in somebody else's attention.
"""
