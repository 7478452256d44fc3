/* The way from the characters of texts to the ids of their tokens: normalise, cut, drop stop words, look up.
 *
 * What a character is, Python says: a table has for every code point the character that replaces it, and in the bits above, of which
 * kinds that one is. A table is filled page by page, so a text may come upon a code point that is not KNOWN yet: the call ends with its
 * place in the tables, and is made again when Python has filled that page. A text with a character that depends on what stands around
 * it (ALONE is not set) is left to Python: it has no ids. All memory is the caller's; a vocabulary that learns ends a call when it is
 * full, and what it learned by then has its ids when the call is made again.
 */
#include "tokens.h"

enum { CHARACTERS = 0x110000 };
enum {
    KNOWN = 1 << 21, ALONE = 1 << 22, SPACE = 1 << 23, WORD = 1 << 24, LETTER = 1 << 25, DIGIT = 1 << 26, HAN = 1 << 27, MARK = 1 << 28,
    APOSTROPHE = 1 << 29, POINT = 1 << 30
};

/* Give the tokens of a table their ids; the slots are empty before. */
void reread_text_fill(const Tokens *tokens)
{
    for (int64_t id = 1; id <= tokens->count; id++) {
        const uint32_t *token = tokens->characters + tokens->ends[id - 1];
        int64_t length = tokens->ends[id] - tokens->ends[id - 1];
        uint32_t hash = hash_of(token, length);
        *slot_of(tokens, hash, token, length) = (Slot){hash, (int32_t)id};
    }
}

/* ---- Normalised text, cut into tokens ---- */

typedef struct {
    uint32_t *characters;
    int64_t size, read; /* read: before it all is cut */
    int64_t start, end; /* of the token that was found last */
} Text;

static int64_t run(const Text *text, int64_t at, uint32_t kinds)
{
    while (at < text->size && (text->characters[at] & kinds))
        at++;
    return at;
}

static int found(Text *text, int64_t start, int64_t end)
{
    text->start = start;
    text->end = text->read = end;
    return 1;
}

/* Where the word ends that begins with a letter here: scripts.WORD. */
static int64_t word_end(const Text *text, int64_t at)
{
    const uint32_t *characters = text->characters;
    at = run(text, at, LETTER);
    while (at < text->size) {
        uint32_t here = characters[at], next = at + 1 < text->size ? characters[at + 1] : 0;
        if (here & MARK)
            at = run(text, run(text, at, MARK), LETTER);
        else if (((here & APOSTROPHE) && (next & LETTER)) || ((here & POINT) && (characters[at - 1] & next & DIGIT)))
            at = run(text, at + 1, LETTER);
        else
            break;
    }
    return at;
}

/* The next token of a segmenter, 0 where there is none. */
typedef int Next(Text *);

static int next_word(Text *text)
{
    for (int64_t at = text->read; at < text->size; at++) {
        if (text->characters[at] & LETTER)
            return found(text, at, word_end(text, at));
        if (text->characters[at] & HAN)
            return found(text, at, at + 1);
    }
    return 0;
}

static int next_word_or_mark(Text *text)
{
    for (int64_t at = text->read; at < text->size; at++) {
        uint32_t here = text->characters[at];
        if (here & LETTER)
            return found(text, at, word_end(text, at));
        if (here & HAN)
            return found(text, at, at + 1);
        if (!(here & SPACE))
            return found(text, at, run(text, at + 1, MARK));
    }
    return 0;
}

static int next_character(Text *text)
{
    for (int64_t at = text->read; at < text->size; at++)
        if (!(text->characters[at] & SPACE))
            return found(text, at, at + 1);
    return 0;
}

/* Letters and digits between spaces; what else stands there is closed up, so the token moves towards the start. */
static int next_letters_digits(Text *text)
{
    uint32_t *characters = text->characters;
    text->start = text->end;
    for (; text->read < text->size; text->read++) {
        uint32_t here = characters[text->read];
        if ((here & SPACE) && text->end > text->start)
            return 1;
        if ((here & WORD) && (here & CODE) != '_')
            characters[text->end++] = here;
    }
    return text->end > text->start;
}

static Next *const SEGMENTERS[] = {next_word, next_word_or_mark, next_character, next_letters_digits};

/* ---- Whole texts ---- */

typedef struct {
    const uint32_t *tables;      /* (stages + 1, CHARACTERS) the last one: the lower case in which stop words are looked up */
    int32_t stages, segmenter;   /* segmenter: its place in SEGMENTERS */
    int32_t features;            /* ids of a token: its own, then those of the pair, the triple … that begins with it */
    int32_t joint;               /* the character between the tokens of a pair; 0: none */
    int32_t stops;               /* whether there are stop words */
    Tokens **vocabularies, *stop_words; /* vocabularies: one for each feature */
} Encoder;

/* Instead of a number of tokens, LEFT: the text is left to Python; FULL: a vocabulary has no room; below: the place that is not known. */
enum { LEFT = 0, UNKNOWN = FULL - 1 };

