/* One kind of NUMBER in products; sums are float32 always. Included once for each kind: float, or with BFLOAT16 its upper half. */

#ifdef BFLOAT16
#define PAIR 2 /* factors that one multiplication takes */

INLINE uint16_t NAME(number)(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16); /* to nearest, ties to even */
}

INLINE void NAME(put)(uint16_t *to, vec values) { _mm256_storeu_si256((__m256i *)to, (__m256i)_mm512_cvtneps_pbh((__m512)values)); }

INLINE vec NAME(get)(const uint16_t *from) { return load_bfloat16(from); }

/* Gates go from the forward to the backward sweep in half precision: 1 - gate has to be right near 1, where bfloat16 is coarse. */
INLINE void NAME(keep)(uint16_t *to, vec gate) { _mm256_storeu_si256((__m256i *)to, _mm512_cvtps_ph((__m512)gate, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)); }

INLINE vec NAME(kept)(const uint16_t *from) { return (vec)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from)); }

INLINE vec NAME(add_product)(vec sum, const uint16_t *factor, const uint16_t *weights)
{
    int32_t pair;
    memcpy(&pair, factor, 4);
    return (vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32(pair), (__m512bh)_mm512_loadu_si512(weights));
}
#else
#define PAIR 1

INLINE float NAME(number)(float value) { return value; }

INLINE void NAME(put)(float *to, vec values) { store(to, values); }

INLINE vec NAME(get)(const float *from) { return load(from); }

INLINE void NAME(keep)(float *to, vec gate) { store(to, gate); }

INLINE vec NAME(kept)(const float *from) { return load(from); }

INLINE vec NAME(add_product)(vec sum, const float *factor, const float *weights) { return sum + splat(*factor) * load(weights); }
#endif

/* sums[m][v] += a[m] (depth) times the panel (depth, 4 * WIDTH). */
INLINE void NAME(product)(int rows, int depth, const NUMBER *const *a, const NUMBER *panel, vec sums[ROWS][4])
{
    for (int k = 0; k < depth; k += PAIR, panel += 4 * WIDTH * PAIR)
#pragma GCC unroll 8
        for (int m = 0; m < rows; m++)
#pragma GCC unroll 4
            for (int v = 0; v < 4; v++)
                sums[m][v] = NAME(add_product)(sums[m][v], a[m] + k, panel + v * WIDTH * PAIR);
}

/* The same, as products of bytes are called too: numbers of two or four bytes have no scales. */
INLINE void NAME(add_products)(int rows, int depth, const NUMBER *const *a, const float *const *scales, const void *panel, vec sums[ROWS][4])
{
    (void)scales;
    NAME(product)(rows, depth, a, panel, sums);
}

/* The bytes of a panel for so many factors. */
INLINE size_t NAME(panel_size)(int depth) { return (size_t)4 * WIDTH * depth * sizeof(NUMBER); }

/* Write a row of floats as NUMBERs; its scale is the result. */
INLINE float NAME(put_row)(NUMBER *to, const float *from, int size)
{
    for (int k = 0; k < size; k += WIDTH)
        NAME(put)(to + k, load(from + k));
    return 1;
}

/* As exact as the products are. */
#ifdef BFLOAT16
INLINE vec NAME(sigmoid)(vec values) { return rough_sigmoid(values); }

INLINE vec NAME(tangent)(vec values) { return rough_hyperbolic_tangent(values); }
#else
INLINE vec NAME(sigmoid)(vec values) { return sigmoid(values); }

INLINE vec NAME(tangent)(vec values) { return hyperbolic_tangent(values); }
#endif
