/* Linear models of sparse rows by stochastic dual coordinate ascent (Shalev-Shwartz and Zhang 2013, figures 1 and 2), all scores of a row at once.
 *
 * The model is the minimum of |coefficients|^2 / 2 + strength * sum of weight * loss(scores of a row, its target). Its coefficients are a sum over
 * the rows, each with its own share: the row's values times its dual variables, one a score. A step takes one row and moves its dual variables
 * toward strength * weight * -gradient of the loss, where they are at the minimum; the length of the step follows from the loss's largest
 * curvature and needs no rate. A step touches the coefficients of the row's own features alone.
 */
#include <math.h>
#include <stdint.h>

#if defined(__GNUC__)
#define FETCH(place) __builtin_prefetch(place)
#else
#define FETCH(place)
#endif
enum { AHEAD = 12, LINE = 16 }; /* numbers from the one that is read to the one whose coefficients are fetched: they stand all over the memory */

enum { SQUARED, LOGISTIC, SOFTMAX, SQUARED_HINGE };

static const float CURVATURE[] = {1.0f, 0.25f, 0.5f, 1.0f}; /* the largest second derivative of each loss */

typedef struct {
    const int64_t *starts;  /* (rows + 1) where each row begins in `columns` and `values` */
    const int32_t *columns;
    const float *values;
    const float *sizes;     /* (rows) the squared length of each row, with the 1 that the bias is multiplied by */
    const float *weights;   /* (rows) */
    const float *targets;   /* (rows, width): numbers, 0 or 1, or the index of a class */
    const float *start;     /* (scores) the scores of no feature at all before training, which the bias is added to */
    float *duals;           /* (rows, scores) */
    float *coefficients;    /* (features, scores) */
    float *bias;            /* (scores) */
    float *room;            /* (scores) */
    int32_t scores, width, loss;
    float strength;
    float margin;           /* of the squared hinge: what the score of a row's class should be above, and all others below the negative of */
} Linear;

static void softmax(float *scores, int size)
{
    float largest = scores[0], sum = 0;
    for (int k = 1; k < size; k++)
        largest = scores[k] > largest ? scores[k] : largest;
    for (int k = 0; k < size; k++)
        sum += scores[k] = expf(scores[k] - largest);
    for (int k = 0; k < size; k++)
        scores[k] /= sum;
}

/* Scores become how far the loss wants each of them to move: minus its gradient. */
static void descent(const Linear *s, const float *target, float *scores)
{
    if (s->loss == SOFTMAX)
        softmax(scores, s->scores);
    for (int k = 0; k < s->scores; k++) {
        const float wanted = s->loss == SOFTMAX || s->loss == SQUARED_HINGE ? (int)target[0] == k : target[s->width == 1 ? 0 : k];
        if (s->loss == SQUARED_HINGE) {
            const float sign = 2 * wanted - 1, missing = s->margin - sign * scores[k];
            scores[k] = missing > 0 ? sign * missing : 0;
        } else if (s->loss == LOGISTIC)
            scores[k] = wanted - 1 / (1 + expf(-scores[k]));
        else
            scores[k] = wanted - scores[k];
    }
}

/* Adds the product of a sparse row with the coefficients, (features, width), to `sums`. */
static void add_product(int64_t first, int64_t last, const int32_t *columns, const float *values, const float *coefficients, int width,
                        float *restrict sums)
{
    for (int64_t at = first; at < last; at++) {
        if (at + AHEAD < last)
            for (int k = 0; k < width; k += LINE)
                FETCH(coefficients + (int64_t)columns[at + AHEAD] * width + k);
        const float value = values[at], *row = coefficients + (int64_t)columns[at] * width;
        for (int k = 0; k < width; k++)
            sums[k] += value * row[k];
    }
}

static void scores_of(const Linear *s, int64_t row, float *restrict scores)
{
    for (int k = 0; k < s->scores; k++)
        scores[k] = s->start[k] + s->bias[k];
    add_product(s->starts[row], s->starts[row + 1], s->columns, s->values, s->coefficients, s->scores, scores);
}

static void add(const Linear *s, int64_t row, const float *restrict change)
{
    for (int k = 0; k < s->scores; k++)
        s->bias[k] += change[k];
    for (int64_t at = s->starts[row]; at < s->starts[row + 1]; at++) {
        const float value = s->values[at];
        float *restrict coefficients = s->coefficients + (int64_t)s->columns[at] * s->scores;
        for (int k = 0; k < s->scores; k++)
            coefficients[k] += value * change[k];
    }
}

/* One step for each of `count` rows. Returns how far their dual variables were from where they would move, squared, beside their own squares: it
 * falls toward 0 at the minimum. */
double reread_linear_pass(const Linear *s, int64_t count, const int32_t *order)
{
    double apart = 0, size = 0;
    for (int64_t k = 0; k < count; k++) {
        int64_t row = order[k];
        float *dual = s->duals + row * s->scores, *room = s->room;
        const float weight = s->strength * s->weights[row], *target = s->targets + row * s->width;
        const float step = 1 / (1 + weight * CURVATURE[s->loss] * s->sizes[row]);
        scores_of(s, row, room);
        descent(s, target, room);
        for (int each = 0; each < s->scores; each++) {
            float distance = weight * room[each] - dual[each];
            apart += (double)distance * distance;
            room[each] = step * distance;
            dual[each] += room[each];
            size += (double)dual[each] * dual[each];
        }
        add(s, row, room);
    }
    return size > 0 ? apart / size : 0;
}

/* Adds the product of each of `rows` sparse rows with `weights` (columns, width) to `product` (rows, width). */
void reread_sparse_product(int64_t rows, int32_t width, const int64_t *starts, const int32_t *columns, const float *values,
                           const float *weights, float *product)
{
    for (int64_t row = 0; row < rows; row++)
        add_product(starts[row], starts[row + 1], columns, values, weights, width, product + row * width);
}
