"""Right answers as learners write them: with loops, with lists, in one line, in float32."""

import numpy as np
import torch

from course_lib.attention.reference import softmax


def loop_over_places(a, b):
    total = 0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


def into_a_table(inputs, w_input, w_state):
    states = np.zeros((len(inputs), len(w_state)))
    for t in range(len(inputs)):
        states[t] = np.tanh(inputs[t] @ w_input + states[t - 1] @ w_state)
    return states


def columns_on_the_left(inputs, w_input, w_state):
    state, states = np.zeros(w_input.shape[1]), []
    for x in inputs:
        state = np.tanh(w_input.T @ x + w_state.T @ state)
        states.append(list(state))
    return states


def state_of_plain_numbers(inputs, w_input, w_state):
    size = w_state.shape[0]
    before, states = [0.0] * size, []
    for x in inputs:
        now = []
        for k in range(size):
            total = sum(x[i] * w_input[i, k] for i in range(len(x)))
            total += sum(before[i] * w_state[i, k] for i in range(size))
            now.append(np.tanh(total))
        states.append(now)
        before = now
    return states


def hops_by_cases(i, j, kind):
    if i == j:
        return 0
    if kind == "attention":
        return 1
    return max(i, j) - min(i, j)


def by_walking(i, j, kind):
    if kind == "attention":
        return i != j
    count = 0
    while min(i, j) + count < max(i, j):
        count += 1
    return count


def rows_one_by_one(token_ids, table):
    rows = []
    for token in token_ids:
        rows.append(table[token])
    return rows


def cut_from_one_product(embeddings, w_query, w_key, w_value):
    return np.split(embeddings @ np.hstack([w_query, w_key, w_value]), 3, axis=1)


def pairs_of_pairs(queries, keys):
    scores = np.zeros((len(queries), len(keys)))
    for i, query in enumerate(queries):
        for j, key in enumerate(keys):
            scores[i, j] = sum(query * key)
    return scores


def row_after_row(scores):
    rows = scores.reshape(-1, scores.shape[-1])
    weights = []
    for row in rows:
        exponentials = [np.exp(score - max(row)) for score in row]
        weights.append([e / sum(exponentials) for e in exponentials])
    return np.array(weights).reshape(scores.shape)


def through_the_log(scores):
    greatest = scores.max(-1, keepdims=True)
    log_total = greatest + np.log(np.exp(scores - greatest).sum(-1, keepdims=True))
    return np.exp(scores - log_total)


def mixture_by_loops(weights, values):
    outputs = []
    for row in weights:
        output = np.zeros(values.shape[1])
        for weight, value in zip(row, values, strict=True):
            output = output + weight * value
        outputs.append(output)
    return outputs


def with_a_bare_exp(embeddings, w_query, w_key, w_value):
    queries, keys, values = embeddings @ w_query, embeddings @ w_key, embeddings @ w_value
    exponentials = np.exp(queries @ keys.T / np.sqrt(w_key.shape[1]))
    return exponentials / exponentials.sum(axis=1, keepdims=True) @ values


def query_by_query(embeddings, w_query, w_key, w_value):
    outputs = []
    for word in embeddings:
        scores = [word @ w_query @ (other @ w_key) / w_key.shape[1] ** 0.5 for other in embeddings]
        weights = softmax(np.array(scores))
        values = [other @ w_value for other in embeddings]
        outputs.append(sum(w * v for w, v in zip(weights, values, strict=True)))
    return outputs


def allowed_by_loops(seq_len):
    mask = [[False] * seq_len for _ in range(seq_len)]
    for query in range(seq_len):
        for key in range(query + 1):
            mask[query][key] = True
    return mask


def hidden_in_a_copy(scores, mask):
    hidden = scores.copy()
    hidden[~mask] = -np.inf
    weights = softmax(hidden)
    weights[~mask.any(axis=1)] = 0
    return weights


def masked_after_exp(scores, mask):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True)) * mask
    total = exponentials.sum(axis=-1, keepdims=True)
    return np.divide(exponentials, total, out=np.zeros_like(scores), where=total > 0)


