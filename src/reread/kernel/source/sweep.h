/* The sweeps, for one kind of NUMBER in the products; sums are float32 always. Included by lstm.c once for each kind. */

#include "numbers.h"

/* One step of `rows` texts, for the units of one block. */
INLINE void NAME(forward_tile)(const Sweep *s, int step, const int32_t *texts, int rows, int block)
{
    const int hidden = s->hidden, unit = block * WIDTH;
    const NUMBER *before[ROWS];
    vec sums[ROWS][4];
    int row[ROWS];
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++) {
        row[m] = row_of(s, texts[m], step);
        before[m] = (const NUMBER *)s->fed + (size_t)row_before(s, row[m]) * s->fed_row;
        int position = row[m] - texts[m] * (s->time + 2) - 1;
        const float *input = s->inputs + (size_t)s->index[texts[m] * s->time + position] * 4 * hidden + 4 * unit;
#pragma GCC unroll 4
        for (int gate = 0; gate < 4; gate++) {
            sums[m][gate] = load(input + gate * WIDTH);
            __builtin_prefetch(input + (4 + gate) * WIDTH); /* words are anywhere: no processor guesses what the next block reads */
        }
    }
    NAME(product)(rows, hidden, before, (const NUMBER *)s->weights + (size_t)unit * 4 * hidden, sums);
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++) {
        size_t here = (size_t)row[m] * hidden + unit;
        vec in = NAME(sigmoid)(sums[m][0]), forget = NAME(sigmoid)(sums[m][1]), candidate = NAME(tangent)(sums[m][2]), out = NAME(sigmoid)(sums[m][3]);
        vec cell = forget * load(s->cells + (size_t)row_before(s, row[m]) * hidden + unit) + in * candidate;
        vec state = out * NAME(tangent)(cell);
        if (s->gates) {
            NUMBER *gates = (NUMBER *)s->gates + (size_t)row[m] * 4 * hidden + 4 * unit;
            NAME(keep)(gates, in);
            NAME(keep)(gates + WIDTH, forget);
            NAME(keep)(gates + 2 * WIDTH, candidate);
            NAME(keep)(gates + 3 * WIDTH, out);
        }
        store(s->cells + here, cell);
        store(s->states + (size_t)row[m] * s->states_row + unit, state);
        if (s->mask)
            state *= load(s->mask + (size_t)texts[m] * hidden + unit);
        NAME(put)((NUMBER *)s->fed + (size_t)row[m] * s->fed_row + unit, state);
    }
}

/* The gates' gradients of one text at one step, from those of its state and cell. */
INLINE void NAME(backward_gates)(const Sweep *s, int step, int text)
{
    const int hidden = s->hidden, row = row_of(s, text, step);
    const float *d_states = s->d_states + (size_t)(row - 1 - 2 * text) * s->d_states_row;
    for (int unit = 0; unit < hidden; unit += WIDTH) {
        size_t here = (size_t)row * hidden + unit, own = (size_t)text * hidden + unit, first = (size_t)row * 4 * hidden + 4 * unit;
        NUMBER *gates = (NUMBER *)s->gates + first;
        vec in = NAME(kept)(gates), forget = NAME(kept)(gates + WIDTH), candidate = NAME(kept)(gates + 2 * WIDTH), out = NAME(kept)(gates + 3 * WIDTH);
        vec before = load(s->cells + (size_t)row_before(s, row) * hidden + unit), shown = NAME(tangent)(load(s->cells + here));
        vec d_state = load(d_states + unit) + load(s->d_state + own);
        vec d_cell = load(s->d_cell + own) + d_state * out * (1.0f - shown * shown);
        NAME(put)(gates, d_cell * candidate * in * (1.0f - in));
        NAME(put)(gates + WIDTH, d_cell * before * forget * (1.0f - forget));
        NAME(put)(gates + 2 * WIDTH, d_cell * in * (1.0f - candidate * candidate));
        NAME(put)(gates + 3 * WIDTH, d_state * shown * out * (1.0f - out));
        store(s->d_cell + own, d_cell * forget);
    }
}

