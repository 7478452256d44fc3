/* Vectors of floats as wide as the instruction level has them, in the vector extension of GCC and Clang. */
#ifndef REREAD_VECTORS_H
#define REREAD_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512F__)
#include <immintrin.h>
#define WIDTH 16 /* floats in a vector */
#define ROWS 6   /* rows of a tile: ROWS * 4 sums, the weights and a factor are in the registers */
#elif defined(__AVX2__)
#include <immintrin.h>
#define WIDTH 8
#define ROWS 3
#elif defined(__aarch64__)
#define WIDTH 4
#define ROWS 4
#ifndef REREAD_PORTABLE
#include <arm_neon.h>
#define NEON
#endif
#else
#define WIDTH 4
#define ROWS 2
#endif

#define INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(WIDTH * 4)));
typedef float vec_unaligned __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(WIDTH * 4)));
typedef uint16_t halves __attribute__((vector_size(WIDTH * 2), aligned(2), may_alias));
typedef int8_t bytes __attribute__((vector_size(WIDTH), aligned(1), may_alias));

INLINE vec load(const float *from) { return *(const vec_unaligned *)from; }

INLINE ivec load_whole(const int32_t *from) { return (ivec)load((const float *)from); }

INLINE void store(float *to, vec values) { *(vec_unaligned *)to = values; }

/* The upper halves of floats. */
INLINE vec load_bfloat16(const uint16_t *from)
{
#if defined(__AVX512F__)
    return (vec)_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)from)), 16);
#else
    return (vec)(__builtin_convertvector(*(const halves *)from, ivec) << 16);
#endif
}

INLINE vec load_int8(const int8_t *from)
{
#if defined(__AVX512F__)
    return (vec)_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)from)));
#else
    return __builtin_convertvector(*(const bytes *)from, vec);
#endif
}

INLINE vec splat(float value) { return value - (vec){0}; }

/* The larger number of each two; where one is NaN, b. */
INLINE vec larger(vec a, vec b)
{
#if defined(__AVX512F__)
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
#else
    ivec over = a > b;
    return (vec)(((ivec)a & over) | ((ivec)b & ~over));
#endif
}

/* The largest of a vector's numbers, none of which is NaN. */
INLINE float largest_of(vec values)
{
#if defined(__AVX512F__)
    return _mm512_reduce_max_ps((__m512)values);
#else
    float most = values[0];
    for (int k = 1; k < WIDTH; k++)
        most = values[k] > most ? values[k] : most;
    return most;
#endif
}

/* NaN stays NaN in both. */
INLINE vec at_least(vec values, float limit) { return larger(splat(limit), values); }

INLINE vec at_most(vec values, float limit)
{
#if defined(__AVX512F__)
    return (vec)_mm512_min_ps((__m512)splat(limit), (__m512)values);
#elif defined(__AVX2__)
    return (vec)_mm256_min_ps((__m256)splat(limit), (__m256)values);
#else
    return -larger(splat(-limit), -values);
#endif
}

/* 1 / values, for values from 1 to 2^127. */
INLINE vec reciprocal(vec values)
{
#if defined(__AVX512F__)
    vec guess = (vec)_mm512_rcp14_ps((__m512)values);
    return guess * (2.0f - values * guess); /* one step of Newton: 14 bits become 24 */
#else
    return 1.0f / values;
#endif
}

/* The nearest whole number of values between -2^22 and 2^22. */
INLINE vec nearest_whole(vec values)
{
#if defined(__AVX512F__)
    return (vec)_mm512_roundscale_ps((__m512)values, 8);
#elif defined(__AVX2__)
    return (vec)_mm256_round_ps((__m256)values, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
    const float shift = 12582912.0f; /* 1.5 * 2^23: adding it rounds what comes after the point away */
    return (values + shift) - shift;
#endif
}

/* values * 2^whole, where that is a normal number. */
INLINE vec times_power_of_2(vec values, vec whole)
{
#if defined(__AVX512F__)
    return (vec)_mm512_scalef_ps((__m512)values, (__m512)whole);
#else
    return values * (vec)((__builtin_convertvector(whole, ivec) + 127) << 23);
#endif
}

/* e to the power of values, to 2e-7 of itself; values are cut to where the result is a normal number. */
INLINE vec exponential(vec values)
{
    values = at_least(at_most(values, 87.0f), -87.0f);
    vec whole = nearest_whole(values * 1.44269504f);
    vec rest = values - whole * 0.693359375f;
    rest = rest - whole * -2.12194440e-4f;
    vec sum = splat(1.9875691500e-4f);
    sum = sum * rest + 1.3981999507e-3f; /* polynomial of Cephes' expf */
    sum = sum * rest + 8.3334519073e-3f;
    sum = sum * rest + 4.1665795894e-2f;
    sum = sum * rest + 1.6666665459e-1f;
    sum = sum * rest + 5.0000001201e-1f;
    sum = sum * rest * rest + rest + 1.0f;
    return times_power_of_2(sum, whole);
}

INLINE vec sigmoid(vec values) { return reciprocal(1.0f + exponential(-values)); }

INLINE vec hyperbolic_tangent(vec values) { return 1.0f - 2.0f * reciprocal(1.0f + exponential(2.0f * values)); }

/* 2 to the power of values, to 1e-4 of itself; values are cut to where the result is a normal number. */
INLINE vec rough_power_of_2(vec values)
{
    values = at_least(at_most(values, 125.0f), -125.0f);
    vec whole = nearest_whole(values), rest = values - whole;
    vec sum = (splat(0.055171631f) * rest + 0.242611167f) * rest + 0.693260997f;
    sum = sum * rest + 0.999928071f; /* of all cubics the one nearest to 2^rest from -1/2 to 1/2 */
    return times_power_of_2(sum, whole);
}

INLINE vec rough_reciprocal(vec values)
{
#if defined(__AVX512F__)
    return (vec)_mm512_rcp14_ps((__m512)values);
#elif defined(__AVX2__)
    vec guess = (vec)_mm256_rcp_ps((__m256)values);
    return guess * (2.0f - values * guess); /* 12 bits alone would be too few */
#else
    return 1.0f / values;
#endif
}

/* The same two, to 1e-4: for numbers that are no better known. */
INLINE vec rough_sigmoid(vec values) { return rough_reciprocal(1.0f + rough_power_of_2(values * -1.44269504f)); }

INLINE vec rough_hyperbolic_tangent(vec values)
{
    return 1.0f - 2.0f * rough_reciprocal(1.0f + rough_power_of_2(values * 2.88539008f));
}

#endif
