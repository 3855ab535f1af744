/*
** loaddump.c - lua_load with every kind of reader, lua_dump with every kind
** of writer, chunk names, syntax errors, and damaged binary chunks.
*/
#include "check.h"

typedef struct Pieces { const char *text; size_t left, piece; int calls, after_end; int empty_end; } Pieces;

static const char *read_pieces(lua_State *L, void *ud, size_t *size)
{
  Pieces *p = ud;
  const char *at = p->text;
  size_t n = p->left < p->piece ? p->left : p->piece;
  (void)L;
  p->calls++;
  if (n == 0) {
    p->after_end++;
    *size = p->empty_end ? 0 : 12345;      /* with NULL the size does not count */
    return p->empty_end ? "" : NULL;
  }
  p->text += n; p->left -= n; *size = n;
  return at;
}

static int load_pieces(lua_State *L, const char *text, size_t len, size_t piece, int empty_end)
{
  Pieces p;
  p.text = text; p.left = len; p.piece = piece; p.calls = p.after_end = 0; p.empty_end = empty_end;
  return lua_load(L, read_pieces, &p, "=pieces");
}

static void test_readers(lua_State *L)
{
  static const char source[] =
    "local t = { 'a string', [[long\nstring]], 0x1F, 1e2, --[[ comment ]] x = 1 } -- line\n"
    "local function f(...) return #t + select('#', ...) end\n"
    "return f(1, 2) .. t[1] .. t[3] .. t[4]\n";
  size_t piece;
  int end;
  for (end = 0; end < 2; end++) {
    for (piece = 1; piece <= 40; piece++) {
      CHECK_INT(load_pieces(L, source, strlen(source), piece, end), 0);
      lua_call(L, 0, 1);
      CHECK_STR(lua_tostring(L, -1), "6a string31100");
      lua_pop(L, 1);
    }
  }
  /* nothing at all is a chunk that returns nothing */
  CHECK_INT(load_pieces(L, "", 0, 1, 0), 0);
  lua_call(L, 0, LUA_MULTRET);
  CHECK_TOP(L, 0);
  CHECK_INT(load_pieces(L, "", 0, 1, 1), 0);
  lua_pop(L, 1);
  /* a zero byte in a string of the source */
  CHECK_INT(load_pieces(L, "return '\0a'", 11, 3, 0), 0);
  lua_call(L, 0, 1);
  CHECK_INT(lua_objlen(L, -1), 2);
  lua_settop(L, 0);
}

static const char *raising_reader(lua_State *L, void *ud, size_t *size)
{
  int *calls = ud;
  if (++*calls == 3) luaL_error(L, "reader gave up");
  *size = 8;
  return "x = 1;  ";
}

static const char *working_reader(lua_State *L, void *ud, size_t *size)
{
  /* a reader may use the stack and the collector, if it leaves the stack as it was */
  Pieces *p = ud;
  int i;
  for (i = 0; i < 5; i++) lua_pushfstring(L, "temporary %d", i);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_pop(L, 5);
  return read_pieces(L, p, size);
}

static void test_difficult_readers(lua_State *L)
{
  int calls = 0;
  Pieces p = { "local name_one, name_two = 'some text here', 12.25 return name_one .. name_two", 0, 3, 0, 0, 0 };
  lua_pushliteral(L, "kept");
  CHECK_INT(lua_load(L, raising_reader, &calls, "=r"), LUA_ERRRUN);
  CHECK_TOP(L, 2);
  CHECK_STR(lua_tostring(L, -1), "reader gave up");
  lua_settop(L, 1);
  p.left = strlen(p.text);
  CHECK_INT(lua_load(L, working_reader, &p, "=r"), 0);
  lua_call(L, 0, 1);
  CHECK_STR(lua_tostring(L, -1), "some text here12.25");
  lua_settop(L, 0);
  CHECK_EVAL(L, "local n = 0 local f = load(function() n = n + 1 return ({'return ', '1', '+1'})[n] end) return f()", "2");
  CHECK_EVAL(L, "return select(2, load(function() error('stop', 0) end))", "stop");
  CHECK_EVAL(L, "return select(2, load(function() return {} end))", "test:1: reader function must return a string");
}