/* The gradient of the state before a step, for the 4 * WIDTH units of one panel and `rows` texts. */
INLINE void NAME(backward_tile)(const Sweep *s, int step, const int32_t *texts, int rows, int panel)
{
    const int hidden = s->hidden, depth = 4 * hidden, unit = panel * 4 * WIDTH;
    const NUMBER *d_gates[ROWS];
    vec sums[ROWS][4] = {0};
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++)
        d_gates[m] = (const NUMBER *)s->gates + (size_t)row_of(s, texts[m], step) * depth;
    NAME(product)(rows, depth, d_gates, (const NUMBER *)s->weights + (size_t)unit * depth, sums);
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++)
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++) {
            size_t own = (size_t)texts[m] * hidden + unit + v * WIDTH;
            if (unit + v * WIDTH < hidden)
                store(s->d_state + own, s->mask ? sums[m][v] * load(s->mask + own) : sums[m][v]);
        }
}

/* Call `tile` for `count` texts, as many at a time as it takes; how many is a constant in each call. */
#ifndef TILES
#define TILES(tile, s, step, texts, count, block)    \
    do {                                             \
        int at = 0;                                  \
        for (; at + ROWS <= (count); at += ROWS)     \
            tile(s, step, (texts) + at, ROWS, block); \
        for (; at + 2 <= (count); at += 2)           \
            tile(s, step, (texts) + at, 2, block);   \
        if (at < (count))                            \
            tile(s, step, (texts) + at, 1, block);   \
    } while (0)
#endif

/* Read all texts. Expects the first states and cells in their rows; rows that neither a position nor the first state has become 0 in
 * `states` and `fed`. */
void NAME(reread_lstm_forward)(const Sweep *s)
{
    for (int k = 0; k < s->batch; k++) {
        clear_others(s, s->order[k], s->states, s->states_row * sizeof(float), s->hidden * sizeof(float), 1);
        if (s->fed != s->states)
            clear_others(s, s->order[k], s->fed, s->fed_row * sizeof(NUMBER), s->hidden * sizeof(NUMBER), 1);
    }
    int active = s->batch;
    for (int step = 0; step < s->time; step++) {
        while (active > 0 && s->lengths[s->order[active - 1]] <= step)
            active--;
        for (int block = 0; block * WIDTH < s->hidden; block++)
            TILES(NAME(forward_tile), s, step, s->order, active, block);
    }
}

/* Take the gradients back to the gates, the first state and the first cell; rows that no position has become 0 in `gates`. */
void NAME(reread_lstm_backward)(const Sweep *s)
{
    for (int k = 0; k < s->batch; k++)
        clear_others(s, s->order[k], s->gates, 4 * s->hidden * sizeof(NUMBER), 4 * s->hidden * sizeof(NUMBER), 0);
    int active = 0;
    for (int step = s->time - 1; step >= 0; step--) {
        while (active < s->batch && s->lengths[s->order[active]] > step)
            active++;
        for (int k = 0; k < active; k++)
            NAME(backward_gates)(s, step, s->order[k]);
        for (int panel = 0; panel * 4 * WIDTH < s->hidden; panel++)
            TILES(NAME(backward_tile), s, step, s->order, active, panel);
    }
}

/* Weights (depth, columns), a multiple of WIDTH columns, as a product reads them: panels of (depth / PAIR, 4 WIDTH, PAIR), the last one
 * filled up with zeros. `across` and `down` are the distances from a column and a row to the next. */
void NAME(reread_pack)(int32_t depth, int32_t columns, const float *weights, int64_t down, int64_t across, NUMBER *packed)
{
    for (int first = 0; first < columns; first += 4 * WIDTH)
        for (int k = 0; k < depth; k += PAIR)
            for (int column = first; column < first + 4 * WIDTH; column++)
                for (int pair = k; pair < k + PAIR; pair++)
                    *packed++ = column < columns ? NAME(number)(weights[pair * down + column * across]) : 0;
}

/* sums (n, width)[index[r]] += values (rows, width)[r], width a multiple of WIDTH; rows with an index below 0 are left out. */
void NAME(reread_add_rows)(int64_t rows, int64_t width, const int32_t *index, const NUMBER *values, float *sums)
{
    for (int64_t r = 0; r < rows; r++) {
        if (index[r] < 0)
            continue;
        float *to = sums + index[r] * width;
        for (int64_t k = 0; k < width; k += WIDTH)
            store(to + k, load(to + k) + NAME(get)(values + r * width + k));
    }
}

#undef PAIR
