/* Which instruction levels this processor has; built for any of them. */
#include <stdint.h>

enum { AVX2 = 1, AVX512 = 2, AVX512_BF16 = 4 };

int32_t reread_levels(void)
{
    int32_t found = 0;
#if defined(__x86_64__) || defined(__i386__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found |= AVX2;
    if ((found & AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl"))
        found |= AVX512;
    if ((found & AVX512) && __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vnni"))
        found |= AVX512_BF16;
#endif
    return found;
}

#ifndef REREAD_SOURCES
#define REREAD_SOURCES 0
#endif

/* What setup.py made of all sources: Python looks whether they are still those that this was built from. */
uint32_t reread_sources(void) { return REREAD_SOURCES; }
