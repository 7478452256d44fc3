/* NUMBERs of one byte in products. The products of a row and a column are whole numbers, the same ones at every instruction level. */

/* Rows hold 128 + value. VNNI on x86 takes them so, and products start from the columns' surplus; other levels take the values themselves. */
#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
#define UNSIGNED 1
#else
#define UNSIGNED 0
#endif

/* Four numbers of a row, for every column. */
INLINE ivec four_of(const uint8_t *row)
{
    int32_t four;
    memcpy(&four, row, 4);
    ivec each = four - (ivec){0};
    return UNSIGNED ? each : each ^ (int32_t)0x80808080;
}

/* sum += the products of four numbers of a row with four of each column. Of two products at most 2 * 127 * 127 comes: 16 bits hold it. */
#if defined(__AVX512VNNI__)
INLINE ivec four_products(ivec sum, ivec four, const int8_t *columns)
{
    return (ivec)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)four, _mm512_loadu_si512(columns));
}
#elif defined(__AVX512BW__)
INLINE ivec four_products(ivec sum, ivec four, const int8_t *columns)
{
    __m512i weights = _mm512_loadu_si512(columns), zero = _mm512_setzero_si512(); /* signs go over to the weights */
    weights = _mm512_mask_sub_epi8(weights, _mm512_movepi8_mask((__m512i)four), zero, weights);
    __m512i pairs = _mm512_maddubs_epi16(_mm512_abs_epi8((__m512i)four), weights);
    return sum + (ivec)_mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
}
#elif defined(__AVXVNNI__)
INLINE ivec four_products(ivec sum, ivec four, const int8_t *columns)
{
    return (ivec)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)four, _mm256_loadu_si256((const __m256i *)columns));
}
#elif defined(__AVX2__)
INLINE ivec four_products(ivec sum, ivec four, const int8_t *columns)
{
    __m256i weights = _mm256_sign_epi8(_mm256_loadu_si256((const __m256i *)columns), (__m256i)four); /* signs go over to the weights */
    __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8((__m256i)four), weights);
    return sum + (ivec)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
#elif defined(NEON) && defined(__ARM_FEATURE_DOTPROD)
INLINE ivec four_products(ivec sum, ivec four, const int8_t *columns)
{
    return (ivec)vdotq_s32((int32x4_t)sum, (int8x16_t)four, vld1q_s8(columns));
}
#elif defined(NEON)
INLINE ivec four_products(ivec sum, ivec four, const int8_t *columns)
{
    int8x16_t weights = vld1q_s8(columns), factors = (int8x16_t)four;
    int16x8_t low = vmull_s8(vget_low_s8(factors), vget_low_s8(weights)), high = vmull_high_s8(factors, weights);
    return (ivec)vpadalq_s16((int32x4_t)sum, vpaddq_s16(low, high));
}
#else
INLINE ivec four_products(ivec sum, ivec four, const int8_t *columns)
{
    ivec weights;
    memcpy(&weights, columns, sizeof weights);
    for (int k = 0; k < 4; k++)
        sum += (weights << (24 - 8 * k) >> 24) * (four << (24 - 8 * k) >> 24);
    return sum;
}
#endif

/* sums[m][v] += a[m] (depth) times the panel: (depth / 4, 4 * WIDTH, 4) weights, then a scale for each column, then its
 * surplus: what is too much in its sum where 128 stands in every factor, negative. */
INLINE void add_products_int8(int rows, int depth, const uint8_t *const *a, const float *const *scales, const void *panel, vec sums[ROWS][4])
{
    const int8_t *weights = panel;
    const float *of_columns = (const float *)(weights + (size_t)depth * 4 * WIDTH);
    const int32_t *surplus = (const int32_t *)(of_columns + 4 * WIDTH);
    ivec whole[ROWS][4];
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++)
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++)
            whole[m][v] = UNSIGNED ? load_whole(surplus + v * WIDTH) : (ivec){0};
    for (int k = 0; k < depth; k += 4, weights += 16 * WIDTH)
#pragma GCC unroll 8
        for (int m = 0; m < rows; m++) {
            ivec four = four_of(a[m] + k);
#pragma GCC unroll 4
            for (int v = 0; v < 4; v++)
                whole[m][v] = four_products(whole[m][v], four, weights + 4 * v * WIDTH);
        }
#pragma GCC unroll 8
    for (int m = 0; m < rows; m++)
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++)
            sums[m][v] += __builtin_convertvector(whole[m][v], vec) * (load(of_columns + v * WIDTH) * *scales[m]);
}

/* The bytes of a panel for so many factors. */
INLINE size_t panel_size_int8(int depth) { return (size_t)4 * WIDTH * (depth + 8); }

/* Write a row of floats as bytes; its scale is the result. */
INLINE float put_row_int8(uint8_t *to, const float *from, int size)
{
    vec top = {0};
    for (int k = 0; k < size; k += WIDTH)
        top = larger(top, larger(load(from + k), -load(from + k)));
    const float most = largest_of(top), scale = most / 127, inverse = most > 0 ? 127 / most : 0;
    const float shift = 12582912.0f; /* 1.5 * 2^23: adding it leaves the nearest whole number in the low bits */
    for (int k = 0; k < size; k += WIDTH) {
        ivec whole = (ivec)(load(from + k) * inverse + shift) - 0x4B400000 + 128;
        bytes short_ones = __builtin_convertvector(whole, bytes);
        memcpy(to + k, &short_ones, WIDTH);
    }
    return scale;
}

INLINE vec sigmoid_int8(vec values) { return rough_sigmoid(values); }

INLINE vec tangent_int8(vec values) { return rough_hyperbolic_tangent(values); }
