/* NUMBERs of one byte in products. The products of a row and a column are whole numbers, the same ones at every instruction level. */

/* sums[m] += the products of four numbers of a row with four of each column. */
INLINE ivec four_products(ivec sum, const uint8_t *row, const int8_t *columns)
{
#ifdef __AVX512VNNI__
    int32_t four;
    memcpy(&four, row, 4);
    return (ivec)_mm512_dpbusd_epi32((__m512i)sum, _mm512_set1_epi32(four), _mm512_loadu_si512(columns));
#else
    ivec four;
    memcpy(&four, columns, sizeof four);
    for (int k = 0; k < 4; k++)
        sum += (four << (24 - 8 * k) >> 24) * (int32_t)row[k];
    return sum;
#endif
}

/* sums[m][v] += a[m] (depth) times the panel: (depth / 4, 4 * WIDTH, 4) weights, then a scale for each column, then what 128 in every
 * factor adds to its sum. */
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
            memcpy(&whole[m][v], surplus + v * WIDTH, sizeof(ivec));
    for (int k = 0; k < depth; k += 4, weights += 16 * WIDTH)
#pragma GCC unroll 8
        for (int m = 0; m < rows; m++)
#pragma GCC unroll 4
            for (int v = 0; v < 4; v++)
                whole[m][v] = four_products(whole[m][v], a[m] + k, weights + 4 * v * WIDTH);
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
    float most = 0;
    for (int k = 0; k < WIDTH; k++)
        most = top[k] > most ? top[k] : most;
    float scale = most / 127, inverse = most > 0 ? 127 / most : 0;
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