static void test_names(lua_State *L)
{
  struct { const char *name, *message; } rows[] = {
    { "=display", "display:1: '=' expected near '<eof>'" },
    { "@file.lua", "file.lua:1: '=' expected near '<eof>'" },
    { "x", "[string \"x\"]:1: '=' expected near '<eof>'" },
    { "first line\nsecond", "[string \"first line...\"]:1: '=' expected near '<eof>'" },
    { "\nempty first", "[string \"...\"]:1: '=' expected near '<eof>'" },
    { "", "[string \"\"]:1: '=' expected near '<eof>'" },
    { "=", ":1: '=' expected near '<eof>'" },
    { "@", ":1: '=' expected near '<eof>'" },
    { "a string that is much longer than what fits into sixty characters of short_src",
      "[string \"a string that is much longer than what fits into sixty characte...\"]:1: '=' expected near '<eof>'" },
    { "=a display name that is much longer than what fits into sixty characters, even into eighty",
      "a display name that is much longer than what fits into sixty characters, even i:1: '=' expected near '<eof>'" },
    { "@/a/file/name/that/is/much/longer/than/what/fits/into/sixty/characters.lua",
      "...a/file/name/that/is/much/longer/than/what/fits/into/sixty/characters.lua:1: '=' expected near '<eof>'" },
  };
  size_t i;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
    CHECK_ERROR(L, luaL_loadbuffer(L, "x", 1, rows[i].name), LUA_ERRSYNTAX, rows[i].message);
  CHECK_ERROR(L, luaL_loadstring(L, "x ="), LUA_ERRSYNTAX, "[string \"x =\"]:1: unexpected symbol near '<eof>'");
  { /* no name at all */
    Pieces p = { "x", 1, 1, 0, 0, 0 };
    CHECK_ERROR(L, lua_load(L, read_pieces, &p, NULL), LUA_ERRSYNTAX, "[string \"?\"]:1: '=' expected near '<eof>'");
  }
}

static void test_syntax_errors(lua_State *L)
{
  struct { const char *source, *message; } rows[] = {
    { "if", "c:1: unexpected symbol near '<eof>'" },
    { "if x", "c:1: 'then' expected near '<eof>'" },
    { "if x then\n\n", "c:3: 'end' expected (to close 'if' at line 1) near '<eof>'" },
    { "for i = 1 do end", "c:1: ',' expected near 'do'" },
    { "for i, 2 do end", "c:1: '<name>' expected near '2'" },
    { "for 1 = 2", "c:1: '<name>' expected near '1'" },
    { "for i do end", "c:1: '=' or 'in' expected near 'do'" },
    { "repeat x = 1", "c:1: 'until' expected near '<eof>'" },
    { "x = 'open", "c:1: unfinished string near '<eof>'" },
    { "x = 'open\n'", "c:1: unfinished string near ''open'" },
    { "x = [[open", "c:1: unfinished long string near '<eof>'" },
    { "--[[ open", "c:1: unfinished long comment near '<eof>'" },
    { "x = [=open", "c:1: invalid long string delimiter near '[='" },
    { "x = '\\300'", "c:1: escape sequence too large near '''" },
    { "x = 1e", "c:1: malformed number near '1e'" },
    { "x = 0xg", "c:1: malformed number near '0xg'" },
    { "x = 1..2", "c:1: malformed number near '1..2'" },
    { "x = 3x", "c:1: malformed number near '3x'" },
    { "x = }", "c:1: unexpected symbol near '}'" },
    { "x = @", "c:1: unexpected symbol near '@'" },
    { "x = \1", "c:1: unexpected symbol near 'char(1)'" },
    { "x = 'a\\", "c:1: unfinished string near '<eof>'" },
    { "return 1 x", "c:1: '<eof>' expected near 'x'" },
    { "break", "c:1: no loop to break near '<eof>'" },
    { "x = ...; function f() return ... end", "c:1: cannot use '...' outside a vararg function near '...'" },
    { "a.b:c = 1", "c:1: function arguments expected near '='" },
    { "f() = 1", "c:1: unexpected symbol near '='" },
    { "(f)", "c:1: syntax error near '<eof>'" },
    { "f\n(1)", "c:2: ambiguous syntax (function call x new statement) near '('" },
    { "local function 1", "c:1: '<name>' expected near '1'" },
    { "x = {1, 2", "c:1: '}' expected near '<eof>'" },
    { "x = {\n1, 2\n", "c:3: '}' expected (to close '{' at line 1) near '<eof>'" },
    { "x = (1", "c:1: ')' expected near '<eof>'" },
    { "goto = 1 =", "c:1: unexpected symbol near '='" },
    { "and", "c:1: unexpected symbol near 'and'" },
    { "x = x.1", "c:1: unexpected symbol near '.1'" },
    { "local x, = 1", "c:1: '<name>' expected near '='" },
    { "x = function(a, b", "c:1: ')' expected near '<eof>'" },
    { "end", "c:1: '<eof>' expected near 'end'" },
    { "x = 'a' 'b'", "c:1: unexpected symbol near ''b''" },
    { "\n\n\nx y", "c:4: '=' expected near 'y'" },
  };
  size_t i;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    int status = luaL_loadbuffer(L, rows[i].source, strlen(rows[i].source), "=c");
    check_int(status, LUA_ERRSYNTAX, __FILE__, __LINE__, rows[i].source);
    check_str(lua_tostring(L, -1), rows[i].message, __FILE__, __LINE__, rows[i].source);
    lua_settop(L, 0);
  }
}

