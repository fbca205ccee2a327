"""Right answers as learners write them: with loops, with lists, in one line, in float32."""

import math
import statistics

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
    greatest = np.where(mask, scores, scores.min()).max(axis=-1, keepdims=True)
    exponentials = np.exp(np.minimum(scores - greatest, 0)) * mask
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


def head_after_head_of_scores(queries, keys):
    batch_size, n_heads, seq_len, d_head = queries.shape
    scores = np.empty((batch_size, n_heads, seq_len, seq_len))
    for sentence in range(batch_size):
        for head in range(n_heads):
            product = queries[sentence, head] @ keys[sentence, head].T
            scores[sentence, head] = product / np.sqrt(d_head)
    return scores


def feature_after_feature(queries, keys):
    scores = 0
    for d in range(queries.shape[-1]):
        scores = scores + queries[..., d][..., None] * keys[..., d][..., None, :]
    return scores / queries.shape[-1] ** 0.5


def looked_at_while_written(queries, keys):
    print(queries, torch.from_numpy(keys))
    scores = queries @ keys.transpose(0, 1, 3, 2) / np.sqrt(queries.shape[3])
    print(scores)
    return scores


def counted_table_by_table(batch_size, n_heads, seq_len, bytes_per_number):
    total = 0
    for _ in range(batch_size):
        for _ in range(n_heads):
            total += seq_len * seq_len * bytes_per_number
    return total


def normal_equations(lengths, costs):
    x, y = [np.log2(n) for n in lengths], [np.log2(c) for c in costs]
    n, sum_x, sum_y = len(x), sum(x), sum(y)
    sum_xy, sum_xx = sum(a * b for a, b in zip(x, y, strict=True)), sum(a * a for a in x)
    return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x**2)


def solved_for_two_unknowns(lengths, costs):
    table = np.column_stack([np.ones(len(lengths)), np.log10(lengths)])
    solution, *_ = np.linalg.lstsq(table, np.log10(costs), rcond=None)
    return solution[1]


def whole_rows_in_tiles(queries, keys, values, tile):
    outputs = np.zeros_like(values)
    for i in range(0, len(queries), tile):
        weights = softmax(queries[i : i + tile] @ keys.T / np.sqrt(queries.shape[1]))
        outputs[i : i + tile] = weights @ values
    return outputs


def tiles_of_keys_online(queries, keys, values, tile):
    highest, total, mixture = -np.inf, 0.0, 0.0
    for j in range(0, len(keys), tile):
        scores = queries @ keys[j : j + tile].T / np.sqrt(queries.shape[1])
        before, highest = highest, np.maximum(highest, scores.max(1, keepdims=True))
        shrink, powers = np.exp(before - highest), np.exp(scores - highest)
        total = total * shrink + powers.sum(1, keepdims=True)
        mixture = mixture * shrink + powers @ values[j : j + tile]
    return mixture / total


def query_by_query_in_tiles(queries, keys, values, tile):
    outputs = []
    for query in queries:
        highest, total, mixture = -1e9, 0.0, np.zeros(values.shape[1])
        for j in range(0, len(keys), tile):
            scores = keys[j : j + tile] @ query / len(query) ** 0.5
            before, highest = highest, max(highest, scores.max())
            powers = np.exp(scores - highest)
            total = total * np.exp(before - highest) + sum(powers)
            mixture = mixture * np.exp(before - highest) + powers @ values[j : j + tile]
        outputs.append(mixture / total)
    return outputs


def maxima_first(queries, keys, values, tile):
    queries = queries / np.sqrt(queries.shape[1])
    peaks, total, mixture = -np.inf, 0, 0
    for j in range(0, len(keys), tile):
        peaks = np.maximum(peaks, (queries @ keys[j : j + tile].T).max(1, keepdims=True))
    for j in range(0, len(keys), tile):
        powers = np.exp(queries @ keys[j : j + tile].T - peaks)
        total = total + powers.sum(1, keepdims=True)
        mixture = mixture + powers @ values[j : j + tile]
    return mixture / total


def halves_merged(queries, keys, values, tile):
    def seen(start, stop):
        if stop - start <= tile:
            scores = queries @ keys[start:stop].T / np.sqrt(queries.shape[1])
            log_sum = np.logaddexp.reduce(scores, axis=1)[:, None]
            return np.exp(scores - log_sum) @ values[start:stop], log_sum
        middle = (start + stop) // 2
        (one, log_one), (other, log_other) = seen(start, middle), seen(middle, stop)
        log_sum = np.logaddexp(log_one, log_other)
        return one * np.exp(log_one - log_sum) + other * np.exp(log_other - log_sum), log_sum

    return seen(0, len(keys))[0]


