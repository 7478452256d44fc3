/* Max pooling: the largest value of each column over a text's rows, where it stands, and gradients for the rows that won alone. One passage over
 * the values, and no copy of them.
 *
 * The loops are plain C, which compilers turn into the vectors of each instruction level. */
#include <math.h>
#include <stdint.h>

/* `between_texts` and `between_rows` are the distances in `values`, of which a text has `lengths[text]` rows of `width` floats. Fills `largest`
 * and `argmax`, (batch, width); of equal values the first one wins, a NaN wins over all others, and of no rows the largest is -infinity. */
void reread_max_pool(int32_t batch, int32_t width, const int32_t *lengths, const float *values, int64_t between_texts, int64_t between_rows,
                    float *restrict largest, int32_t *restrict argmax)
{
    for (int text = 0; text < batch; text++, values += between_texts, largest += width, argmax += width) {
        for (int k = 0; k < width; k++) {
            largest[k] = -INFINITY;
            argmax[k] = 0;
        }
        const float *row = values;
        for (int position = 0; position < lengths[text]; position++, row += between_rows)
            for (int k = 0; k < width; k++) {
                int wins = !(row[k] <= largest[k]) & (largest[k] == largest[k]);
                largest[k] = wins ? row[k] : largest[k];
                argmax[k] = wins ? position : argmax[k];
            }
    }
}

/* Where each column is a factor's product with a row: the gradients of the rows that won and of the factors' weights.
 *
 * `gradients` are those of the largest products, (batch, factors), and `argmax` (batch, factors) the rows of `values` (n, width) that made them.
 * Adds gradient * weight to `d_values` (n, width) and gradient * value to `d_weights` (factors, width). */
void reread_max_pool_backward(int32_t batch, int32_t factors, int32_t width, const float *gradients, const int64_t *argmax, const float *values,
                  int64_t between_values, const float *weights, int64_t between_weights, float *restrict d_values, float *restrict d_weights)
{
    for (int text = 0; text < batch; text++, gradients += factors, argmax += factors)
        for (int factor = 0; factor < factors; factor++) {
            const float gradient = gradients[factor];
            const float *value = values + argmax[factor] * between_values, *weight = weights + factor * between_weights;
            float *restrict d_value = d_values + argmax[factor] * width, *restrict d_weight = d_weights + (int64_t)factor * width;
            for (int k = 0; k < width; k++) {
                d_value[k] += gradient * weight[k];
                d_weight[k] += gradient * value[k];
            }
        }
}
