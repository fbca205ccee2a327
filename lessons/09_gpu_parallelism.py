# ---
# jupyter:
#   course:
#     number: "09"
#     title: GPU parallelism
#     question: On long texts an LSTM does less work than attention. How could attention win?
#     proves: >-
#       the same scores by loops and by one matrix product, timed; chains of
#       dependent steps, counted: three more for every word in a recurrent network, none in attention;
#       the LSTM ahead on long texts on one thread, and why very many processors may turn that round
#     minutes: {teaching: 40, exercises: 15}
#     must: scores_without_loops
#     cut: Eight at a time
#     exercises: [scores_without_loops]
#     notation: []
#     claims:
#       - {claim: "All words are processed at once, which suits modern accelerators", heading: "Who waits for whom?", number: "reading 128 words, the longest chain of dependent steps is 386 in a recurrent network and 21 in attention, as for 8 words"}
#       - {claim: "Parallel is not the same as quick", heading: "One processor", number: "on one thread an LSTM reads 2048 words in less time than attention, on both processors that were tried"}
# ---

# %% [markdown]
r"""
# §gpu_parallelism · GPU parallelism

**On long texts an LSTM does less work than attention. How could attention win?**

*Attention is parallel, and therefore fast*: we read that everywhere. Today we measure what the sentence is worth. By the end you can

* turn loops over words into one product;
* count two different things: the work, and the longest chain of steps that wait for each other;
* say on which machine, and at which length, attention is quicker.

40 minutes, and 15 for one exercise. You need lessons §why_attention, §weighted_sum and §multi_head; what an LSTM is, lesson §global_context says.
"""

# %% [markdown] tags=["instructor"]
r"""
**One idea.** Count two things, never one: the *work*, and the longest *chain* of steps that wait for each other. Reading 128 words, attention has four times the work, and a chain of 21 against 386. Few processors feel the work, very many only the chain. On one thread and a long text, the LSTM is ahead.
"""

# %% [markdown] tags=["instructor"]
r"""
**Before you begin.** All times are measured where the notebook runs. Run it once on the machine that you show, with nothing else open, and look by how much the LSTM is ahead at 2048 words. Where a line says something else than the text expects, discuss it: the text says what either outcome means. On a hub, where all measure at once, let them read your table. If there is a GPU in the house, `python3 course.py record "lstm and attention"` there fills the section on GPUs.
"""

# %%
import numpy as np
import torch

from course_lib import predict, quiz
from course_lib.attention import MultiHeadAttention
from course_lib.attention.reference import scaled_scores
from course_lib.measuring import dependent_steps, flops, sweep, time_in_rounds, time_on_threads
from course_lib.models import sentence
from course_lib.plots import CostDisplay, GrowthDisplay, TimingDisplay

embeddings = sentence.embeddings()
queries, keys = embeddings @ sentence.W_QUERY, embeddings @ sentence.W_KEY
print("queries:", queries.shape, " keys:", keys.shape)

# %% [markdown]
r"""
## A loop and a product

Here are the scores of our sentence three times: number by number, row by row, and in one product. The arithmetic is the same. Only the way in which it is handed over differs: in 121 pieces, in 11, in one.
"""

# %%
def pair_by_pair(queries, keys):
    scores = np.zeros((len(queries), len(keys)))
    for i in range(len(queries)):
        for j in range(len(keys)):
            scores[i, j] = queries[i] @ keys[j]
    return scores / np.sqrt(queries.shape[-1])


def row_by_row(queries, keys):
    return np.array([query @ keys.T for query in queries]) / np.sqrt(queries.shape[-1])


for way in (pair_by_pair, row_by_row):
    print(f"{way.__name__} equals one product:", np.allclose(way(queries, keys), scaled_scores(queries, keys)))