/* Limits of the compiler, built as text. */
static void test_limits(lua_State *L)
{
  CHECK_EVAL(L, "return select(2, loadstring(('('):rep(300) .. '1' .. (')'):rep(300), '=c'))",
             "c:1: chunk has too many syntax levels");
  CHECK_EVAL(L, "return select(2, loadstring('return ' .. ('('):rep(300) .. '1' .. (')'):rep(300), '=c'))",
             "c:1: chunk has too many syntax levels");
  CHECK_EVAL(L, "return loadstring('return ' .. ('('):rep(150) .. '1' .. (')'):rep(150), '=c')()", "1");
  CHECK_EVAL(L, "local t = {} for i = 1, 201 do t[i] = 'local a' .. i .. '\\n' end return select(2, loadstring(table.concat(t), '=c'))",
             "c:202: main function has more than 200 local variables");
  CHECK_EVAL(L, "local t = {} for i = 1, 200 do t[i] = 'local a' .. i .. '=' .. i .. '\\n' end return loadstring(table.concat(t) .. 'return a200', '=c')()", "200");
  CHECK_EVAL(L, "local t, u = {}, {} for i = 1, 61 do t[i] = 'local a' .. i .. '\\n' u[i] = 'a' .. i end "
                "return select(2, loadstring(table.concat(t) .. 'return function() return ' .. table.concat(u, ',') .. ' end', '=c'))",
             "c:62: function at line 62 has more than 60 upvalues");
  CHECK_EVAL(L, "return select('#', loadstring('return ' .. ('1,'):rep(240) .. '1', '=c')())", "241");
  CHECK_EVAL(L, "return loadstring('return #\"' .. ('x'):rep(100000) .. '\"')()", "100000");
  CHECK_EVAL(L, "local t = {} for i = 1, 300 do t[i] = 'x' .. i .. ' = ' .. i .. '.5;' end "
                "loadstring(table.concat(t))() return x300", "300.5");
}

/* ---- dumping ---- */

typedef struct Buffer { char *bytes; size_t used, room; int calls, fail_at; } Buffer;

static int write_buffer(lua_State *L, const void *p, size_t size, void *ud)
{
  Buffer *b = ud;
  (void)L;
  b->calls++;
  if (b->fail_at && b->calls == b->fail_at) return 17;
  if (b->used + size > b->room) {
    b->room = (b->used + size) * 2;
    b->bytes = realloc(b->bytes, b->room);
  }
  memcpy(b->bytes + b->used, p, size);
  b->used += size;
  return 0;
}

static const char dumped[] =
  "local up = 5\n"
  "local function f(a, b, ...)\n"
  "  local t = { a, b, ..., name = 'value', [1.5] = true, [false] = nil }\n"
  "  for i = 1, #t do up = up + i end\n"
  "  for k, v in pairs(t) do if k == 'name' then up = up .. v end end\n"
  "  return function() return up, a end\n"
  "end\n"
  "return (f(10, 20, 30)())\n";

static void dump_source(lua_State *L, Buffer *b)
{
  memset(b, 0, sizeof *b);
  CHECK_INT(luaL_loadbuffer(L, dumped, strlen(dumped), "=dumped"), 0);
  CHECK_INT(lua_dump(L, write_buffer, b), 0);
  CHECK_TYPE(L, -1, "function");                 /* it stays */
  lua_pop(L, 1);
}

/* readers whose garbage goes while they read */
typedef struct Messy { Pieces pieces; int most, finalized, left; } Messy;

static int count_finalized(lua_State *L)
{
  ++*(int *)lua_touserdata(L, lua_upvalueindex(1));
  return 0;
}