def number_by_number(queries, keys, values, tile):
    queries, keys, values = queries.tolist(), keys.tolist(), values.tolist()
    outputs = []
    for query in queries:
        highest, total, mixture = -math.inf, 0.0, [0.0] * len(values[0])
        for key, value in zip(keys, values, strict=True):
            score = sum(a * b for a, b in zip(query, key, strict=True)) / math.sqrt(len(query))
            before, highest = highest, max(highest, score)
            shrink, power = math.exp(before - highest), math.exp(score - highest)
            total = total * shrink + power
            mixture = [m * shrink + power * v for m, v in zip(mixture, value, strict=True)]
        outputs.append([m / total for m in mixture])
    return outputs


def tiles_in_torch(queries, keys, values, tile):
    q, k, v = map(torch.from_numpy, (queries, keys, values))
    return torch.cat([(part @ k.T / q.shape[1] ** 0.5).softmax(-1) @ v for part in q.split(tile)])


def places_counted_one_by_one(seq_len, segment_length, dilation, offset):
    segments = []
    for position in range(seq_len):
        if position % segment_length == 0:
            segments.append([])
        if position % segment_length % dilation == offset:
            segments[-1].append(position)
    return segments


def rest_after_the_first_segment(seq_len, segment_length, dilation, offset, start=0):
    if start >= seq_len:
        return []
    segment = np.arange(start, seq_len)[:segment_length]
    sizes = seq_len, segment_length, dilation, offset
    return [segment[offset::dilation], *rest_after_the_first_segment(*sizes, start + len(segment))]


def cut_at_every_border(seq_len, segment_length, dilation, offset):
    borders = np.arange(segment_length, seq_len, segment_length)
    return [part[offset::dilation] for part in np.split(np.arange(seq_len), borders)]


def one_kept_pair_after_another(queries, keys, values, segment_length, dilation, offset):
    seq_len, scale = len(queries), len(queries[0]) ** 0.5
    outputs = [[0.0] * values.shape[1] for _ in range(seq_len)]
    denominators = [0.0] * seq_len
    for i in range(seq_len):
        for j in range(seq_len):
            if i // segment_length != j // segment_length:
                continue
            if {i % segment_length % dilation, j % segment_length % dilation} != {offset}:
                continue
            e = np.exp(sum(queries[i] * keys[j]) / scale)
            denominators[i] += e
            outputs[i] = [o + e * v for o, v in zip(outputs[i], values[j], strict=True)]
    rows = zip(outputs, denominators, strict=True)
    return [[o / (total or 1) for o in row] for row, total in rows], denominators


def hidden_in_one_table(queries, keys, values, segment_length, dilation, offset):
    places = np.arange(len(queries))
    segment, kept = places // segment_length, places % segment_length % dilation == offset
    mask = (segment[:, None] == segment) & kept & kept[:, None]
    scores = np.where(mask, queries @ keys.T / np.sqrt(queries.shape[-1]), -np.inf)
    exponentials = np.exp(scores)
    total = exponentials.sum(-1, keepdims=True)
    weights = np.divide(exponentials, total, out=np.zeros_like(total * mask), where=total > 0)
    return weights @ values, total[:, 0]


def branch_in_torch(queries, keys, values, segment_length, dilation, offset):
    q, k, v = map(torch.from_numpy, (queries, keys, values))
    outputs, sums = torch.zeros_like(v), torch.zeros(len(v), dtype=v.dtype)
    for start in range(0, len(q), segment_length):
        end = min(start + segment_length, len(q))
        kept = slice(start + offset, end, dilation)
        scores = q[kept] @ k[kept].T / q.shape[1] ** 0.5
        outputs[kept], sums[kept] = scores.softmax(-1) @ v[kept], scores.exp().sum(-1)
    return outputs, sums


def branch_by_log_sum_exp(queries, keys, values, segment_length, dilation, offset):
    outputs, log_sums = np.zeros(values.shape), np.full(len(values), -np.inf)
    for start in range(0, len(queries), segment_length):
        rows = np.arange(start, min(start + segment_length, len(queries)))[offset::dilation]
        scores = queries[rows] @ keys[rows].T / queries.shape[1] ** 0.5
        outputs[rows] = softmax(scores) @ values[rows] if len(rows) else 0
        for row, some in zip(rows, scores, strict=True):
            log_sums[row] = np.logaddexp.reduce(some)
    return outputs, np.exp(log_sums)


