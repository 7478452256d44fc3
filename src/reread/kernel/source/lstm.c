/* The time loop of one direction of an LSTM, forward and backward (docs/sources.md, S1, equations 4-9).
 *
 * Built once for each instruction level, without Python's or torch's headers; called through ctypes.
 *
 * Order of the gates. The 4 * hidden gate values of a position stand in blocks of WIDTH units: block u holds the input gates of units
 * u * WIDTH and on, then their forget gates, candidates and output gates. So one tile of a product holds all four gates of its units, and
 * the state follows while they are in registers. `hidden` is a multiple of WIDTH; units that fill it up have weights of 0 and stay 0.
 *
 * Order of the rows. Arrays by position have time + 2 rows a text: position p stands in row p + 1; the state before the first one that is read
 * stands in row 0 or, where the text is read from its end, in row length + 1. So what was before always stands in a neighbouring row.
 *
 * Texts are visited from the longest to the shortest (`order`): at step s those of more than s tokens, which are the first so many.
 */
#include <string.h>

#include "vectors.h"

typedef struct {
    int32_t batch, time, hidden, reverse;
    int32_t states_row, fed_row, d_states_row; /* numbers from a row to the next: both directions may share wide ones */
    const int32_t *order;    /* (batch) texts, longest first */
    const int32_t *lengths;  /* (batch) */
    const int32_t *index;    /* (batch, time) the row of `inputs` that a position reads */
    const float *inputs;     /* (n, 4 hidden) products with the words' vectors, biases added */
    const void *weights;     /* from the state, packed for this sweep */
    const float *mask;       /* (batch, hidden) multiplies a state on its way to the next step; or NULL */
    float *states;           /* (batch, time + 2, states_row) */
    float *cells;            /* (batch, time + 2, hidden) */
    void *fed;               /* (batch, time + 2, fed_row) the states times the mask, as the product reads them; may be `states` itself */
    void *gates;             /* (batch, time + 2, 4 hidden) forward leaves them, backward their gradients before the squashing */
    const float *d_states;   /* (batch, time, d_states_row) gradients from above */
    float *d_state, *d_cell; /* (batch, hidden) in: gradients of the last state and cell; out: of the first */
} Sweep;

INLINE int row_of(const Sweep *s, int text, int step)
{
    int position = s->reverse ? s->lengths[text] - 1 - step : step;
    return text * (s->time + 2) + position + 1;
}

INLINE int row_before(const Sweep *s, int row) { return s->reverse ? row + 1 : row - 1; }

/* Set `width` bytes of the rows of a text that no position has to 0; the row of the first state may be kept. */
static void clear_others(const Sweep *s, int text, void *values, size_t between, size_t width, int keep_start)
{
    char *first = (char *)values + (size_t)text * (s->time + 2) * between;
    int length = s->lengths[text], start = s->reverse ? length + 1 : 0;
    for (int row = 0; row < s->time + 2; row += row == 0 ? length + 1 : 1)
        if (!keep_start || row != start)
            memset(first + row * between, 0, width);
}

#define NUMBER float
#define NAME(name) name##_float32
#include "sweep.h"
#undef NUMBER
#undef NAME

#ifdef __AVX512BF16__
#define BFLOAT16
#define NUMBER uint16_t
#define NAME(name) name##_bfloat16
#include "sweep.h"
#endif

/* Units of a block. */
int32_t reread_width(void) { return WIDTH; }