static const char *messy_reader(lua_State *L, void *ud, size_t *size)
{
  Messy *m = ud;
  int kilobytes;
  /* a megabyte that has a finalizer and is a weak key of the table at 1, whose metatable is at 2 */
  lua_newuserdata(L, 1024 * 1024);
  lua_pushvalue(L, 2);
  lua_setmetatable(L, -2);
  lua_pushboolean(L, 1);
  lua_rawset(L, 1);
  if (m->pieces.calls % 8 == 7) {
    lua_gc(L, LUA_GCCOLLECT, 0);                 /* finalizes them; */
    lua_gc(L, LUA_GCCOLLECT, 0);                 /* now they are gone */
    lua_pushnil(L);
    if (lua_next(L, 1)) { m->left++; lua_pop(L, 2); }
  }
  kilobytes = lua_gc(L, LUA_GCCOUNT, 0);
  if (kilobytes > m->most) m->most = kilobytes;
  return read_pieces(L, &m->pieces, size);
}

static void test_messy_readers(lua_State *L)
{
  static const char source[] =
    "local name_one, name_two = 'some text here', [[a text that is longer than forty bytes, to have a string of its own]]\n"
    "function global_name(parameter) return function() return parameter, name_one, 'constant' end end\n"
    "return #name_two .. select(3, global_name { field = 'another' }())";
  Messy m;
  Buffer b;
  int round;
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, 1);
  lua_newtable(L);
  lua_pushlightuserdata(L, &m.finalized);
  lua_pushcclosure(L, count_finalized, 1);
  lua_setfield(L, 2, "__gc");
  lua_pushlstring(L, source, strlen(source));
  for (round = 0; round < 2; round++) {
    memset(&m, 0, sizeof m);
    m.pieces.text = lua_tolstring(L, 3, &m.pieces.left);
    m.pieces.piece = 5;
    CHECK_INT(lua_load(L, messy_reader, &m, "=messy"), 0);
    CHECK(m.most < 16 * 1024);
    CHECK_INT(m.left, 0);
    CHECK(m.finalized > m.pieces.calls - 12);
    lua_gc(L, LUA_GCCOLLECT, 0);
    CHECK_INT(m.finalized, m.pieces.calls);
    lua_pushvalue(L, -1);
    lua_call(L, 0, 1);
    CHECK_STR(lua_tostring(L, -1), "67constant");
    lua_pop(L, 1);
    /* then as a binary chunk */
    memset(&b, 0, sizeof b);
    CHECK_INT(lua_dump(L, write_buffer, &b), 0);
    lua_pushlstring(L, b.bytes, b.used);
    free(b.bytes);
    lua_replace(L, 3);
    lua_settop(L, 3);
  }
  lua_settop(L, 0);
}

static int some_c(lua_State *L) { (void)L; return 0; }

static void test_dump(lua_State *L)
{
  Buffer b, c;
  size_t piece;
  dump_source(L, &b);
  CHECK(b.used > 12);
  /* the header of a 64-bit little-endian 5.1 with double numbers */
  CHECK(memcmp(b.bytes, "\033Lua\x51\0\1\4\x08\4\x08\0", 12) == 0);
  for (piece = 1; piece <= b.used; piece += piece < 64 ? 1 : 13) {
    CHECK_INT(load_pieces(L, b.bytes, b.used, piece, 0), 0);
    lua_call(L, 0, 1);
    CHECK_STR(lua_tostring(L, -1), "11value");
    lua_pop(L, 1);
    /* without its end it is none, whatever pieces it comes in */
    if (piece < b.used)
      CHECK_ERROR(L, load_pieces(L, b.bytes, b.used - piece, piece, 0), LUA_ERRSYNTAX,
                  "pieces: unexpected end in precompiled chunk");
  }
  /* loaded and dumped again, it is the same */
  CHECK_INT(luaL_loadbuffer(L, b.bytes, b.used, "another name"), 0);
  memset(&c, 0, sizeof c);
  CHECK_INT(lua_dump(L, write_buffer, &c), 0);
  CHECK_INT(c.used, b.used);
  CHECK(memcmp(c.bytes, b.bytes, b.used) == 0);
  lua_pop(L, 1);
  /* upvalues of a dumped function are fresh and nil */
  RUN(L, "local u = 3 function closure() return u end");
  lua_getglobal(L, "closure");
  c.used = 0;
  CHECK_INT(lua_dump(L, write_buffer, &c), 0);
  CHECK_INT(luaL_loadbuffer(L, c.bytes, c.used, "=x"), 0);
  CHECK_STR(lua_getupvalue(L, -1, 1), "u");
  CHECK_TYPE(L, -1, "nil");
  lua_pop(L, 1);
  lua_call(L, 0, 1);
  CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 0);
  /* C functions cannot be dumped */
  c.used = 0; c.calls = 0;
  lua_pushcfunction(L, some_c);
  CHECK_INT(lua_dump(L, write_buffer, &c), 1);
  CHECK_INT(c.calls, 0);
  lua_pushliteral(L, "text");
  CHECK_INT(lua_dump(L, write_buffer, &c), 1);
  lua_settop(L, 0);
  free(b.bytes);
  free(c.bytes);
}