/* Replace each character; `to` may be `from`. 1, or what `encode` answers instead of a number. */
static int64_t replace(const Encoder *e, int32_t stage, const uint32_t *from, int64_t size, uint32_t *to)
{
    const uint32_t *table = e->tables + (int64_t)stage * CHARACTERS;
    uint32_t all = ALONE;
    for (int64_t k = 0; k < size; k++) {
        uint32_t code = from[k] & CODE, character = table[code];
        if (!(character & KNOWN))
            return UNKNOWN - ((int64_t)stage * CHARACTERS + code);
        all &= character;
        to[k] = character;
    }
    return all ? 1 : LEFT;
}

/* Whether a break may begin here: <br, and no longer name. */
static int is_break(const uint32_t *c)
{
    return (c[0] & CODE) == '<' && ((c[1] & CODE) | 32) == 'b' && ((c[2] & CODE) | 32) == 'r' && !(c[3] & WORD);
}

/* Every HTML line break becomes spaces: normalisers/html_breaks.py. */
static void blank_breaks(uint32_t *characters, int64_t size)
{
    for (int64_t at = 0; at + 3 < size; at++) {
        if (!is_break(characters + at))
            continue;
        int64_t end = at + 3;
        while (end < size && (characters[end] & CODE) != '<' && (characters[end] & CODE) != '>')
            end++;
        if (end < size && (characters[end] & CODE) == '>')
            for (int64_t k = at; k <= end; k++)
                characters[k] = ' ';
        at = end - 1;
    }
}

static int64_t normalise(const Encoder *e, const uint32_t *from, int64_t size, uint32_t *to)
{
    int64_t done = replace(e, 0, from, size, to);
    for (int32_t stage = 1; done > 0 && stage < e->stages; stage++) {
        blank_breaks(to, size);
        done = replace(e, stage, to, size, to);
    }
    return done;
}

static int is_stop_word(const Encoder *e, const uint32_t *token, int64_t length, uint32_t *lowered)
{
    if (length > e->stop_words->longest)
        return 0;
    replace(e, e->stages, token, length, lowered);
    return id_of(e->stop_words, lowered, length) != 0;
}

/* Append a token and a joint at `end`; where they end. */
static int64_t append(const Encoder *e, const uint32_t *token, int64_t length, uint32_t *joined, int64_t end)
{
    for (int64_t k = 0; k < length; k++)
        joined[end++] = token[k];
    if (e->joint)
        joined[end++] = (uint32_t)e->joint;
    return end;
}

/* The ids of the pairs, triples … that begin at each token; at the end of the text they are shorter. `starts` (tokens + 1) says where
 * each token begins in `joined`. 1, or FULL. */
static int64_t look_up_runs(const Encoder *e, const uint32_t *joined, const uint32_t *starts, int64_t tokens, int32_t *ids)
{
    for (int64_t k = 0; k < tokens; k++)
        for (int32_t feature = 1; feature < e->features; feature++) {
            int64_t next = k + feature + 1 < tokens ? k + feature + 1 : tokens;
            int64_t length = (int64_t)starts[next] - starts[k] - (e->joint != 0);
            if ((ids[k * e->features + feature] = id_of(e->vocabularies[feature], joined + starts[k], length)) == FULL)
                return FULL;
        }
    return 1;
}

/* The ids of one text, (tokens, features); how many tokens. `room` is as large as the text, once more where there are stop words, and
 * three times more, plus 1, where there are features beside the token's own. */
static int64_t encode(const Encoder *e, const uint32_t *from, int64_t size, uint32_t *room, int32_t *ids)
{
    int64_t done = normalise(e, from, size, room), tokens = 0;
    if (done > 0 && e->stops)
        done = replace(e, e->stages, room, size, room + size); /* only to see that it can be done */
    if (done <= 0)
        return done;
    uint32_t *joined = room + size * (1 + (e->stops != 0)), *starts = joined + 2 * size;
    int64_t end = 0;
    Text text = {.characters = room, .size = size};
    while (SEGMENTERS[e->segmenter](&text)) {
        const uint32_t *token = room + text.start;
        int64_t length = text.end - text.start;
        if (e->stops && is_stop_word(e, token, length, room + size))
            continue;
        if ((ids[tokens * e->features] = id_of(e->vocabularies[0], token, length)) == FULL)
            return FULL;
        if (e->features > 1) {
            starts[tokens] = (uint32_t)end;
            end = append(e, token, length, joined, end);
        }
        tokens++;
    }
    if (e->features > 1) {
        starts[tokens] = (uint32_t)end;
        if (look_up_runs(e, joined, starts, tokens, ids) == FULL)
            return FULL;
    }
    if (tokens == 0)
        for (int32_t k = 0; k < e->features; k++)
            ids[k] = 0;
    return tokens > 0 ? tokens : 1; /* a text without a token is one unknown token */
}

/* The ids of `texts` texts, whose characters stand one after the other, `lengths` of each; fills the numbers of `tokens` and `ids`.
 * The answer is how many tokens there are, or FULL or UNKNOWN - place: then Python makes room, or fills that place's page, and calls again. */
int64_t reread_text_encode(const Encoder *e, const uint32_t *characters, int64_t texts, const int64_t *lengths, int64_t *tokens,
                           uint32_t *room, int32_t *ids)
{
    int64_t total = 0;
    for (int64_t text = 0; text < texts; text++) {
        tokens[text] = encode(e, characters, lengths[text], room, ids + total * e->features);
        if (tokens[text] < 0)
            return tokens[text];
        characters += lengths[text];
        total += tokens[text];
    }
    return total;
}