# %% [markdown]
r"""
With eleven words nobody notices. So we take 300 random words of 64 features: 90,000 scores. One **thread** only: one line of work, on one processor.

The three take turns, in three rounds. In the picture a dot is a round, the bar its *minimum*. The ratio to the first is taken within each round, since both share its luck; on the right stands the *median* of the three.
"""

# %% [markdown] tags=["instructor", "slide"]
r"""
## A loop and a product

300 words, 90,000 scores, one thread, the same arithmetic. One product, 300 rows, or 90,000 pairs:
"""

# %%
predict(
    "One thread, the same arithmetic. How much longer does pair by pair take than one product?",
    ["about as long: it is the same work on one processor", "about 10 times", "50 times and more"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** The same multiplications, on one thread. Where could a factor of a hundred come from?

*Expect:* "from the other cores", though the question rules them out, or "nowhere". Keep both on the board. After the picture ask who was busy: Python, saying 90,000 times what to do next. What is handed over in one piece is done in one go.
"""

# %% tags=["nbval-ignore-output", "slide"]
q, k = np.random.default_rng(9).normal(size=(2, 300, 64))
ways = {"one product": scaled_scores, "row by row": row_by_row, "pair by pair": pair_by_pair}
loops = time_in_rounds({name: (lambda way=way: way(q, k)) for name, way in ways.items()}, n_rounds=3)
print(f"here: row by row takes {loops.ratio('row by row'):.1f} times as long as one product,",
      f"pair by pair {loops.ratio('pair by pair'):.0f} times")
TimingDisplay.from_rounds(loops, title="The same 90,000 scores")

# %% [markdown]
r"""
**What you saw.** Pair by pair takes by far the longest, usually a hundred times as long and more, without a second processor. Python needs about a millionth of a second to *say* what is to be done, and says it 90,000 times. Row by row it says it 300 times, and loses only a factor of a few.
"""

# %% [markdown]
r"""
So the first gain is not parallelism, but work handed over in large pieces. We can only hand over together what does not wait for each other.
"""

# %% [markdown]
r"""
## Who waits for whom?

PyTorch notes each operation and whose result it needed: that is how it finds gradients (lesson §attention_that_learned). One such note is a **step**, whatever goes on inside it. So we can count the longest **chain**: steps each of which had to wait for the one before. First the recurrent network of lesson §why_attention, which is the RNN of lesson §global_context; then attention.
"""

# %%
class Recurrent(torch.nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.from_word, self.from_state = torch.nn.Linear(d_model, d_model), torch.nn.Linear(d_model, d_model)

    def forward(self, words):                              # (1, seq_len, d_model)
        state, states = torch.zeros_like(words[:, 0]), []
        for t in range(words.shape[1]):
            state = torch.tanh(self.from_word(words[:, t]) + self.from_state(state))
            states.append(state)
        return torch.stack(states, dim=1)

# %%
torch.manual_seed(9)
recurrent, heads = Recurrent(64), MultiHeadAttention(64, 4)


def attention(words):                                      # written out: each step is noted by itself
    return heads(words, return_weights=True)[0]


words = torch.randn(1, 8, 64)
print("8 words: chain of", dependent_steps(recurrent(words)), "in the recurrent network,",
      dependent_steps(attention(words)), "in attention")

# %% tags=["slide"]
predict(
    "Now 128 words, sixteen times as many. How long is the longest chain in attention?",
    ["sixteen times as long", "four steps longer: sums of more numbers take more rounds", "just as long: 21"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** 26 and 21 for 8 words. Each further word adds three steps to the recurrent chain; and to attention's?

*Expect:* "sixteen times as long" from those who think of the work. "Four more" from those who know that a sum takes rounds: a good answer, about hardware. Here a step is one note of PyTorch's, whatever goes on inside: 21 it stays.
"""

# %%
lengths = (8, 16, 32, 64, 128)
chains = {"recurrent": [], "attention": []}
for n in lengths:
    words = torch.randn(1, n, 64)
    for name, model in (("recurrent", recurrent), ("attention", attention)):
        chains[name].append(dependent_steps(model(words)))
    work = {"recurrent": flops(lambda: recurrent(words)), "attention": flops(lambda: attention(words))}
    print(f"{n:3} words   chain: {chains['recurrent'][-1]:3} and {chains['attention'][-1]}",
          f"   operations: {work['recurrent']:9,} and {work['attention']:9,}")

# %% tags=["slide"]
GrowthDisplay.from_curves(
    lengths, chains, axes=("words", "longest chain of dependent steps"), title="Who has to wait",
)

# %% [markdown]
r"""
**What you saw.** Each further word adds three steps to the recurrent chain: a product, a sum, a tanh, each waiting for the one before. In attention the chain is project, compare, softmax, mix, project; with the steps that only reshape a table, 21 at any length. But look at the right: attention does two to four times the *work*. (Both axes are logarithmic.)

This holds for *reading*. In writing, each word waits for the one before, in both.
"""

# %% [markdown]
r"""
Inside a step there may be more: even many processors need about log n rounds to sum n numbers. A step that does everything hides its chain: PyTorch's own LSTM would count as 2. That is why we wrote ours out. The work is counted in **flops**, floating-point operations: multiplications and additions.
"""

# %% [markdown] tags=["slide"]
r"""
## How many processors?

Let $p$ processors do one operation each in a tick of the clock, and let a step take one tick. They need at least $W/p$ ticks for the **work** $W$, and at least $C$ for the chain. If nobody idles without need, the sum is enough (Brent, 1974):

$$T_p \le W / p + C$$

This is a bound on paper, not a measurement. For 1024 words the recurrent network has 17 million operations and a chain of 3,074; attention has 302 million and 21.
"""

# %% tags=["slide"]
predict(
    "By this bound, from how many processors on is attention quicker than the recurrent network?",
    ["from about ten on", "from about a thousand on", "from ten thousand to a hundred thousand on",
     "never: it does more work"],
)

# %% tags=["slide"]
n = 1024
work = {"recurrent": 4 * n * 64**2, "attention": 8 * n * 64**2 + 4 * n**2 * 64}    # as counted; why: lesson §quadratic_cost
chain = {"recurrent": 3 * n + 2, "attention": 21}
assert chain["recurrent"] - chains["recurrent"][-1] == 3 * (n - 128)
for p in (1, 1_000, 30_000, 100_000, 1_000_000):
    ticks = {name: work[name] / p + chain[name] for name in work}
    print(f"{p:9,} processors: recurrent {ticks['recurrent']:12,.0f} ticks, attention {ticks['attention']:12,.0f}")

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "A thousand times the processors, a thousand times as quick."

*Say:* put a finger on the 3,074 steps of the recurrent network: they wait for each other, whoever does them. From a thousand processors to a million its ticks fall from 19,851 to 3,091 only. Attention begins eighteen times as high and ends at 326. Ask where the two lines cross.
"""

# %% [markdown]
r"""
**What you saw.** On one processor the recurrent network needs an eighteenth of the ticks; at 30,000 it is still ahead. Then its 3,074 steps hold it up; attention overtakes it just below a hundred thousand.
"""

# %% [markdown]
r"""
Here a step takes one tick. If each step takes 1000 ticks, the border lies at a thousandth of that: fewer than a hundred processors. On a GPU a step takes many ticks, and a large one does tens of thousands of operations per tick. So attention *can* win there. A bound says so; we have not measured it.
"""

# %% [markdown]
r"""
## One processor

And here? PyTorch's own LSTM against our attention layer, 128 features each, one text, one thread. Both are written in compiled code; the LSTM's loop over the words is not in Python. (An LSTM does four times the work of the plain network above, so the eighteenth does not carry over.)
"""

# %%
lstm = torch.nn.LSTM(128, 128, batch_first=True).requires_grad_(False)
layer = MultiHeadAttention(128, 4).requires_grad_(False)


def reading(model, n_texts=1):
    def prepare(n):
        words = torch.randn(n_texts, n, 128)
        return lambda: model(words)

    return prepare

# %% tags=["slide"]
predict(
    "One thread. Which is quicker on 64 words, which on 2048?",
    ["attention on both", "the LSTM on both", "attention on 64, the LSTM on 2048",
     "the LSTM on 64, attention on 2048"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** One thread, 2048 words: who is quicker? Hands; then one hint, "the LSTM's work grows with the words", and hands again.

*Expect:* attention wins the first vote, being parallel. Run the cell and read the last line of the table only. If your machine says otherwise, say so, and look at the factor from one doubling to the next.
"""

# %% tags=["nbval-ignore-output"]
race = sweep({"LSTM": reading(lstm), "attention": reading(layer)}, [64, 128, 256, 512, 1024, 2048], budget_s=10)
print(race)
longest = race.lengths_of("attention")[-1]
print(f"here, at {longest} words: attention takes {race.ratio('attention', 'LSTM', longest):.1f} times as long as the LSTM")

# %% tags=["nbval-ignore-output", "slide"]
CostDisplay.from_sweep(race, title="One text, one thread")

# %% [markdown]
r"""
**What you saw.** Read the line above the picture. Above 1, the slogan is wrong here: at 2048 words the LSTM is ahead, as on both processors that we tried. The LSTM's work grows with the words, attention's with their square: compare the two at the last doubling. (Both axes are logarithmic; the grey lines, powers and brackets wait for lesson §quadratic_cost.) On short texts attention is ahead, or close. Has it less to do there?
"""

# %% tags=["nbval-ignore-output"]
for name, model in (("LSTM", lstm), ("attention", layer)):
    for n, ms in zip(race.lengths_of(name), race.minimum_ms(name)):
        count = flops(reading(model)(n))
        if n in (64, 256, 2048):
            print(f"{name:9} {n:4} words: {count / 1e6:5.0f} million operations, {count / ms / 1e6:3.0f} in a nanosecond")

# %% [markdown]
r"""
At 64 words attention has less to do: 10 million operations against 17. At 256 words both have the same work, 67 million operations. A difference in time is then a difference in **rate**, the operations done in a nanosecond. Half of the LSTM's products, those with the state, must come one word at a time: a vector times a matrix. Attention multiplies 256 words at once: a matrix times a matrix. Does that matter, on a single thread?
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** "Attention does more operations in a nanosecond, so it wins." (On some processors it does; on others the rates are about equal.) Rate and time get mixed up as soon as both are printed.

*Say:* time is work divided by rate. At 256 words both have 67 million operations, so the rate decides. At 2048 words attention has more than four times the work, and a rate would have to be four times as good to make up for that.
"""

# %% [markdown]
r"""
## Eight at a time

Send 128 vectors through a matrix of 2048 × 2048: one by one, then 8 and 32 together, then all at once.
"""

# %% [markdown] tags=["instructor"]
r"""
**If time runs out.** Leave out "Eight at a time", the sixteen texts and the two threads, and go on with the GPU. Say instead: a matrix that was fetched for one vector serves the next seven as well, so more width means a better rate. Attention finds its width inside a text; an LSTM needs many texts at once.
"""

# %%
predict(
    "One vector takes a certain time. How long do eight take together?",
    ["eight times as long: eight times the work", "less than eight times as long", "more than eight times as long"],
)

# %% tags=["nbval-ignore-output"]
matrix, vectors = torch.randn(2048, 2048), torch.randn(128, 2048)
together = (1, 8, 32, 128)
calls = {str(n): (lambda n=n: [part @ matrix for part in vectors.split(n)]) for n in together}
each_ms = [timing.minimum_ms * n / 128 for timing, n in zip(time_in_rounds(calls, n_rounds=5).timings, together)]
for n, ms in zip(together, each_ms):
    print(f"{n:3} together: {ms:6.2f} ms   {2 * n * 2048**2 / ms / 1e6:4.0f} operations in a nanosecond")
print("here:", ", ".join(f"{n} take {ms / each_ms[0]:.1f} times as long as one" for n, ms in zip(together[1:], each_ms[1:])))

# %% [markdown]
r"""
**What you saw.** Below 8, eight vectors share something. For one vector the whole matrix, four million numbers, has to be fetched, and each is used once; for eight, each is used eight times. Where fetching takes most of the time, more **width**, more vectors at once, is nearly free. Near 8 or above, computing takes most of it here, and width brings little.
"""

# %% [markdown]
r"""
Is width the reason here? Then other texts should bring it, too: a batch of sixteen.
"""

# %%
predict(
    "Sixteen texts at once instead of one. What becomes of the time per text?",
    ["both models gain alike", "the LSTM gains much, attention little", "attention gains much, the LSTM little"],
)

# %% tags=["nbval-ignore-output"]
for name, model in (("LSTM", lstm), ("attention", layer)):
    calls = {str(n): reading(model, n)(256) for n in (1, 16)}
    one, sixteen = [timing.minimum_ms for timing in time_in_rounds(calls, n_rounds=5).timings]
    for n, ms in ((1, one), (16, sixteen)):                # 67.1 million operations for each text
        print(f"{name:9} {n:2} texts of 256 words: {ms / n:5.2f} ms each, {n * 67.1 / ms:4.0f} in a nanosecond")
    print(f"here: {16 * one / sixteen:.1f} texts in the time of one")

# %% [markdown]
r"""
**What you saw.** Attention gains little: it has its width already. The LSTM gains where width is cheap; on the processors that we tried it read two texts or more in the time of one. Attention finds its width *within* a text; an LSTM needs many texts.
"""

# %% [markdown]
r"""
## Two threads

So far one thread did everything. PyTorch can also cut a product into pieces and hand them to several threads, which the system puts on free processors. We look at two clocks: the one on the wall, and **CPU time**, which adds up what all processors do for us. Divided, they tell how many were *busy*. One large product, 1024 × 1024; and 500 small ones, 64 × 64.
"""

# %%
predict(
    "Two threads, and a second processor is free. What becomes of the 500 small products?",
    ["about half the time on the wall: 250 for each thread", "half the time on the wall, and half the CPU time",
     "little or nothing is gained"],
)

# %% [markdown] tags=["instructor"]
r"""
**Ask the room.** Two threads and 500 small products. Who gets which?

*Expect:* "250 each". But they come one after the other, and only *within* a product can work be shared: 500 hand-overs, each for a few millionths of a second of work. Run the cell, and read *busy* with one thread before anything else. Near 1 the table can be trusted. Well below 1, other programs had the processor: show a table from a quiet hour, and keep this one as a warning.
"""

# %% tags=["nbval-ignore-output"]
large, small = torch.randn(1024, 1024), torch.randn(64, 64)
products = {"one large": lambda: large @ large, "500 small": lambda: [small @ small for _ in range(500)]}
n_before = torch.get_num_threads()
print(time_on_threads(products, (1, 2)))
assert torch.get_num_threads() == n_before                # for what follows, all is as it was

# %% [markdown]
r"""
**What you saw.** First read *busy* with one thread. Near 1, the processor was ours: two threads do the large product in less time on the wall, but not in half the CPU time; the small ones gain little. Well below 1, others wanted the processor, and two threads may be slower. So we measure on one.

This is $p = 2$ of the bound. The large product is nearly all work; the small ones need 500 hand-overs, which the bound leaves out.
"""

# %% [markdown]
r"""
## On a GPU

Does a real machine obey the bound? The same race on a GPU, if there is one here. (The GPU works on while Python continues, so the clock has to wait for it.) If there is none: `python3 course.py record`, on a machine that has one, measures this and more in a few minutes, and writes it to files that this cell reads.
"""

# %%
from copy import deepcopy

from course_lib.measuring import accelerator, clock_of, is_gpu, recordings


def reading_on(device, model):
    def prepare(n):
        there, words = deepcopy(model).to(device), torch.randn(1, n, 128, device=device)
        return lambda: there(words)

    return prepare

# %% tags=["nbval-ignore-output"]
device = accelerator()                                     # "cuda", "mps", or None
if device:
    both = {"LSTM": reading_on(device, lstm), "attention": reading_on(device, layer)}
    print(sweep(both, [64, 256, 1024, 4096], clock=clock_of(device), budget_s=10))

# %% tags=["nbval-ignore-output"]
recorded = [record for record in recordings("lstm and attention") if is_gpu(record)]
for record in recorded:
    print(f"recorded on {record.provenance}\n{record}\n")
if not device and not recorded:
    print("There is no GPU here, and nobody has recorded one for the course yet.")

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** No GPU here and no recording: the cell says so, and the room takes the bound for a result.

*Say:* "We have a bound, not a measurement. Which of the two would you sign?" Then collect what the bound leaves out: a step takes more than a tick, numbers have to be fetched, work has to be handed over. Somebody with a GPU at home can answer it.
"""

# %% [markdown]
r"""
## Change it: eight readers

The LSTM lacks width: so cut its chain. Give it the 2048 words as eight pieces of 256, side by side as if they were eight texts. The work stays the same to the last operation; the chain is an eighth. And what is lost? Each piece but the first no longer knows what came before.
"""

# %%
predict(
    "How many of the 256 outputs of a piece notice that the text before it is gone?",
    ["all of them", "about half", "only the first few"],
)

# %% tags=["nbval-ignore-output"]
torch.manual_seed(9)
text = torch.randn(1, 2048, 128)
pieces = text.view(8, 256, 128)
calls = {"one reader": lambda: lstm(text), "eight readers": lambda: lstm(pieces), "attention": lambda: layer(text)}
print(time_in_rounds(calls, n_rounds=5))
assert flops(calls["one reader"]) == flops(calls["eight readers"])

# %%
apart = (lstm(text)[0].view(8, 256, 128) - lstm(pieces)[0]).abs().amax(dim=-1)[1:]      # (7 pieces, 256 words)
for word in (0, 5, 10, 20, 40):
    print(f"word {word:2} of a piece: differs by {apart[:, word].max():.3f} from one reader's")

# %% [markdown]
r"""
**What you saw.** Less time, for the same work on one thread. And after twenty words or so a piece reads as if nothing had been cut: this LSTM, untrained, forgets by itself (lesson §why_attention). A trained one may hold on to more, and then has more to lose. Attention has no chain to cut, and keeps the whole text. It pays with work.

**Your turn:** 64 readers of 32 words? Where does the gain end?
"""

# %% [markdown]
r"""
## Exercises

Write `scores_without_loops` in [the exercises](exercises:gpu_parallelism): all scores of a batch with several heads, in a piece as large as it can be.
"""

# %% [markdown] tags=["instructor"]
r"""
**Stumble.** Expect `.T` on four axes, and loops in disguise: `np.vectorize`, a comprehension, a recursion.

*Say:* "What does `.T` do with the batch?", and have the shape printed. For the disguise: the check counts the lines that Python runs, so "how many lines run for six words, and how many for thirty?"
"""

# %% [markdown]
r"""
## Recap

1. One large product takes far less time than ninety thousand small ones, on one thread.
2. Work and chain are two things. On long texts a recurrent network has less work and a chain as long as the text; attention more work and a constant chain.
3. On one processor the LSTM is quicker on long texts. With very many only the chain is left, and attention should win: a bound says so, not a measurement.
"""

# %%
quiz("09")

# %% [markdown]
r"""
**Next:** the work. Lesson §quadratic_cost counts it, and where its memory goes.
"""
