/* Tokens and their ids, from 1 in the order in which they came: a hash table with open addressing. */
#include <stdint.h>

enum { CODE = (1 << 21) - 1 }; /* the bits of a character that are its code point; those above are the caller's */

typedef struct {
    uint32_t hash;
    int32_t id; /* 0: nothing here */
} Slot;

typedef struct {
    uint32_t *characters; /* of all tokens, one after the other */
    int64_t *ends;        /* (tokens + 1) where each begins, and the end of the last one */
    Slot *slots;          /* (mask + 1), a power of two, at most half of them taken: `ends` has room for as many */
    int64_t mask, longest; /* longest: characters of the longest token */
    int64_t room, count;  /* room: for so many characters; 0: no token is added */
} Tokens;

/* Multiplicative, by 2^64 over the golden ratio (Knuth, The Art of Computer Programming 3, 6.4): the upper bits are the mixed ones. */
static uint32_t hash_of(const uint32_t *token, int64_t length)
{
    uint64_t hash = 0;
    for (int64_t k = 0; k < length; k++)
        hash = (hash ^ (token[k] & CODE)) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(hash >> 32);
}

static int is_token(const Tokens *tokens, int32_t id, const uint32_t *token, int64_t length)
{
    const uint32_t *known = tokens->characters + tokens->ends[id - 1];
    if (tokens->ends[id] - tokens->ends[id - 1] != length)
        return 0;
    for (int64_t k = 0; k < length; k++)
        if (known[k] != (token[k] & CODE))
            return 0;
    return 1;
}

/* The slot of a token, or the empty one where it would stand. */
static Slot *slot_of(const Tokens *tokens, uint32_t hash, const uint32_t *token, int64_t length)
{
    for (int64_t k = hash & tokens->mask;; k = (k + 1) & tokens->mask) {
        Slot *slot = tokens->slots + k;
        if (slot->id == 0 || (slot->hash == hash && is_token(tokens, slot->id, token, length)))
            return slot;
    }
}

enum { FULL = -1 }; /* instead of an id */

static int32_t add(Tokens *tokens, Slot *slot, uint32_t hash, const uint32_t *token, int64_t length)
{
    int64_t start = tokens->ends[tokens->count];
    if (2 * tokens->count >= tokens->mask || start + length > tokens->room)
        return FULL;
    for (int64_t k = 0; k < length; k++)
        tokens->characters[start + k] = token[k] & CODE;
    tokens->ends[++tokens->count] = start + length;
    *slot = (Slot){hash, (int32_t)tokens->count};
    return slot->id;
}

/* The id of a token; one that is not there is added, or has 0. */
static int32_t id_of(Tokens *tokens, const uint32_t *token, int64_t length)
{
    uint32_t hash = hash_of(token, length);
    Slot *slot = slot_of(tokens, hash, token, length);
    return slot->id || !tokens->room ? slot->id : add(tokens, slot, hash, token, length);
}
