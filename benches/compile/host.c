/* How fast a library compiles, dumps and loads chunks.
 *
 *   host seconds file...
 *
 * Each file is read first. A pass does all of them: as source text ("text") or as binary chunks
 * ("binary") loaded into a new state, or written by lua_dump ("dump"). Passes are repeated
 * for so many seconds of processor time each; the median counts, of those after the first. Prints a
 * line for each: its name, the bytes of a pass, megabytes a second. The bytes are those of the text,
 * or of the chunks.
 *
 * Not here: comparison (run.py). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lauxlib.h"
#include "lua.h"

#define MAX_PASSES 10000

typedef struct Chunk {
  char *bytes;
  size_t size, room;
} Chunk;

static Chunk *texts, *chunks;
static int count;

static void fail(const char *what) {
  fprintf(stderr, "host: %s\n", what);
  exit(2);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void add(Chunk *chunk, const void *bytes, size_t size) {
  if (size > chunk->room - chunk->size) {
    chunk->room = (chunk->size + size) * 2;
    chunk->bytes = realloc(chunk->bytes, chunk->room);
    if (chunk->bytes == NULL) fail("out of memory");
  }
  memcpy(chunk->bytes + chunk->size, bytes, size);
  chunk->size += size;
}

static int gather(lua_State *L, const void *bytes, size_t size, void *chunk) {
  (void)L;
  add(chunk, bytes, size);
  return 0;
}

static void read_file(const char *name, Chunk *into) {
  char part[4096];
  size_t size;
  FILE *f = fopen(name, "rb");
  if (f == NULL) fail(name);
  while ((size = fread(part, 1, sizeof part, f)) > 0) add(into, part, size);
  fclose(f);
}

static void load(lua_State *L, const Chunk *chunk) {
  if (luaL_loadbuffer(L, chunk->bytes, chunk->size, "=chunk") != 0) fail(lua_tostring(L, -1));
}

static void pass_text(lua_State *L) {
  int i;
  for (i = 0; i < count; i++) {
    load(L, &texts[i]);
    lua_pop(L, 1);
  }
}

static void pass_binary(lua_State *L) {
  int i;
  for (i = 0; i < count; i++) {
    load(L, &chunks[i]);
    lua_pop(L, 1);
  }
}

static void load_all(lua_State *L) {
  int i;
  if (!lua_checkstack(L, count)) fail("too many files");
  for (i = 0; i < count; i++) load(L, &texts[i]);
}

static void pass_dump(lua_State *L) {
  int i;
  for (i = 0; i < count; i++) {
    chunks[i].size = 0;
    lua_pushvalue(L, i + 1);
    if (lua_dump(L, gather, &chunks[i]) != 0) fail("dump");
    lua_pop(L, 1);
  }
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(const char *name, const Chunk *sized, void (*prepare)(lua_State *),
                    void (*pass)(lua_State *), double most) {
  static double passes[MAX_PASSES];
  double begin, all = 0, size = 0;
  lua_State *L = NULL;
  int i, n;
  for (n = 0; n < 3 || (n < MAX_PASSES && all < most); n++) {
    if (L == NULL) {
      L = luaL_newstate();
      if (L == NULL) fail("no state");
      if (prepare != NULL) prepare(L);
    }
    begin = seconds();
    pass(L);
    passes[n] = seconds() - begin;
    all += passes[n];
    if (prepare == NULL) {
      lua_close(L);
      L = NULL;
    }
  }
  if (L != NULL) lua_close(L);
  qsort(passes + 1, n - 1, sizeof passes[0], by_size);
  for (i = 0; i < count; i++) size += sized[i].size;
  printf("%s %.0f %.2f\n", name, size, size / passes[1 + (n - 1) / 2] / 1e6);
}

int main(int argc, char **argv) {
  double most;
  int i;
  if (argc < 3) fail("usage: host seconds file...");
  most = atof(argv[1]);
  count = argc - 2;
  texts = calloc(count, sizeof *texts);
  chunks = calloc(count, sizeof *chunks);
  if (texts == NULL || chunks == NULL) fail("out of memory");
  for (i = 0; i < count; i++) read_file(argv[i + 2], &texts[i]);
  measure("text", texts, NULL, pass_text, most);
  measure("dump", chunks, load_all, pass_dump, most);
  measure("binary", chunks, NULL, pass_binary, most);
  return 0;
}