def masked_row_by_row(scores, mask):
    weights = np.zeros(scores.shape)
    for i in range(scores.shape[0]):
        if mask[i].any():
            weights[i, mask[i]] = softmax(scores[i, mask[i]])
    return weights


def columns_of_each_head(x, n_heads):
    d_head = x.shape[-1] // n_heads
    return np.stack([x[:, :, h * d_head : (h + 1) * d_head] for h in range(n_heads)], axis=1)


def heads_side_by_side(x):
    return np.concatenate([x[:, head] for head in range(x.shape[1])], axis=-1)


def head_after_head(embeddings, w_query, w_key, w_value, w_output, n_heads):
    outputs = []
    for sentence in embeddings:
        heads = []
        for columns in np.split(np.arange(embeddings.shape[-1]), n_heads):
            weights = w_query[:, columns], w_key[:, columns], w_value[:, columns]
            heads.append(query_by_query(sentence, *weights))
        outputs.append(np.hstack(heads) @ w_output)
    return np.array(outputs)


def crossed_out_in_a_copy(weights, tokens, query, k):
    row, found = weights[query].copy(), []
    for _ in range(k):
        best = int(row.argmax())
        found.append(tokens[best])
        row[best] = -1
    return found


def one_row_after_another(weights):
    if weights.ndim > 1:
        return [one_row_after_another(row) for row in weights]
    return -sum(weight * np.log(weight) for weight in weights if weight > 0)


def cleared_before_it_starts(model, inputs):
    inputs.requires_grad_(True)
    inputs.grad = None
    model(inputs)[-1].backward()
    return inputs.grad.norm(dim=1)


def last_row_of_the_jacobian(model, inputs):
    return torch.autograd.functional.jacobian(model, inputs)[-1, 0].norm(dim=-1)


def one_hot_from_all_outputs(model, inputs):
    own = inputs.clone().requires_grad_()
    outputs = model(own)
    last_only = torch.zeros_like(outputs)
    last_only[-1] = 1
    (gradient,) = torch.autograd.grad(outputs, own, last_only)
    return [float((row**2).sum() ** 0.5) for row in gradient]