static void test_failing_writer(lua_State *L)
{
  Buffer b;
  int total, k, bad = 0;
  dump_source(L, &b);
  total = b.calls;
  for (k = 1; k <= total; k++) {
    luaL_loadbuffer(L, dumped, strlen(dumped), "=dumped");
    b.used = 0; b.calls = 0; b.fail_at = k;
    if (lua_dump(L, write_buffer, &b) != 17) bad++;     /* the writer's own status */
    if (b.calls != k) bad++;                            /* and it is not called again */
    lua_pop(L, 1);
  }
  CHECK_INT(bad, 0);
  free(b.bytes);
}

static void test_damaged(lua_State *L)
{
  Buffer b;
  size_t i;
  int bad = 0;
  dump_source(L, &b);
  /* a wrong byte anywhere in the header */
  for (i = 1; i < 12; i++) {
    char saved = b.bytes[i];
    b.bytes[i] = (char)(saved + 1);
    CHECK_ERROR(L, luaL_loadbuffer(L, b.bytes, b.used, "=bin"), LUA_ERRSYNTAX,
                "bin: bad header in precompiled chunk");
    b.bytes[i] = saved;
  }
  /* the chunk's name in messages */
  b.bytes[4] = 0x52;
  CHECK_ERROR(L, luaL_loadbuffer(L, b.bytes, b.used, "@file.luac"), LUA_ERRSYNTAX, "file.luac: bad header in precompiled chunk");
  CHECK_ERROR(L, luaL_loadbuffer(L, b.bytes, b.used, "plain"), LUA_ERRSYNTAX, "plain: bad header in precompiled chunk");
  CHECK_ERROR(L, luaL_loadbuffer(L, b.bytes, b.used, b.bytes), LUA_ERRSYNTAX, "binary string: bad header in precompiled chunk");
  b.bytes[4] = 0x51;
  /* cut off anywhere */
  for (i = 1; i < b.used; i++) {
    if (luaL_loadbuffer(L, b.bytes, i, "=bin") != LUA_ERRSYNTAX) bad++;
    if (strcmp(lua_tostring(L, -1), "bin: unexpected end in precompiled chunk") != 0) bad++;
    lua_settop(L, 0);
  }
  CHECK_INT(bad, 0);
  /* bytes behind the end are not read */
  {
    char *longer = malloc(b.used + 10);
    memcpy(longer, b.bytes, b.used);
    memset(longer + b.used, 'x', 10);
    CHECK_INT(luaL_loadbuffer(L, longer, b.used + 10, "=bin"), 0);
    lua_settop(L, 0);
    free(longer);
  }
  CHECK_INT(luaL_loadbuffer(L, b.bytes, b.used, "=bin"), 0);   /* whole again */
  lua_settop(L, 0);
  free(b.bytes);
}

/* An opcode that does not exist, a register out of range, no final return. */
static void test_bad_code(lua_State *L)
{
  Buffer b;
  size_t at;
  static const unsigned char ops[][4] = { { 0x3f, 0, 0, 0 }, { 0xc0, 0x3f, 0x00, 0x3f } };
  memset(&b, 0, sizeof b);
  CHECK_INT(luaL_loadbuffer(L, "", 0, "=n"), 0);
  CHECK_INT(lua_dump(L, write_buffer, &b), 0);
  lua_settop(L, 0);
  /* header 12, name 8+3, lines 8, four bytes, count 4, then the only RETURN */
  at = 12 + 11 + 8 + 4 + 4;
  CHECK_INT(b.bytes[at] & 0x3f, 30);
  memcpy(b.bytes + at, ops[0], 4);
  CHECK_ERROR(L, luaL_loadbuffer(L, b.bytes, b.used, "=bin"), LUA_ERRSYNTAX, "bin: bad code in precompiled chunk");
  memcpy(b.bytes + at, ops[1], 4);
  CHECK_ERROR(L, luaL_loadbuffer(L, b.bytes, b.used, "=bin"), LUA_ERRSYNTAX, "bin: bad code in precompiled chunk");
  free(b.bytes);
}

int main(void)
{
  lua_State *L = check_open();
  test_readers(L);
  test_difficult_readers(L);
  test_messy_readers(L);
  test_names(L);
  test_syntax_errors(L);
  test_limits(L);
  test_dump(L);
  test_failing_writer(L);
  test_damaged(L);
  test_bad_code(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("loaddump");
}
