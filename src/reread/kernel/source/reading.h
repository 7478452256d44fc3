/* Reading and projecting, for one kind of NUMBER in the products. Included by reading.c once for each kind. */

/* The gates of one step of `rows` texts, for the units of one block. */
INLINE void NAME(read_tile)(const Read *s, int step, int first, int rows, int block)
{
    const int hidden = s->hidden, unit = block * WIDTH;
    const NUMBER *states[ROWS];
    const float *scales[ROWS];
    vec sums[ROWS][4];
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++) {
        int text = first + m;
        int64_t row = s->starts[text] + (s->reverse ? s->lengths[text] - 1 - step : step);
        begin(&s->table, s->words + row * s->features, s->features, 4 * unit, sums[m]);
        fetch(&s->table, s->words[row * s->features], 4 * (unit + WIDTH));
        states[m] = (const NUMBER *)s->states + (size_t)text * hidden;
        scales[m] = s->scales ? s->scales + text : 0;
    }
    NAME(add_products)(rows, hidden, states, scales, (const char *)s->weights + block * NAME(panel_size)(hidden), sums);
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++) {
        size_t here = (size_t)(first + m) * hidden + unit;
        vec cell = NAME(sigmoid)(sums[m][1]) * load(s->cells + here) + NAME(sigmoid)(sums[m][0]) * NAME(tangent)(sums[m][2]);
        store(s->cells + here, cell);
        store(s->fresh + here, NAME(sigmoid)(sums[m][3]) * NAME(tangent)(cell));
    }
}

/* Hand a text's new state to the next step. */
INLINE void NAME(hand_on)(const Read *s, int text)
{
    size_t own = (size_t)text * s->hidden;
    float scale = NAME(put_row)((NUMBER *)s->states + own, s->fresh + own, s->hidden);
    if (s->scales)
        s->scales[text] = scale;
}

/* Pool a text's new state, or write it to the position's row. */
INLINE void NAME(take_in)(const Read *s, int text, int step)
{
    size_t own = (size_t)text * s->hidden;
    for (int k = 0; s->largest && k < s->hidden; k += WIDTH)
        store(s->largest + own + k, larger(load(s->largest + own + k), load(s->fresh + own + k)));
    for (int k = 0; s->total && k < s->hidden; k += WIDTH)
        store(s->total + own + k, load(s->total + own + k) + load(s->fresh + own + k));
    if (s->outputs) {
        int64_t row = s->starts[text] + (s->reverse ? s->lengths[text] - 1 - step : step);
        memcpy((NUMBER *)s->outputs + row * s->output_row, (NUMBER *)s->states + own, s->hidden * sizeof(NUMBER));
        if (s->output_scales)
            s->output_scales[row * s->scale_row] = s->scales[text];
    }
}

/* Call `tile` for texts or rows from `first` to before `end`, as many at a time as it takes; how many is a constant in each call. */
#ifndef RANGE
#define RANGE(tile, first, end, ...)                  \
    do {                                              \
        int at = (first);                             \
        for (; at + ROWS <= (end); at += ROWS)        \
            tile(at, ROWS, __VA_ARGS__);              \
        for (; at + 2 <= (end); at += 2)              \
            tile(at, 2, __VA_ARGS__);                 \
        if (at < (end))                               \
            tile(at, 1, __VA_ARGS__);                 \
    } while (0)
#endif

void NAME(reread_read)(const Read *s)
{
    for (int text = 0; text < s->batch; text++)
        NAME(hand_on)(s, text);
    int active = s->batch;
    for (int step = 0; s->batch && step < s->lengths[0]; step++) {
        while (s->lengths[active - 1] <= step)
            active--;
        for (int block = 0; block * WIDTH < s->hidden; block++) {
#define TILE(at, rows, ...) NAME(read_tile)(s, step, at, rows, block)
            RANGE(TILE, 0, active, );
#undef TILE
        }
        for (int text = 0; text < active; text++) {
            NAME(hand_on)(s, text);
            NAME(take_in)(s, text, step);
        }
    }
}

/* Products of `rows` rows for one panel, and the largest ones so far. */
INLINE void NAME(project_tile)(const Project *p, int64_t first, int rows, int column, vec top[4])
{
    const int width = p->parts * p->depth;
    const char *panel = (const char *)p->weights + (size_t)(column / (4 * WIDTH)) * p->parts * NAME(panel_size)(p->depth);
    vec sums[ROWS][4];
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++)
        begin(&p->table, p->words ? p->words + (first + m) * p->features : 0, p->features, column, sums[m]);
    for (int part = 0; part < p->parts; part++) {
        const NUMBER *inputs[ROWS];
        const float *scales[ROWS];
#pragma GCC unroll 8
        for (int m = 0; m < rows; m++) {
            inputs[m] = (const NUMBER *)p->inputs + (first + m) * width + part * p->depth;
            scales[m] = p->scales ? p->scales + (first + m) * p->parts + part : 0;
        }
        NAME(add_products)(rows, p->depth, inputs, scales, panel + part * NAME(panel_size)(p->depth), sums);
    }
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++)
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++) {
            if (p->products && column + v * WIDTH < p->columns)
                store(p->products + (first + m) * p->columns + column + v * WIDTH, sums[m][v]);
            top[v] = larger(top[v], sums[m][v]);
        }
}

void NAME(reread_project)(const Project *p)
{
    for (int column = 0; column < p->columns; column += 4 * WIDTH)
        for (int text = 0; text < p->batch; text++) {
            float *largest = p->largest ? p->largest + (size_t)text * p->columns + column : 0;
            vec top[4] = {0};
            for (int v = 0; largest && v < 4 && column + v * WIDTH < p->columns; v++)
                top[v] = load(largest + v * WIDTH);
#define TILE(at, rows, ...) NAME(project_tile)(p, p->starts[text] + at, rows, column, top)
            RANGE(TILE, 0, p->lengths[text], );
#undef TILE
            for (int v = 0; largest && v < 4 && column + v * WIDTH < p->columns; v++)
                store(largest + v * WIDTH, top[v]);
        }
}

/* A light recurrence, whose gates read words alone: cell = keep * cell + add, and where it is shown, output = show * cell + rest, else the
 * cell. The table's rows are keep, add, and where they are shown show, rest: (words, 2 or 4 hidden). */
void NAME(reread_read_light)(const Read *s)
{
    const int hidden = s->hidden;
    for (int text = 0; text < s->batch; text++)
        for (int step = 0; step < s->lengths[text]; step++) {
            int64_t row = s->starts[text] + (s->reverse ? s->lengths[text] - 1 - step : step);
            const int32_t *words = s->words + row * s->features;
            for (int unit = 0; unit < hidden; unit += WIDTH) {
                size_t here = (size_t)text * hidden + unit;
                vec cell = look_up(&s->table, *words, unit) * load(s->cells + here) + look_up(&s->table, *words, hidden + unit);
                store(s->cells + here, cell);
                if (s->shown)
                    cell = look_up(&s->table, *words, 2 * hidden + unit) * cell + look_up(&s->table, *words, 3 * hidden + unit);
                store(s->fresh + here, cell);
            }
            if (s->outputs)
                NAME(hand_on)(s, text);
            NAME(take_in)(s, text, step);
        }
}