RIGHT = {
    "dot_product": (
        loop_over_places,
        lambda a, b: sum(x * y for x, y in zip(a, b, strict=True)),
        lambda a, b: (a * b).sum(),
        lambda a, b: a @ b,
        np.dot,
        lambda a, b: np.einsum("i,i->", a, b),
    ),
    "recurrent_states": (into_a_table, columns_on_the_left, state_of_plain_numbers),
    "hops": (
        hops_by_cases,
        by_walking,
        lambda i, j, kind: abs(i - j) / 1 if kind[0] == "r" else min(1, abs(i - j)),
        lambda i, j, kind: np.abs(i - j) if kind != "attention" else np.sign(np.abs(i - j)),
    ),
    "embed": (
        rows_one_by_one,
        lambda token_ids, table: np.eye(len(table))[token_ids] @ table,
        lambda token_ids, table: np.take(table, token_ids, axis=0),
        lambda token_ids, table: table.T[:, token_ids].T,
    ),
    "project": (
        cut_from_one_product,
        lambda embeddings, *weights: [embeddings @ w for w in weights],
        lambda embeddings, *weights: np.stack([embeddings @ w for w in weights]),
        lambda embeddings, *weights: embeddings @ np.stack(weights),
        lambda embeddings, *weights: tuple(np.einsum("td,dh->th", embeddings, w) for w in weights),
        lambda embeddings, *weights: [(w.T @ embeddings.T).T for w in weights],
    ),
    "raw_scores": (
        pairs_of_pairs,
        lambda queries, keys: np.einsum("qd,kd->qk", queries, keys),
        lambda queries, keys: (queries[:, None] * keys).sum(-1),
        lambda queries, keys: (keys @ queries.T).T,
    ),
    "scaled_scores": (
        lambda queries, keys: pairs_of_pairs(queries, keys) / len(keys[0]) ** 0.5,
        lambda queries, keys: queries / np.sqrt(queries.shape[1]) @ keys.T,
        lambda queries, keys: [[q @ k * len(q) ** -0.5 for k in keys] for q in queries],
    ),
    "softmax": (
        row_after_row,
        through_the_log,
        lambda scores: np.apply_along_axis(row_after_row, -1, scores),
        lambda scores: 1 / np.exp(scores[..., None, :] - scores[..., :, None]).sum(-1),
    ),
    "softmax_with_temperature": (
        lambda scores, temperature: row_after_row(scores / temperature),
        lambda scores, temperature: through_the_log(scores * (1 / temperature)),
        lambda scores, temperature: softmax(
            (scores - scores.max(-1, keepdims=True)) / np.float32(temperature)
        ),
    ),
    "weighted_sum": (
        mixture_by_loops,
        lambda weights, values: np.einsum("qk,kv->qv", weights, values),
        lambda weights, values: (weights[:, :, None] * values).sum(1),
        lambda weights, values: [np.average(values, axis=0, weights=row) for row in weights],
        lambda weights, values: (values.T @ weights.T).T,
    ),
    "self_attention": (
        with_a_bare_exp,
        query_by_query,
        lambda x, q, k, v: softmax(x @ (q @ k.T) @ x.T / q.shape[1] ** 0.5) @ x @ v,
    ),
    "causal_mask": (
        allowed_by_loops,
        lambda seq_len: np.tri(seq_len, dtype=bool),
        lambda seq_len: np.tri(seq_len) > 0,
        lambda seq_len: ~np.triu(np.ones((seq_len, seq_len), dtype=bool), k=1),
        lambda seq_len: np.arange(seq_len)[:, None] >= np.arange(seq_len),
        lambda seq_len: np.tril(np.ones((seq_len, seq_len))) == 1,
    ),
    "masked_softmax": (
        hidden_in_a_copy,
        masked_after_exp,
        masked_row_by_row,
        lambda scores, mask: np.nan_to_num(softmax(np.where(mask, scores, -np.inf))),
        lambda scores, mask: softmax(np.where(mask, scores, -1e9)) * mask,
        lambda scores, mask: softmax(scores - 1e9 * ~mask) * mask.any(-1, keepdims=True),
    ),
    "split_heads": (
        columns_of_each_head,
        lambda x, n_heads: np.stack(np.split(x, n_heads, axis=-1), axis=1),
        lambda x, n_heads: x.reshape(*x.shape[:2], n_heads, -1).swapaxes(1, 2),
    ),
    "merge_heads": (
        heads_side_by_side,
        lambda x: x.transpose(0, 2, 1, 3).reshape(x.shape[0], x.shape[2], -1),
        lambda x: np.einsum("bhtd->bthd", x).reshape(len(x), x.shape[2], -1),
    ),
    "multi_head_attention": (head_after_head,),
    "most_attended": (
        crossed_out_in_a_copy,
        lambda w, tokens, query, k: [tokens[i] for i in w[query].argsort()[::-1][:k]],
        lambda w, tokens, query, k: np.array(tokens)[np.argsort(-w[query])[:k]],
        lambda w, tokens, query, k: tuple(
            token for _, token in sorted(zip(w[query], tokens, strict=True), reverse=True)[:k]
        ),
        lambda w, tokens, query, k: list(
            map(tokens.__getitem__, sorted(range(len(tokens)), key=lambda i: -w[query, i])[:k])
        ),
    ),
    "entropy": (
        one_row_after_another,
        lambda weights: -np.sum(weights * np.log(weights + 1e-12), axis=-1),
        lambda weights: -np.nansum(weights * np.log(weights), axis=-1),
        lambda weights: np.log(np.where(weights > 0, weights, 1) ** -weights).sum(-1),
        lambda weights: -(weights * np.log(np.clip(weights, 1e-9, 1))).sum(axis=weights.ndim - 1),
    ),
    "influence": (
        cleared_before_it_starts,
        last_row_of_the_jacobian,
        one_hot_from_all_outputs,
    ),
}
