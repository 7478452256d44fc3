/* The time loop of one direction of a light recurrence, forward and backward.
 *
 * The gates read words alone, so each distinct word has its gates before the loop starts, and what remains is two running mixtures,
 *
 *     cell = keep * cell + (1 - keep) * candidate        output = show * cell + (1 - show) * beside,
 *
 * the second one only where there is `show`. Moving numbers is all that takes time: units are next to each other, texts are read one
 * after the other, and a part of the work is a range of units, so that parts never write to the same place. The loops are plain C,
 * which compilers turn into the vectors of each instruction level.
 */
#include <stdint.h>
#include <string.h>

typedef struct {
    float *values;
    int64_t row; /* floats from one row to the next */
} Rows;

typedef struct {
    int32_t batch, time, begin, end, reverse; /* units from `begin` to before `end` */
    const int32_t *lengths;                   /* (batch) */
    const int32_t *index;                     /* (batch, time) the row of the gates that a position reads */
    Rows keep, candidate, show, beside;       /* (n, hidden) */
    Rows d_keep, d_candidate, d_show, d_beside; /* (n, hidden) sums of their gradients */
    Rows first, last, d_cell;                 /* (batch, hidden) d_cell: in: gradient of the last cell; out: of the first */
    Rows cells, outputs, d_outputs;           /* (batch * time, hidden) */
} Light;

static float *at(Rows rows, int64_t row) { return rows.values + row * rows.row; }

static int64_t position_of(const Light *s, int text, int step)
{
    return (int64_t)text * s->time + (s->reverse ? s->lengths[text] - 1 - step : step);
}

static void mix(int begin, int end, const float *share, const float *a, const float *b, float *restrict mixed)
{
    for (int k = begin; k < end; k++)
        mixed[k] = b[k] + share[k] * (a[k] - b[k]);
}

/* Read the texts. Fills `cells`, `last` and, where there is `show`, `outputs`; a text's padding becomes 0 in what is its output. */
void reread_light_forward(const Light *s)
{
    Rows outputs = s->show.values ? s->outputs : s->cells;
    for (int text = 0; text < s->batch; text++) {
        const float *before = at(s->first, text);
        for (int step = 0; step < s->lengths[text]; step++) {
            int64_t position = position_of(s, text, step), word = s->index[position];
            float *cell = at(s->cells, position);
            mix(s->begin, s->end, at(s->keep, word), before, at(s->candidate, word), cell);
            if (s->show.values)
                mix(s->begin, s->end, at(s->show, word), cell, at(s->beside, word), at(outputs, position));
            before = cell;
        }
        size_t size = (size_t)(s->end - s->begin) * sizeof(float);
        memcpy(at(s->last, text) + s->begin, before + s->begin, size);
        for (int row = s->lengths[text]; row < s->time; row++)
            memset(at(outputs, (int64_t)text * s->time + row) + s->begin, 0, size);
    }
}

/* Gradients of an output's mixture: added to those of the word's `show` and `beside` and of the cell. */
static void back_to_cell(int begin, int end, const float *d, const float *show, const float *cell, const float *beside,
                         float *restrict d_show, float *restrict d_beside, float *restrict d_cell)
{
    for (int k = begin; k < end; k++) {
        float shown = d[k] * show[k];
        d_show[k] += d[k] * (cell[k] - beside[k]);
        d_beside[k] += d[k] - shown;
        d_cell[k] += shown;
    }
}

/* Gradients of a cell's mixture: added to those of the word's `keep` and `candidate`; the cell's becomes that of the cell before. */
static void back_to_before(int begin, int end, const float *keep, const float *before, const float *candidate,
                           float *restrict d_keep, float *restrict d_candidate, float *restrict d_cell)
{
    for (int k = begin; k < end; k++) {
        float kept = d_cell[k] * keep[k];
        d_keep[k] += d_cell[k] * (before[k] - candidate[k]);
        d_candidate[k] += d_cell[k] - kept;
        d_cell[k] = kept;
    }
}

/* Take gradients back: adds to those of the gates and leaves in `d_cell` those of the first cells. */
void reread_light_backward(const Light *s)
{
    for (int text = 0; text < s->batch; text++) {
        float *d_cell = at(s->d_cell, text);
        for (int step = s->lengths[text] - 1; step >= 0; step--) {
            int64_t position = position_of(s, text, step), word = s->index[position];
            const float *before = step > 0 ? at(s->cells, position_of(s, text, step - 1)) : at(s->first, text);
            const float *d_output = at(s->d_outputs, position);
            if (s->show.values)
                back_to_cell(s->begin, s->end, d_output, at(s->show, word), at(s->cells, position), at(s->beside, word),
                             at(s->d_show, word), at(s->d_beside, word), d_cell);
            else
                for (int k = s->begin; k < s->end; k++)
                    d_cell[k] += d_output[k];
            back_to_before(s->begin, s->end, at(s->keep, word), before, at(s->candidate, word), at(s->d_keep, word),
                           at(s->d_candidate, word), d_cell);
        }
    }
}
