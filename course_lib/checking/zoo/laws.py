"""What is true of every right attention, as a hint at the test that would betray a wrong one."""

BY_HAND = (
    "Choose numbers for which you know the answer. With two heads of d_head 4 and raw scores of "
    "2·ln 3 and 0, for instance, the weights have to be 3/4 and 1/4."
)
SHUFFLED = "Shuffle the words of a sentence: the outputs are shuffled alike, and nothing else."
HEADS_APART = (
    "A head owns d_head neighbouring columns. With the identity as w_output, zeros in one head's "
    "columns of w_query may change only that head's columns of the outputs."
)
SAME_VALUE = (
    "Give all words the same value, but different queries and keys: whatever the weights are, a "
    "mixture of one value is that value."
)
SIX_DIGITS = (
    "Compare more digits: it is right to three, and no further. Right ways of computing agree to "
    "twelve digits and more."
)
EVERY_WORD = (
    "Change one word of five or more, be it the first or the last: every word's output must notice."
)
ONE_WORD = "A sentence of one word looks at itself: its output is its own value, projected."
LARGE = "Let scores reach 1000: the outputs stay finite, and the largest score takes it all."
NO_VALUES = "Put zeros into w_value: there is nothing to pass on, so every output is 0."
A_COLUMN = "Put zeros into one column of w_output: that feature of the outputs is 0, and no other."
ASK_AND_ANSWER = (
    "Let only the first word ask, and only the second one answer; all other queries and keys are "
    "0. Then the first word looks at the second, and all the others at every word alike."
)
SENTENCES = "Change one sentence of a batch: the outputs of all the other sentences stay."
AGAIN = (
    "Call it, call it with other numbers of the same sizes, and then once more with the first "
    "ones: the same outputs come back, and your arrays are what they were."
)
OTHER_SIZES = (
    "Call it with one d_head and then with another: what was asked before must not matter. Know "
    "the answer of the second call."
)
