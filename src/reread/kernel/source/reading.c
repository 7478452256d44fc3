/* Scoring: one direction of a recurrence over texts that stand one after another, and what is made of its states; no gradients.
 *
 * Texts are given from the longest to the shortest, so that those which are read at a step are the first so many, and each has its tokens
 * in consecutive rows, without padding. Only the current states of the texts are held; what is wanted of every position is pooled on the
 * way (`largest`, `total`) or written (`outputs`).
 *
 * States enter products as one of three kinds of numbers: float32, bfloat16, or int8, whose rows have a scale each and hold 128 + value /
 * scale, from 1 to 255; the weights' columns have a scale each too. The vocabulary's table is of any kind, whatever the products take.
 */
#include <string.h>

#include "vectors.h"

enum { FLOAT32, BFLOAT16_UPPER, INT8 };

typedef struct {
    const void *values;  /* (words, columns) */
    const float *scales; /* (words), of int8 */
    int32_t kind, columns;
} Table;

typedef struct {
    int32_t batch, hidden, features, reverse, shown;
    const int32_t *lengths; /* (batch) longest first */
    const int64_t *starts;  /* (batch) the row of a text's first token */
    const int32_t *words;   /* (rows, features) the rows of the table that a token's inputs are the sum of */
    Table table;            /* (words, 4 hidden) gates in the order of lstm.c; of a light recurrence see reread_read_light */
    const void *weights;    /* from the state, packed; of a light recurrence none */
    float *fresh, *cells;   /* (batch, hidden) in: the states and cells before the first step; out: after the last */
    void *states;           /* (batch, hidden) the states as the product reads them */
    float *scales;          /* (batch), of int8 */
    void *outputs;          /* (rows, output_row), of which this direction writes `hidden` numbers a row; or NULL */
    float *output_scales;   /* (rows, scale_row), of int8 */
    int32_t output_row, scale_row;
    float *largest, *total; /* (batch, hidden) the states' largest values, and their sums; or NULL */
} Read;

typedef struct {
    int32_t batch, depth, parts, columns, features; /* a row has `parts` parts of `depth` numbers */
    const int32_t *lengths;                         /* (batch) */
    const int64_t *starts;                          /* (batch) */
    const void *inputs;                             /* (rows, parts * depth) */
    const float *scales;                            /* (rows, parts), of int8 */
    const void *weights;                            /* packed */
    const int32_t *words;                           /* (rows, features); or NULL: row 0 of the table for all */
    Table table;                                    /* (words, columns) is added */
    float *products;                                /* (rows, columns); or NULL */
    float *largest;                                 /* (batch, columns) the largest product of each text; or NULL */
} Project;

INLINE vec look_up(const Table *t, int64_t word, int column)
{
    size_t at = (size_t)word * t->columns + column;
    if (t->kind == FLOAT32)
        return load((const float *)t->values + at);
    if (t->kind == BFLOAT16_UPPER)
        return load_bfloat16((const uint16_t *)t->values + at);
    return load_int8((const int8_t *)t->values + at) * t->scales[word];
}

/* Words are anywhere: no processor guesses what the next block reads. */
INLINE void fetch(const Table *t, int64_t word, int column)
{
    static const int bytes[] = {4, 2, 1};
    const char *from = (const char *)t->values + ((size_t)word * t->columns + column) * bytes[t->kind];
    for (int line = 0; line < 4 * WIDTH * bytes[t->kind]; line += 64)
        __builtin_prefetch(from + line);
}

/* The four vectors of a row of products before anything is multiplied. */
INLINE void begin(const Table *t, const int32_t *words, int features, int column, vec sums[4])
{
#pragma GCC unroll 4
    for (int v = 0; v < 4; v++)
        sums[v] = column + v * WIDTH < t->columns ? look_up(t, words ? words[0] : 0, column + v * WIDTH) : (vec){0};
    for (int f = 1; words && f < features; f++)
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++)
            if (column + v * WIDTH < t->columns)
                sums[v] += look_up(t, words[f], column + v * WIDTH);
}

#define NUMBER float
#define NAME(name) name##_float32
#include "numbers.h"
#include "reading.h"
#undef PAIR
#undef NUMBER
#undef NAME

#ifdef __AVX512BF16__
#define BFLOAT16
#define NUMBER uint16_t
#define NAME(name) name##_bfloat16
#include "numbers.h"
#include "reading.h"
#undef PAIR
#undef NUMBER
#undef NAME
#undef BFLOAT16
#endif

#define NUMBER uint8_t
#define NAME(name) name##_int8
#include "bytes.h"
#include "reading.h"
