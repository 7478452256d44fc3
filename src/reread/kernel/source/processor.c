/* Which instruction levels this processor has; built for any of them. */
#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

enum { AVX2 = 1, AVX512 = 2, AVX512_BF16 = 4, AVX512_VNNI = 8, AVX_VNNI = 16, NEON = 32, NEON_DOT = 64 };

#if defined(__x86_64__) || defined(__i386__)
int32_t reread_levels(void)
{
    int32_t found = 0;
    unsigned int a, b, c, d;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found |= AVX2;
    if ((found & AVX2) && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1 << 4)) /* not every compiler has a name for it */
        found |= AVX_VNNI;
    if ((found & AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl"))
        found |= AVX512;
    if ((found & AVX512) && __builtin_cpu_supports("avx512vnni"))
        found |= AVX512_VNNI;
    if ((found & AVX512_VNNI) && __builtin_cpu_supports("avx512bf16"))
        found |= AVX512_BF16;
    return found;
}
#elif defined(__aarch64__) && defined(__linux__)
int32_t reread_levels(void) { return NEON | (getauxval(AT_HWCAP) & HWCAP_ASIMDDP ? NEON_DOT : 0); }
#elif defined(__aarch64__) && defined(__APPLE__)
int32_t reread_levels(void) { return NEON | NEON_DOT; } /* all of Apple's */
#elif defined(__aarch64__)
int32_t reread_levels(void) { return NEON; }
#else
int32_t reread_levels(void) { return 0; }
#endif

#ifndef REREAD_SOURCES
#define REREAD_SOURCES 0
#endif

/* What setup.py made of all sources: Python looks whether they are still those that this was built from. */
uint32_t reread_sources(void) { return REREAD_SOURCES; }
