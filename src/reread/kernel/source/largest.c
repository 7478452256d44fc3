/* Max pooling: the largest value of each column over a text's rows, and where it stands. One passage over the values, and no copy of them.
 *
 * The loop is plain C, which compilers turn into the vectors of each instruction level. */
#include <math.h>
#include <stdint.h>

/* `between_texts` and `between_rows` are the distances in `values`, of which a text has `lengths[text]` rows of `width` floats. Fills `largest`
 * and `winners`, (batch, width); of equal values the first one wins, a NaN wins over all others, and of no rows the largest is -infinity. */
void reread_largest(int32_t batch, int32_t width, const int32_t *lengths, const float *values, int64_t between_texts, int64_t between_rows,
                    float *restrict largest, int32_t *restrict winners)
{
    for (int text = 0; text < batch; text++, values += between_texts, largest += width, winners += width) {
        for (int k = 0; k < width; k++) {
            largest[k] = -INFINITY;
            winners[k] = 0;
        }
        const float *row = values;
        for (int position = 0; position < lengths[text]; position++, row += between_rows)
            for (int k = 0; k < width; k++) {
                int wins = !(row[k] <= largest[k]) & (largest[k] == largest[k]);
                largest[k] = wins ? row[k] : largest[k];
                winners[k] = wins ? position : winners[k];
            }
    }
}