def row_after_row_of_branches(outputs, denominators):
    seq_len, d_value = len(outputs[0]), len(outputs[0][0])
    mixed = [[0.0] * d_value for _ in range(seq_len)]
    for row in range(seq_len):
        total = sum(s[row] for s in denominators)
        for found, s in zip(outputs, denominators, strict=True):
            for feature in range(d_value):
                if total:
                    mixed[row][feature] += s[row] / total * found[row][feature]
    return mixed


def one_branch_into_the_next(outputs, denominators):
    mixed, total = outputs[0].copy(), denominators[0].copy()
    for found, s in zip(outputs[1:], denominators[1:], strict=True):
        grown = total + s
        share = np.divide(s, grown, out=np.zeros_like(s), where=grown > 0)
        mixed, total = mixed + share[:, None] * (found - mixed), grown
    return mixed


def softmax_of_the_logs(outputs, denominators):
    shares = softmax(np.log(np.array(denominators)).T).T
    return np.nan_to_num(shares)[:, :, None].repeat(outputs[0].shape[1], 2).__mul__(outputs).sum(0)


def every_pair_counted(seq_len, branches):
    count = 0
    for segment_length, dilation in branches:
        for i in range(seq_len):
            for j in range(seq_len):
                same = i // segment_length == j // segment_length
                both = i % segment_length % dilation == 0 == j % segment_length % dilation
                count += same and both
    return count


def keys_of_every_query_counted(seq_len, branches):
    count = 0
    for segment_length, dilation in branches:
        positions = np.arange(seq_len)
        kept = positions[positions % segment_length % dilation == 0] // segment_length
        for segment in kept:
            count += np.searchsorted(kept, segment + 1) - np.searchsorted(kept, segment)
    return count


def full_segments_and_the_rest(seq_len, branches):
    def kept(length, dilation):
        return -(-length // dilation)

    return sum(seq_len // w * kept(w, r) ** 2 + kept(seq_len % w, r) ** 2 for w, r in branches)


def merged_row_by_row(outputs_a, lse_a, outputs_b, lse_b):
    outputs, lse = [], []
    for a, x, b, y in zip(outputs_a, lse_a, outputs_b, lse_b, strict=True):
        top = max(x, y)
        if top == -np.inf:
            outputs.append(0 * a)
            lse.append(-np.inf)
            continue
        p, q = np.exp(x - top), np.exp(y - top)
        outputs.append((p * a + q * b) / (p + q))
        lse.append(top + np.log(p + q))
    return outputs, lse


def merged_by_a_sigmoid(outputs_a, lse_a, outputs_b, lse_b):
    share = 1 / (1 + np.exp(lse_b - lse_a))
    share = np.nan_to_num(share)[..., None]
    outputs = share * outputs_a + (1 - share) * outputs_b
    return outputs, np.logaddexp(lse_a, lse_b)


def merged_in_torch(outputs_a, lse_a, outputs_b, lse_b):
    lse = torch.stack([torch.from_numpy(lse_a), torch.from_numpy(lse_b)])
    shares = lse.softmax(0).nan_to_num().unsqueeze(-1)
    outputs = shares * torch.stack([torch.from_numpy(outputs_a), torch.from_numpy(outputs_b)])
    return outputs.sum(0), lse.logsumexp(0)


def merged_behind_the_maximum(outputs_a, lse_a, outputs_b, lse_b):
    top = np.maximum(lse_a, lse_b)
    top = np.where(top == -np.inf, 0, top)
    part_a, part_b = np.exp(lse_a - top), np.exp(lse_b - top)
    total = part_a + part_b
    outputs = (outputs_a.T * part_a + outputs_b.T * part_b) / np.maximum(total, 1e-300)
    return outputs.T, top + np.log(total)


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
    "scores_without_loops": (
        head_after_head_of_scores,
        feature_after_feature,
        looked_at_while_written,
        lambda q, k: np.einsum("bhqd,bhkd->bhqk", q, k, optimize=True) / q.shape[-1] ** 0.5,
        lambda q, k: (q[..., None, :] * k[:, :, None]).sum(-1) / np.sqrt(q.shape[-1]),
        lambda q, k: (k @ (q / np.sqrt(q.shape[-1])).swapaxes(2, 3)).swapaxes(2, 3),
        lambda q, k: [[a @ b.T / len(b.T) ** 0.5 for a, b in zip(*p)] for p in zip(q, k)],  # noqa: B905
        lambda q, k: torch.from_numpy(q) @ torch.from_numpy(k).mT / q.shape[-1] ** 0.5,
    ),
    "score_matrix_bytes": (
        counted_table_by_table,
        lambda b, h, t, size: float(b) * h * t**2 * size,
        lambda *sizes: math.prod(sizes) * sizes[2],
        lambda b, h, t, size: np.prod([b, h, t, t, size]),
        lambda b, h, t, size: np.int64(size) * b * h * pow(t, 2),
    ),
    "attention_flops": (
        lambda t, d: 2 * (2 * t * t * d),
        lambda t, d: 4.0 * d * t**2,
        lambda t, d: sum(2 * t * d for _ in range(2 * t)),
        lambda t, d: np.int64(t) ** 2 * d << 2,
    ),
    "scaling_exponent": (
        normal_equations,
        solved_for_two_unknowns,
        lambda lengths, costs: np.polyfit(np.log(lengths), np.log(costs), 1)[0],
        lambda lengths, costs: np.polyfit(np.log2(lengths), np.log2(costs / costs[0]), deg=1)[0],
        lambda n, c: np.polynomial.Polynomial.fit(np.log(n), np.log(c), 1).convert().coef[1],
        lambda n, c: (m := np.cov(np.log(n), np.log(c)))[0, 1] / m[0, 0],
        lambda n, c: statistics.linear_regression(np.log(n).tolist(), np.log(c).tolist()).slope,
        lambda n, c: np.corrcoef(x := np.log(n), y := np.log(c))[0, 1] * y.std() / x.std(),
    ),
    "tiled_attention": (
        whole_rows_in_tiles,
        tiles_of_keys_online,
        query_by_query_in_tiles,
        maxima_first,
        halves_merged,
        number_by_number,
        tiles_in_torch,
    ),
    "dilated_positions": (
        places_counted_one_by_one,
        rest_after_the_first_segment,
        cut_at_every_border,
        lambda n, w, r, o: [range(s + o, min(s + w, n), r) for s in range(0, n, w)],
        lambda n, w, r, o: [torch.arange(n)[s : s + w][o::r] for s in range(0, n, w)],
        lambda n, w, r, o: [
            np.flatnonzero((np.arange(n) // w == i) & (np.arange(n) % w % r == o))
            for i in range(-(-n // w))
        ],
        lambda n, w, r, o: tuple(
            [float(i) for i in range(n) if i // w == part and (i % w - o) % r == 0]
            for part in range((n + w - 1) // w)
        ),
    ),
    "dilated_branch": (
        one_kept_pair_after_another,
        hidden_in_one_table,
        branch_in_torch,
        branch_by_log_sum_exp,
        lambda *args: list(hidden_in_one_table(*args)),
    ),
    "mix_branches": (
        row_after_row_of_branches,
        one_branch_into_the_next,
        softmax_of_the_logs,
        lambda outputs, denominators: np.nan_to_num(
            sum(s[:, None] * o for s, o in zip(denominators, outputs, strict=True))
            / sum(denominators)[:, None]
        ),
        lambda outputs, denominators: np.einsum(
            "bt,btd->td", np.float32(denominators) / (sum(denominators) + 1e-12), outputs
        ),
        lambda outputs, denominators: (
            (np.stack(outputs, -1) * np.stack(denominators, -1)[:, None]).sum(-1)
            / np.maximum(np.sum(denominators, 0), 1e-30)[:, None]
        ),
    ),
    "attended_pairs": (
        every_pair_counted,
        keys_of_every_query_counted,
        full_segments_and_the_rest,
        lambda n, branches: sum(
            np.ceil(min(w, n - s) / r) ** 2 for w, r in branches for s in range(0, n, w)
        ),
        lambda n, branches: sum(
            len(cut[::r]) ** 2
            for w, r in branches
            for cut in (range(n)[s : s + w] for s in range(0, n, w))
        ),
    ),
    "merge_partials": (
        merged_row_by_row,
        merged_by_a_sigmoid,
        merged_in_torch,
        merged_behind_the_maximum,
        lambda *args: list(merged_by_a_sigmoid(*(np.float32(arg) for arg in args))),
    ),
}
